// Turning raw log bytes into text that every reader can parse.
#pragma once

#include <string>
#include <string_view>

namespace svd::log {

// Well-formed UTF-8 without characters that XML 1.0 forbids. A character cut off at the beginning
// or the end is left out, other ill-formed bytes become U+FFFD (one for each maximal part),
// forbidden characters (controls but tab, newline, return; U+FFFE, U+FFFF) are left out.
[[nodiscard]] std::string to_valid_text(std::string_view bytes);

}  // namespace svd::log
