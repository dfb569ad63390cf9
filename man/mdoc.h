// Text as mdoc(7) takes it.
#pragma once

#include <string>
#include <string_view>

namespace svd::man {

// No line is a macro, no character an escape.
[[nodiscard]] std::string escape(std::string_view text);
// Sentences on lines of their own, none longer than a terminal; `code` in quotes.
[[nodiscard]] std::string prose(std::string_view text);
// One argument of a macro.
[[nodiscard]] std::string argument(std::string_view text);
// A list with a tag for each item, around its items.
[[nodiscard]] std::string tag_list(std::string_view items);

}  // namespace svd::man
