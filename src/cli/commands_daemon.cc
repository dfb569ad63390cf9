// Actions on the server and on svctl itself: shutdown, reload, open, quit.
#include <cerrno>

#include "base/strings.h"
#include "cli/commands.h"
#include "cli/faults.h"
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
