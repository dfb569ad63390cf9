// The limit options of a section.
#pragma once

#include "config/limits.h"
#include "config/section_reader.h"

namespace svd::config {

// Problems are reported through the reader; what is wrong stays unset.
[[nodiscard]] Limits load_limits(SectionReader& reader, const Names& names);

}  // namespace svd::config
