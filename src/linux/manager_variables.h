// Numbers that a service manager leaves in our environment (sd_listen_fds(3),
// sd_watchdog_enabled(3)), read without its library.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <unistd.h>

namespace svd::os {

// Empty when the variable is not there or is no number.
[[nodiscard]] inline std::optional<std::uint64_t> manager_number(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    const std::string_view text = value;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// A variable that names somebody else was left over by whoever started us.
[[nodiscard]] inline bool is_own_pid(std::uint64_t pid) {
    return pid == static_cast<std::uint64_t>(::getpid());
}

}  // namespace svd::os
