// Small text helpers with Python's meaning of "blank", because the configuration dialect has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace svd {

// ASCII white space as str.strip() sees it: space, \t \n \r \v \f.
[[nodiscard]] bool is_blank(char c);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
// "a,,b" on ',' gives "a", "", "b"; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Parts between runs of blanks; none for a blank text.
[[nodiscard]] std::vector<std::string_view> split_blanks(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
// Python's int(text, base): sign, blanks around, '_' between digits. Nothing beyond 64 bits.
[[nodiscard]] std::optional<long long> parse_python_int(std::string_view text, int base = 10);
// Nearest of `known` by edit distance when it is near enough to suggest, else empty.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            const std::vector<std::string_view>& known);
// Of the file that a path names: "/" for "/a", "." for "a".
[[nodiscard]] std::string directory_of(std::string_view path);
// 0 to 15, or -1.
[[nodiscard]] int hex_value(char c);
// True when text is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace svd
