// Actions on the server and on svctl itself: shutdown, reload, open, quit.
#include <cerrno>
#include <chrono>
#include <thread>

#include "base/strings.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/namespec.h"
#include "cli/terminal_input.h"

namespace svd::cli {
namespace {

// Without -i nobody is asked. An answer that never comes is a no, and an error.
bool is_confirmed(Session& session, std::string_view question) {
    if (!session.settings().interactive) return true;
    const auto answer = ask(session.out(), session.in(), question);
    if (!answer) {
        session.print("");
        session.fail_with(kGeneric);
    }
    return answer && to_lower(*answer).starts_with('y');
}

}  // namespace

void run_shutdown(Session& session, std::string_view) {
    if (!is_confirmed(session, "Really shut the remote supervisord process down y/N? ")) return;
    const auto answer = session.call("shutdown");
    if (answer) {
        session.print("Shut down");
        return;
    }
    const auto& error = answer.error();
    if (error.is_fault(kFaultShutdownState)) {
        session.print("ERROR: already shutting down");  // exit code 0: it will be down
    } else if (error.is_connect(ECONNREFUSED)) {
        session.print(
            fmt::format("ERROR: {} refused connection (already shut down?)", session.url()));
        session.fail_with(kGeneric);
    } else if (error.is_connect(ENOENT)) {
        session.print(fmt::format("ERROR: {} no such file (already shut down?)", session.url()));
        session.fail_with(kGeneric);
    } else {
        session.report(error);
    }
}

void run_reload(Session& session, std::string_view) {
    if (!is_confirmed(session, "Really restart the remote supervisord process y/N? ")) return;
    const auto answer = session.call("restart");
    if (answer) {
        session.print("Restarted supervisord");
    } else if (answer.error().is_fault(kFaultShutdownState)) {
        session.print("ERROR: already shutting down");
        session.fail_with(kGeneric);
    } else {
        session.report(answer.error());
    }
}

namespace {
constexpr std::chrono::seconds kUpgradePatience{10};
constexpr std::chrono::milliseconds kLookAgain{5};

void report_upgrade(Session& session, const CallError& error) {
    if (error.is_fault(kFaultUnknownMethod)) {
        session.print("ERROR: the server cannot be upgraded while it runs; svd can");
        session.fail_with(kUnimplemented);
    } else if (error.is_fault(kFaultFailed)) {
        // "FAILED: why"
        session.print("ERROR: not upgraded: " + error.text.substr(error.text.find(' ') + 1));
        session.fail_with(kGeneric);
    } else {
        session.report(error);
    }
}
}  // namespace

// Done when the next program answers: the one that was asked says only that it is willing.
void run_upgrade(Session& session, std::string_view) {
    const auto before = session.call_full("svd.getDaemonInfo");
    if (!before) return report_upgrade(session, before.error());
    const auto agreed = session.call_full("svd.upgrade");
    if (!agreed) return report_upgrade(session, agreed.error());
    const auto give_up = std::chrono::steady_clock::now() + kUpgradePatience;
    while (std::chrono::steady_clock::now() < give_up) {
        const auto now = session.call_full("svd.getDaemonInfo");
        if (now && int_member(*now, "upgrades") > int_member(*before, "upgrades")) {
            session.print(fmt::format("upgraded: svd {} -> {}, pid {}, {} processes kept",
                                      text_member(*before, "version"), text_member(*now, "version"),
                                      int_member(*now, "pid"), int_member(*now, "processes")));
            return;
        }
        std::this_thread::sleep_for(kLookAgain);
    }
    session.print("ERROR: the upgrade began, but no new svd answers; the main log says more");
    session.fail_with(kGeneric);
}

void run_open(Session& session, std::string_view argument) {
    if (!argument.starts_with("unix:") && !argument.starts_with("http:")) {
        session.print("ERROR: url must be http:// or unix://");
        session.fail_with(kGeneric);
        return;
    }
    session.connect_to(std::string(argument));
    const int before = session.exit_code();
    run_status(session, {});
    session.fail_with(before);
}

void run_quit(Session& session, std::string_view) {
    session.print("");
    session.leave();
}

}  // namespace svd::cli
