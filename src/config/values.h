// Texts of a configuration to values. Errors carry Supervisor's exact texts, without the section.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/host.h"
#include "config/model.h"

namespace svd::config {

// Python's int(). What does not fit is clamped: a number too large to matter is still a number.
[[nodiscard]] Result<long long> parse_long(std::string_view text);
[[nodiscard]] Result<int> parse_integer(std::string_view text);
// Whole seconds, clamped to a hundred years so that deadlines cannot overflow.
[[nodiscard]] Result<Seconds> parse_seconds(std::string_view text);
// A number of seconds, or a number with s, m, h or d; not negative, clamped as above.
[[nodiscard]] Result<Seconds> parse_duration(std::string_view text);
[[nodiscard]] Result<std::int64_t> parse_byte_size(std::string_view text);
// A duration as above, or hourly, daily, weekly.
[[nodiscard]] Result<Seconds> parse_age(std::string_view text);
[[nodiscard]] Result<bool> parse_boolean(std::string_view text);
[[nodiscard]] Result<mode_t> parse_octal(std::string_view text);
[[nodiscard]] Result<int> parse_signal(std::string_view text);
[[nodiscard]] Result<std::vector<int>> parse_exit_codes(std::string_view text);
[[nodiscard]] Result<AutoRestart> parse_autorestart(std::string_view text);
// "5/60s": five times in sixty seconds.
[[nodiscard]] Result<RestartLimit> parse_restart_limit(std::string_view text);
[[nodiscard]] Result<LogLevel> parse_log_level(std::string_view text);
// true: keep.
[[nodiscard]] Result<bool> parse_descendants(std::string_view text);
// true: bytes.
[[nodiscard]] Result<bool> parse_events_length(std::string_view text);
[[nodiscard]] Result<DbusChoice> parse_dbus_choice(std::string_view text);
// Program, process and group names; the trimmed name.
[[nodiscard]] Result<std::string> parse_name(std::string_view text);
// "a, b,,c": trimmed parts, empty ones kept; none for an empty text.
[[nodiscard]] std::vector<std::string> parse_string_list(std::string_view text);
// Upper-case event type names, sorted, each once.
[[nodiscard]] Result<std::vector<std::string>> parse_events(std::string_view text);

// KEY=value pairs, separated by commas. What Supervisor would cut short is an error.
[[nodiscard]] Result<Environment> parse_environment(std::string_view text);

struct InetAddressValue {
    std::string host;  // lower-cased, empty for every interface, IPv6 without brackets
    int port = 0;
    bool operator==(const InetAddressValue&) const = default;
};
[[nodiscard]] Result<InetAddressValue> parse_inet_address(std::string_view text);
[[nodiscard]] Result<int> parse_port(std::string_view text);

struct FcgiAddressValue {
    std::string url;  // normal form: tcp://host:port or unix:///path
    bool is_unix = false;
};
[[nodiscard]] Result<FcgiAddressValue> parse_fcgi_address(std::string_view text);

}  // namespace svd::config
