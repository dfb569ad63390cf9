// Python's idea of white space and of UTF-8, which the configuration dialect inherits: str.strip()
// and str.isspace() know every Unicode blank, not ASCII's alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace svd::config {

// Bytes of the white-space character that text begins (ends) with; 0 when it is none.
[[nodiscard]] std::size_t leading_space(std::string_view text);
[[nodiscard]] std::size_t trailing_space(std::string_view text);
[[nodiscard]] std::string_view py_rstrip(std::string_view text);
[[nodiscard]] std::string_view py_strip(std::string_view text);

// How many white-space characters text begins with.
[[nodiscard]] int indent_of(std::string_view text);

// Characters, not bytes. Text is well-formed UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

// The text of Python's UnicodeDecodeError for these bytes; empty when they are UTF-8.
[[nodiscard]] std::optional<std::string> utf8_decode_error(std::string_view bytes);

}  // namespace svd::config
