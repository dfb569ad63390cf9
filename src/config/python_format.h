// One conversion of Python's % operator: how a text or a number looks under %05d, %-10s, %x, %r ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/names.h"

namespace svd::config {

struct FormatSpec {
    bool left = false;
    bool plus = false;
    bool blank = false;
    bool alternate = false;
    bool zero = false;
    std::optional<int> width;
    std::optional<int> precision;
    char conversion = 's';
};

[[nodiscard]] bool is_conversion(char c);
// Errors are Python's reasons ("%d format: a real number is required, not str").
[[nodiscard]] Result<std::string> format_value(const NameValue& value, const FormatSpec& spec);

// Text is well-formed UTF-8 and not empty.
[[nodiscard]] std::uint32_t first_code_point(std::string_view text);

}  // namespace svd::config
