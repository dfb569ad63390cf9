#include "log/daemon_log.h"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include "log/inherited_fd.h"

namespace svd::log {
namespace {

bool leads_to_stdout(const RotatingFile& file) {
    if (inherited_fd_number(file.path()) == STDOUT_FILENO) return true;
    struct stat log{};
    struct stat out{};
    return file.is_open() && ::fstat(file.fd(), &log) == 0 && ::fstat(STDOUT_FILENO, &out) == 0 &&
           log.st_dev == out.st_dev && log.st_ino == out.st_ino;
}

}  // namespace

DaemonLog::DaemonLog(std::function<Now()> clock) : clock_(std::move(clock)) {}

void DaemonLog::open(DaemonLogOptions options) {
    options_ = std::move(options);
    const Now now = clock_();
    const bool doubled = options_.file && leads_to_stdout(*options_.file);
    echo_.reset();
    if (options_.echo_stdout && !doubled)
        echo_ = std::make_unique<RotatingFile>("/dev/stdout", FileOptions{}, now.mono);
    if (opened_) return;
    opened_ = true;
    const auto early = std::exchange(early_, {});
    early_bytes_ = 0;
    for (const auto& [level, line] : early)
        if (enabled(level)) emit(level, line, now);
    if (dropped_early_ > 0) warn("{} lines were lost before the log was opened", dropped_early_);
}

void DaemonLog::log(Level level, std::string_view message) noexcept try {
    if (!enabled(level)) return;
    const Now now = clock_();
    // A sink may call back with a notice while the line is in use, so it lives outside line_.
    std::string line = std::exchange(line_, {});
    line.clear();
    stamp_.append(line, now.wall);
    line.append(level_code(level)).append(" ").append(message.substr(0, kMaxMessage)).append("\n");
    if (opened_) {
        emit(level, line, now);
        line_ = std::move(line);
    } else if (early_bytes_ + line.size() <= kMaxEarly) {
        early_bytes_ += line.size();
        early_.push_back(Early{level, std::move(line)});
    } else {
        ++dropped_early_;
    }
} catch (...) {
    // Out of memory: this line is lost, the daemon goes on.
}

void DaemonLog::emit(Level level, std::string_view line, const Now& now) {
    // Kept alive: a notice handler may end up in open() while a line is written.
    const auto file = options_.file;
    const auto syslog = options_.syslog;
    if (file) file->write(line, now.mono);
    if (syslog)
        syslog->send(level_row(level).syslog_priority, line.substr(0, line.size() - 1), now);
    if (echo_) echo_->write(line, now.mono);
}

Status DaemonLog::reopen() {
    return options_.file ? options_.file->reopen(clock_().mono) : Status{};
}

Status DaemonLog::clear() {
    return options_.file ? options_.file->clear(clock_().mono) : Status{};
}

Status DaemonLog::rotate() {
    return options_.file ? options_.file->rotate(clock_().mono) : Status{};
}

std::string_view DaemonLog::path() const {
    return options_.file ? std::string_view(options_.file->path()) : std::string_view();
}

NoticeHandler DaemonLog::notice_handler() {
    return [this](const Notice& notice) { log(notice.level, notice.text); };
}

}  // namespace svd::log
