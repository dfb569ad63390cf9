// DaemonLog: the main log. Lines are `2026-11-21 20:00:00,123 INFO message` in local time and go to
// a file, to syslog or to the journal (with fields of its own), and in the foreground to stdout
// too. It never blocks and never throws.
//
// Until open() the lines are kept (up to kMaxEarly bytes) and then written in order, as far as the
// level lets them through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/types.h>

#include "base/clock.h"
#include "log/journal_socket.h"
#include "log/level.h"
#include "log/line_stamp.h"
#include "log/rotating_file.h"
#include "log/syslog_socket.h"

namespace svd::log {

struct DaemonLogOptions {
    Level level = Level::Info;
    std::shared_ptr<RotatingFile> file{};      // null: none (logfile=syslog)
    std::shared_ptr<SyslogSocket> syslog{};    // null: none
    std::shared_ptr<JournalSocket> journal{};  // null: none (logfile=journal)
    std::string identifier = "svd";            // SYSLOG_IDENTIFIER in the journal
    // Foreground and not silent. Left out by itself when stdout and the file are the same thing.
    bool echo_stdout = false;
};

// Whom a line is about; the views hold during the call.
struct Subject {
    std::string_view program;  // the section's name
    std::string_view group;
    std::string_view process;
    std::string_view state;
    pid_t pid = 0;  // 0: none
};

class DaemonLog {
  public:
    static constexpr std::size_t kMaxEarly = 256UL * 1024;
    // A message is cut here; room for one chunk of child output shown as bytes.
    static constexpr std::size_t kMaxMessage = 1024UL * 1024;

    explicit DaemonLog(std::function<Now()> clock = read_clocks);

    // Sets the targets and writes what was kept. May be called again (after daemonizing: no echo).
    void open(DaemonLogOptions options);
    void set_level(Level level) { options_.level = level; }
    [[nodiscard]] Level level() const { return options_.level; }
    // False when a line of this level goes nowhere; before open() everything is kept.
    [[nodiscard]] bool enabled(Level level) const {
        return !opened_ || static_cast<int>(level) >= static_cast<int>(options_.level);
    }

    // The message may span lines and is written as it is, with a newline at the end.
    void log(Level level, std::string_view message, const Subject* subject = nullptr) noexcept;

    template <class... Args>
    void critical(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Critical, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Error, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Warn, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Info, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Debug, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void trace(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Trace, f, std::forward<Args>(args)...);
    }
    template <class... Args>
    void blather(fmt::format_string<Args...> f, Args&&... args) noexcept {
        format(Level::Blather, f, std::forward<Args>(args)...);
    }

    // SIGUSR2, clearLog and svd.rotateLog; successes when there is no file.
    Status reopen();
    Status clear();
    Status rotate();
    // The path that readLog reads; empty when there is no file.
    [[nodiscard]] std::string_view path() const;
    [[nodiscard]] const std::shared_ptr<RotatingFile>& file() const { return options_.file; }
    [[nodiscard]] const std::shared_ptr<JournalSocket>& journal() const { return options_.journal; }
    // A handler for the sinks: writes each notice as a line here. Holds as long as this object.
    [[nodiscard]] NoticeHandler notice_handler();
    // Lines lost because too many came before open().
    [[nodiscard]] std::uint64_t dropped_lines() const { return dropped_early_; }

  private:
    struct Line {
        Level level = Level::Info;
        std::string text{};    // with its newline
        std::size_t head = 0;  // bytes of the stamp and the code in front of the message
    };
    template <class... Args>
    void format(Level level, fmt::format_string<Args...> f, Args&&... args) noexcept {
        if (!enabled(level)) return;
        try {
            log(level, fmt::format(f, std::forward<Args>(args)...));
        } catch (...) {
            // Out of memory: this line is lost, the daemon goes on.
        }
    }
    void emit(const Line& line, const Now& now, const Subject* subject);
    void emit_to_journal(Level level, std::string_view message, const Now& now,
                         const Subject* subject);

    std::function<Now()> clock_;
    DaemonLogOptions options_;
    std::unique_ptr<RotatingFile> echo_;
    bool opened_ = false;
    LineStamp stamp_;
    std::string line_;
    std::vector<Line> early_;
    std::size_t early_bytes_ = 0;
    std::uint64_t dropped_early_ = 0;
};

}  // namespace svd::log
