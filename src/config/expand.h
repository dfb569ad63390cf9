// Python's %-formatting of a text against names: %(name)s, flags, width, precision, %%.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "config/names.h"

namespace svd::config {

// One pass; what a name stands for is not expanded again. `option` is how errors call the value
// ("program:x.command", "environment"). Errors carry Supervisor's texts. A conversion without a
// name ("%s") is an error: Python would paste the whole environment in its place.
[[nodiscard]] Result<std::string> expand(std::string_view value, const Names& names,
                                         std::string_view option);

}  // namespace svd::config
