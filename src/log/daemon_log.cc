#include "log/daemon_log.h"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include "log/inherited_fd.h"
#include "log/message_kinds.h"

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
    const bool doubled = (options_.file && leads_to_stdout(*options_.file)) ||
                         (options_.journal && leads_to_journal(STDOUT_FILENO));
    echo_.reset();
    if (options_.echo_stdout && !doubled)
        echo_ = std::make_unique<RotatingFile>("/dev/stdout", FileOptions{}, now.mono);
    if (opened_) return;
    opened_ = true;
    const auto early = std::exchange(early_, {});
    early_bytes_ = 0;
    for (const auto& line : early)
        if (enabled(line.level)) emit(line, now, nullptr);
    if (dropped_early_ > 0) warn("{} lines were lost before the log was opened", dropped_early_);
}

void DaemonLog::log(Level level, std::string_view message, const Subject* subject) noexcept try {
    if (!enabled(level)) return;
    const Now now = clock_();
    // A sink may call back with a notice while the line is in use, so it lives outside line_.
    Line line{level, std::exchange(line_, {})};
    line.text.clear();
    stamp_.append(line.text, now.wall);
    line.text.append(level_code(level)).append(" ");
    line.head = line.text.size();
    line.text.append(message.substr(0, kMaxMessage)).append("\n");
    if (opened_) {
        emit(line, now, subject);
        line_ = std::move(line.text);
    } else if (early_bytes_ + line.text.size() <= kMaxEarly) {
        early_bytes_ += line.text.size();
        early_.push_back(std::move(line));
    } else {
        ++dropped_early_;
    }
} catch (...) {
    // Out of memory: this line is lost, the daemon goes on.
}

void DaemonLog::emit(const Line& line, const Now& now, const Subject* subject) {
    // Kept alive: a notice handler may end up in open() while a line is written.
    const auto file = options_.file;
    const auto syslog = options_.syslog;
    const std::string_view text(line.text.data(), line.text.size() - 1);
    if (file) file->write(line.text, now.mono);
    if (syslog) syslog->send(level_row(line.level).syslog_priority, text, now);
    if (options_.journal) emit_to_journal(line.level, text.substr(line.head), now, subject);
    if (echo_) echo_->write(line.text, now.mono);
}

// The journal has the time and the level of its own.
void DaemonLog::emit_to_journal(Level level, std::string_view message, const Now& now,
                                const Subject* subject) {
    const auto priority = fmt::format("{}", level_row(level).syslog_priority);
    const auto pid = fmt::format("{}", subject != nullptr ? subject->pid : 0);
    std::vector<JournalField> fields{
        {"MESSAGE", message}, {"PRIORITY", priority}, {"SYSLOG_IDENTIFIER", options_.identifier}};
    if (const auto id = message_id_of(message); !id.empty()) fields.push_back({"MESSAGE_ID", id});
    if (subject != nullptr) {
        fields.push_back({"SVD_PROGRAM", subject->program});
        fields.push_back({"SVD_GROUP", subject->group});
        fields.push_back({"SVD_PROCESS", subject->process});
        fields.push_back({"SVD_STATE", subject->state});
        if (subject->pid != 0) fields.push_back({"SVD_PID", pid});
    }
    const auto journal = options_.journal;
    journal->send(fields, now);
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
