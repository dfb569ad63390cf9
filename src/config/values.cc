#include "config/values.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/signal_table.h"
#include "base/strings.h"
#include "config/python_space.h"

namespace svd::config {

namespace {

constexpr Seconds kLongest{100LL * 366 * 24 * 3600};
constexpr auto kTrue = std::to_array<std::string_view>({"yes", "true", "on", "1"});
constexpr auto kFalse = std::to_array<std::string_view>({"no", "false", "off", "0"});

constexpr auto kEventNames = std::to_array<std::string_view>({
    "EVENT",
    "PROCESS_STATE",
    "PROCESS_STATE_STOPPED",
    "PROCESS_STATE_EXITED",
    "PROCESS_STATE_STARTING",
    "PROCESS_STATE_STOPPING",
    "PROCESS_STATE_BACKOFF",
    "PROCESS_STATE_FATAL",
    "PROCESS_STATE_RUNNING",
    "PROCESS_STATE_UNKNOWN",
    "PROCESS_COMMUNICATION",
    "PROCESS_COMMUNICATION_STDOUT",
    "PROCESS_COMMUNICATION_STDERR",
    "PROCESS_LOG",
    "PROCESS_LOG_STDOUT",
    "PROCESS_LOG_STDERR",
    "REMOTE_COMMUNICATION",
    "SUPERVISOR_STATE_CHANGE",
    "SUPERVISOR_STATE_CHANGE_RUNNING",
    "SUPERVISOR_STATE_CHANGE_STOPPING",
    "TICK",
    "TICK_5",
    "TICK_60",
    "TICK_3600",
    "PROCESS_GROUP",
    "PROCESS_GROUP_ADDED",
    "PROCESS_GROUP_REMOVED",
});

struct LevelRow {
    std::string_view name;
    LogLevel level;
};
constexpr auto kLevels = std::to_array<LevelRow>({
    {"critical", LogLevel::Critical},
    {"error", LogLevel::Error},
    {"warn", LogLevel::Warn},
    {"info", LogLevel::Info},
    {"debug", LogLevel::Debug},
    {"trace", LogLevel::Trace},
    {"blather", LogLevel::Blather},
});

struct AgeRow {
    std::string_view name;
    long long seconds;
};
constexpr auto kAges =
    std::to_array<AgeRow>({{"hourly", 3600}, {"daily", 86400}, {"weekly", 604800}});

bool is_one_of(std::string_view word, const std::array<std::string_view, 4>& words) {
    return std::ranges::find(words, word) != words.end();
}

// Digits with single underscores between them.
bool is_digits(std::string_view text, int base) {
    bool digit = false;
    for (const char c : text) {
        if (c == '_' && !digit) return false;
        if (c != '_' && (c < '0' || c >= '0' + base)) return false;
        digit = c != '_';
    }
    return digit;
}

// Python's int(text, base) with clamping instead of unlimited numbers.
std::optional<long long> python_int(std::string_view text, int base) {
    text = py_strip(text);
    if (const auto number = parse_python_int(text, base)) return number;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (base == 8 && (text.starts_with("0o") || text.starts_with("0O"))) text.remove_prefix(2);
    if (!is_digits(text, base)) return std::nullopt;
    return negative ? std::numeric_limits<long long>::min() : std::numeric_limits<long long>::max();
}

long long saturating_product(long long value, long long factor) {
    long long product = 0;
    if (!__builtin_mul_overflow(value, factor, &product)) return product;
    return value < 0 ? std::numeric_limits<long long>::min()
                     : std::numeric_limits<long long>::max();
}

}  // namespace

Result<long long> parse_long(std::string_view text) {
    const auto number = python_int(text, 10);
    if (!number) return fail("invalid literal for int() with base 10: {}", py_repr(text));
    return *number;
}

Result<int> parse_integer(std::string_view text) {
    SVD_TRY(const long long number, parse_long(text));
    return static_cast<int>(std::clamp<long long>(number, std::numeric_limits<int>::min(),
                                                  std::numeric_limits<int>::max()));
}

Result<Seconds> parse_seconds(std::string_view text) {
    SVD_TRY(const long long number, parse_long(text));
    return std::clamp(Seconds{number}, -kLongest, kLongest);
}

Result<Seconds> parse_duration(std::string_view text) {
    static constexpr std::pair<char, long long> kUnits[] = {
        {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    const std::string lower = to_lower(py_strip(text));
    std::string_view digits = lower;
    long long factor = 1;
    for (const auto& [unit, seconds] : kUnits)
        if (digits.ends_with(unit)) factor = seconds;
    if (!digits.empty() && (digits.back() < '0' || digits.back() > '9')) digits.remove_suffix(1);
    const auto number = parse_long(digits);
    const bool known_unit = factor > 1 || digits.size() == lower.size() || lower.ends_with('s');
    if (!number || *number < 0 || !known_unit)
        return fail("invalid duration {}, try 90, 90s, 15m, 12h or 7d", py_repr(text));
    return std::min(Seconds{saturating_product(*number, factor)}, kLongest);
}

Result<std::int64_t> parse_byte_size(std::string_view text) {
    const std::string lower = to_lower(text);
    std::string_view digits = lower;
    long long factor = 1;
    if (digits.ends_with("kb")) factor = 1024;
    if (digits.ends_with("mb")) factor = 1024LL * 1024;
    if (digits.ends_with("gb")) factor = 1024LL * 1024 * 1024;
    if (factor > 1) digits.remove_suffix(2);
    SVD_TRY(const long long number, parse_long(digits));
    return saturating_product(number, factor);
}

Result<Seconds> parse_age(std::string_view text) {
    const std::string word = to_lower(py_strip(text));
    for (const auto& row : kAges)
        if (row.name == word) return Seconds{row.seconds};
    return parse_duration(text);
}

Result<bool> parse_boolean(std::string_view text) {
    const std::string word = to_lower(text);
    if (is_one_of(word, kTrue)) return true;
    if (is_one_of(word, kFalse)) return false;
    return fail("not a valid boolean value: {}", py_repr(text));
}

Result<mode_t> parse_octal(std::string_view text) {
    const auto number = python_int(text, 8);
    if (!number) return fail("{} can not be converted to an octal type", text);
    return static_cast<mode_t>(static_cast<unsigned long long>(*number) & 07777U);
}

Result<int> parse_signal(std::string_view text) {
    if (const auto number = python_int(text, 10)) {
        // 0 is in Supervisor's list by accident; it makes a stop that signals nothing.
        if (*number == 0) return 0;
        if (*number < 0 || *number > 64 || !is_known_signal(static_cast<int>(*number)))
            return fail("value {} is not a valid signal number", py_repr(text));
        return static_cast<int>(*number);
    }
    std::string name = to_upper(py_strip(text));
    if (!name.starts_with("SIG")) name.insert(0, "SIG");
    // Names of Python's signal module that happen to begin with SIG, and their numbers.
    if (name == "SIG_DFL" || name == "SIG_BLOCK") return 0;
    if (name == "SIG_IGN" || name == "SIG_UNBLOCK") return 1;
    if (name == "SIG_SETMASK") return 2;
    if (const auto number = find_signal(name)) return *number;
    return fail("value {} is not a valid signal name", py_repr(text));
}

Result<std::vector<int>> parse_exit_codes(std::string_view text) {
    std::vector<int> codes;
    if (text.empty()) return codes;
    for (const auto part : split(text, ',')) {
        const auto code = python_int(part, 10);
        if (!code || *code < 0 || *code > 255)
            return fail("not a valid list of exit codes: {}", py_repr(text));
        codes.push_back(static_cast<int>(*code));
    }
    return codes;
}

Result<AutoRestart> parse_autorestart(std::string_view text) {
    const std::string word = to_lower(text);
    if (is_one_of(word, kTrue)) return AutoRestart::Always;
    if (is_one_of(word, kFalse)) return AutoRestart::Never;
    if (word == "unexpected") return AutoRestart::Unexpected;
    return fail("invalid 'autorestart' value {}", py_repr(word));
}

Result<LogLevel> parse_log_level(std::string_view text) {
    const std::string word = to_lower(text);
    for (const auto& row : kLevels)
        if (row.name == word) return row.level;
    return fail("bad logging level name {}", py_repr(text));
}

Result<RestartLimit> parse_restart_limit(std::string_view text) {
    const auto slash = text.find('/');
    const auto wrong = [&] {
        return fail("invalid 'restart_limit' value {}, try 5/60s (five times in sixty seconds)",
                    py_repr(text));
    };
    if (slash == std::string_view::npos) return wrong();
    const auto count = parse_integer(text.substr(0, slash));
    const auto window = parse_duration(text.substr(slash + 1));
    if (!count || !window || *count < 0 || *window <= Seconds{0}) return wrong();
    return RestartLimit{*count, *window};
}

Result<bool> parse_descendants(std::string_view text) {
    const std::string word = to_lower(text);
    if (word == "kill") return false;
    if (word == "keep") return true;
    return fail("invalid 'descendants' value {}", py_repr(text));
}

Result<bool> parse_events_length(std::string_view text) {
    const std::string word = to_lower(text);
    if (word == "characters") return false;
    if (word == "bytes") return true;
    return fail("invalid 'events_length' value {}", py_repr(text));
}

Result<DbusChoice> parse_dbus_choice(std::string_view text) {
    const std::string word = to_lower(text);
    if (word == "auto") return DbusChoice::Auto;
    if (word == "system") return DbusChoice::System;
    if (word == "user") return DbusChoice::User;
    if (word == "off") return DbusChoice::Off;
    return fail("invalid 'dbus' value {}", py_repr(text));
}

Result<std::string> parse_name(std::string_view text) {
    const std::string_view name = py_strip(text);
    for (const char c : {' ', ':', '/'})
        if (name.find(c) != std::string_view::npos)
            return fail("Invalid name: {} because of character: {}", py_repr(text),
                        py_repr(std::string_view(&c, 1)));
    return std::string(name);
}

std::vector<std::string> parse_string_list(std::string_view text) {
    std::vector<std::string> parts;
    if (text.empty()) return parts;
    for (const auto part : split(text, ',')) parts.emplace_back(py_strip(part));
    return parts;
}

Result<std::vector<std::string>> parse_events(std::string_view text) {
    std::vector<std::string> events;
    for (const auto& part : parse_string_list(text)) {
        std::string name = to_upper(part);
        if (std::ranges::find(kEventNames, name) == kEventNames.end())
            return fail("Unknown event type {}", name);
        events.push_back(std::move(name));
    }
    std::ranges::sort(events);
    const auto repeated = std::ranges::unique(events);
    events.erase(repeated.begin(), repeated.end());
    return events;
}

}  // namespace svd::config
