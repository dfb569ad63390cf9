#include "log/level.h"

#include <algorithm>
#include <array>

#include <syslog.h>

#include "base/strings.h"

namespace svd::log {
namespace {

constexpr std::array kLevels{
    LevelRow{Level::Critical, "critical", "CRIT", LOG_CRIT},
    LevelRow{Level::Error, "error", "ERRO", LOG_ERR},
    LevelRow{Level::Warn, "warn", "WARN", LOG_WARNING},
    LevelRow{Level::Info, "info", "INFO", LOG_INFO},
    LevelRow{Level::Debug, "debug", "DEBG", LOG_DEBUG},
    LevelRow{Level::Trace, "trace", "TRAC", LOG_DEBUG},
    LevelRow{Level::Blather, "blather", "BLAT", LOG_DEBUG},
};

}  // namespace

std::span<const LevelRow> level_table() {
    return kLevels;
}

const LevelRow& level_row(Level level) {
    const auto* row = std::ranges::find(kLevels, level, &LevelRow::level);
    return row != kLevels.end() ? *row : *std::ranges::find(kLevels, Level::Info, &LevelRow::level);
}

std::optional<Level> find_level(std::string_view name) {
    const std::string wanted = to_lower(name);
    const auto* row = std::ranges::find(kLevels, wanted, &LevelRow::name);
    if (row == kLevels.end()) return std::nullopt;
    return row->level;
}

}  // namespace svd::log
