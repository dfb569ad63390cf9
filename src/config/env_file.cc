#include "config/env_file.h"

#include "base/strings.h"

namespace svd::config {

namespace {

constexpr std::string_view kExport = "export ";

std::string_view unquoted(std::string_view value) {
    const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                        value.back() == value.front();
    return quoted ? value.substr(1, value.size() - 2) : value;
}

// Names as a shell has them; a NUL or '=' in one would end up in another variable.
bool is_name(std::string_view text) {
    constexpr std::string_view kRest =
        "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return !text.empty() && text.find_first_not_of(kRest) == std::string_view::npos &&
           (text.front() < '0' || text.front() > '9');
}

}  // namespace

Result<Environment> parse_env_file(std::string_view text) {
    Environment variables;
    int number = 0;
    for (const std::string_view whole : split(text, '\n')) {
        ++number;
        std::string_view line = trim(whole);
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with(kExport)) line = trim(line.substr(kExport.size()));
        const std::size_t equals = line.find('=');
        const std::string_view name = trim(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name))
            return fail("line {} is not NAME=value", number);
        const std::string_view value = unquoted(trim(line.substr(equals + 1)));
        if (value.find('\0') != std::string_view::npos)
            return fail("line {} has a NUL byte in its value", number);
        variables.insert_or_assign(std::string(name), std::string(value));
    }
    return variables;
}

}  // namespace svd::config
