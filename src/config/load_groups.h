// Sections to process groups: [group:x], stand-alone programs, event listeners, FastCGI programs.
#pragma once

#include <vector>

#include "config/section_reader.h"

namespace svd::config {

// By (priority, name). Problems are reported.
[[nodiscard]] std::vector<GroupConfig> load_groups(LoadContext& context);

}  // namespace svd::config
