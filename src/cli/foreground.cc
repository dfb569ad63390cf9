// fg: both logs of a process on the screen, the keyboard on its standard input.
#include <algorithm>

#include "base/python_text.h"
#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/interrupt.h"
#include "cli/log_stream.h"
#include "cli/namespec.h"

namespace svd::cli {
namespace {

constexpr std::int64_t kRunning = 20;
// How soon the end of the process is noticed when nothing else happens.
constexpr std::chrono::milliseconds kLook{500};
// How long a log is waited for after the end of the process, and how often.
constexpr std::chrono::milliseconds kLastWords{1100};
constexpr int kMostReads = 64;

std::string fault_text(const CallError& error) {
    if (error.kind != CallError::Kind::Fault) return error.text;
    return fmt::format("<Fault {}: {}>", error.code, py_repr(error.text));
}

class Foreground {
  public:
    Foreground(Session& session, std::string name) : session_(session), name_(std::move(name)) {}

    void run() {
        const InterruptScope scope;
        for (const auto* channel : {"stdout", "stderr"})
            if (auto stream = LogStream::open(session_, logtail_path(name_, channel)))
                streams_.push_back(*std::move(stream));
        while (turn()) {
        }
        forget_interrupt();
        session_.print("Exiting foreground");
    }

  private:
    // One wait and what came of it; false when it is over.
    bool turn() {
        std::vector<pollfd> fds;
        fds.push_back({.fd = session_.in().fd(), .events = POLLIN, .revents = 0});
        for (const auto& stream : streams_)
            fds.push_back({.fd = stream.fd(), .events = POLLIN, .revents = 0});
        const auto ready = wait_for(fds, kLook);
        if (!ready) return false;
        pump_streams(fds);
        if (fds[0].revents != 0) session_.in().fill();
        while (auto line = session_.in().take_line())
            if (!send(*line)) return false;
        if (session_.in().at_end() || session_.out().is_broken()) return false;
        return *ready != 0 || is_alive();
    }

    void pump_streams(const std::vector<pollfd>& fds) {
        for (std::size_t i = streams_.size(); i-- > 0;)
            if (fds[i + 1].revents != 0 && !streams_[i].pump(session_))
                streams_.erase(streams_.begin() + static_cast<std::ptrdiff_t>(i));
    }

    bool send(const std::string& line) {
        const auto sent = session_.call("sendProcessStdin", {name_, line + "\n"});
        if (sent) return is_alive();
        if (sent.error().is_fault(kFaultNotRunning))
            session_.print("Process got killed");
        else
            session_.print(fmt::format("ERROR: {}", fault_text(sent.error())));
        return false;
    }

    bool is_alive() {
        const auto info = session_.call("getProcessInfo", {name_});
        if (!info) {
            session_.print(fmt::format("ERROR: {}", fault_text(info.error())));
            return false;
        }
        if (int_member(*info, "state") == kRunning) return true;
        drain();
        session_.print("Process got killed");
        return false;
    }

    // The last words of a process may still be on their way: supervisord looks at a log once a
    // second. Bounded, since another process may go on writing to the same file.
    void drain() {
        for (int i = 0; i < kMostReads; ++i) {
            std::vector<pollfd> fds(1, {.fd = -1, .events = 0, .revents = 0});
            for (const auto& stream : streams_)
                fds.push_back({.fd = stream.fd(), .events = POLLIN, .revents = 0});
            const auto ready = wait_for(fds, kLastWords);
            if (!ready || *ready == 0) return;
            pump_streams(fds);
        }
    }

    Session& session_;
    std::string name_;
    std::vector<LogStream> streams_;
};

}  // namespace

void run_fg(Session& session, std::string_view argument) {
    const auto names = split_blanks(argument);
    if (names.empty()) return refuse(session, "fg", "ERROR: no process name supplied");
    const auto complain = [&](std::string_view text) {
        session.print(text);
        session.fail_with(kGeneric);
    };
    if (names.size() > 1) return complain("ERROR: too many process names supplied");
    const std::string name(names.front());
    const auto info = session.call("getProcessInfo", {name});
    if (!info && info.error().is_fault(kFaultBadName))
        return complain("ERROR: bad process name supplied");
    if (!info && info.error().kind != CallError::Kind::Fault) return session.report(info.error());
    if (!info) return session.print(fmt::format("ERROR: {}", fault_text(info.error())));
    if (int_member(*info, "state") != kRunning) return complain("ERROR: process not running");
    session.print(kStreamBanner);
    session.out().flush();
    Foreground(session, name).run();
}

}  // namespace svd::cli
