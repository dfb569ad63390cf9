// Path texts as Python's os.path treats them. Pure: nothing here looks at a file system but through
// a Host.
#pragma once

#include <string>
#include <string_view>

#include "config/host.h"
#include "config/model.h"

namespace svd::config {

// Everything before the last '/', without trailing slashes (but "/" stays).
[[nodiscard]] std::string dir_name(std::string_view path);
// b alone when it is absolute.
[[nodiscard]] std::string join_path(std::string_view a, std::string_view b);
// "a//b/./c/.." -> "a/b". Exactly two leading slashes stay two, as POSIX allows.
[[nodiscard]] std::string normal_path(std::string_view path);
[[nodiscard]] std::string absolute_path(std::string_view path, std::string_view working_directory);
// "~/x" with HOME, else the passwd entry of this user; "~name/x" with that user's entry. Unknown
// names leave the text as it is.
[[nodiscard]] std::string expand_user(std::string_view path, const Environment& environment,
                                      const Host& host);

}  // namespace svd::config
