// ready and its companions, from a program's section to a typed value.
#pragma once

#include "config/model.h"
#include "config/section_reader.h"

namespace svd::config {

[[nodiscard]] Readiness load_readiness(SectionReader& reader, const Names& names);

}  // namespace svd::config
