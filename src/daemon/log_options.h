// A channel's log as its program's configuration has it.
#pragma once

#include "config/model.h"
#include "log/level.h"
#include "log/output_channel.h"
#include "log/rotating_file.h"
#include "process/fleet.h"

namespace svd::daemon {

inline constexpr log::Channel kChannels[] = {log::Channel::Stdout, log::Channel::Stderr};

[[nodiscard]] inline const config::LogConfig& log_config(const process::Process& process,
                                                         log::Channel channel) {
    return channel == log::Channel::Stdout ? process.config->stdout_log
                                           : process.config->stderr_log;
}

// The numbers are the same.
[[nodiscard]] inline log::Level level_of(config::LogLevel level) {
    return static_cast<log::Level>(static_cast<int>(level));
}

// Of the further files of a channel, which are copies of the first.
[[nodiscard]] inline log::FileOptions copy_options(const config::LogConfig& config) {
    return {config.maxbytes, config.backups, 0666, config.maxage};
}

// Of the first, which is private where svd chose its name.
[[nodiscard]] inline log::FileOptions file_options(const config::LogConfig& config) {
    auto options = copy_options(config);
    if (config.target == config::LogTarget::Auto) options.mode = 0600;
    return options;
}

}  // namespace svd::daemon
