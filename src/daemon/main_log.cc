#include "daemon/main_log.h"

#include "daemon/log_options.h"

namespace svd::daemon {

Status open_main_log(log::DaemonLog& log, const config::DaemonConfig& config, bool foreground) {
    log::DaemonLogOptions options;
    options.level = level_of(config.loglevel);
    options.echo_stdout = foreground && !config.silent;
    if (config.log_to_syslog) {
        options.syslog = std::make_shared<log::SyslogSocket>("supervisord");
    } else if (config.log_to_journal) {
        options.identifier = config.identifier;
        options.journal = log.journal() ? log.journal() : std::make_shared<log::JournalSocket>();
    } else {
        const log::FileOptions file{config.logfile_maxbytes, config.logfile_backups, 0666,
                                    config.logfile_maxage};
        options.file = std::make_shared<log::RotatingFile>(config.logfile, file, read_clocks().mono,
                                                           log.notice_handler());
        if (!options.file->is_open())
            return fail("could not open the main log {}: {}", config.logfile,
                        options.file->last_error().text);
    }
    log.open(std::move(options));
    return {};
}

void log_problems(const config::Problems& problems, log::DaemonLog& log) {
    for (const auto severity : {config::Severity::Warning, config::Severity::Info})
        for (const auto& problem : problems.list) {
            if (problem.severity != severity) continue;
            log.log(severity == config::Severity::Warning ? log::Level::Warn : log::Level::Info,
                    problem.text);
        }
}

}  // namespace svd::daemon
