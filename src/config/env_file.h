// Files of environment variables (envfiles), as the Go port of Supervisor and many others have
// them.
#pragma once

#include <string_view>

#include "base/error.h"
#include "config/model.h"

namespace svd::config {

// A variable on each line, NAME=value, with "export " before it or not. Blank lines and lines that
// begin with '#' are passed over. A value may be in single or double quotes; nothing inside it is
// expanded or unescaped. A later line wins. The error names the line.
[[nodiscard]] Result<Environment> parse_env_file(std::string_view text);

}  // namespace svd::config
