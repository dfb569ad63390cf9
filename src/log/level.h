// The levels of the daemon's own log: one table of names, numbers, codes and syslog priorities.
// The numbers are Supervisor's and equal those of config::LogLevel; cast by number.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace svd::log {

enum class Level : int {
    Blather = 3,
    Trace = 5,
    Debug = 10,
    Info = 20,
    Warn = 30,
    Error = 40,
    Critical = 50,
};

struct LevelRow {
    Level level;
    std::string_view name;  // as loglevel= spells it
    std::string_view code;  // four letters, as the log line shows it
    int syslog_priority;    // LOG_CRIT .. LOG_DEBUG, without a facility
};

// Most severe first.
[[nodiscard]] std::span<const LevelRow> level_table();
[[nodiscard]] const LevelRow& level_row(Level level);
// "INFO"; the row of Info for a number that is no level.
[[nodiscard]] inline std::string_view level_code(Level level) {
    return level_row(level).code;
}
// "info", "WARN" (any case); empty for an unknown name.
[[nodiscard]] std::optional<Level> find_level(std::string_view name);

}  // namespace svd::log
