#include "cli/shell.h"

#include <unistd.h>

#include "cli/completion.h"
#include "cli/dispatch.h"
#include "cli/interrupt.h"
#include "cli/line_editor.h"

namespace svd::cli {
namespace {

// Runs a line; false when the shell is to end.
bool run_line(Session& session, const std::string& line) {
    dispatch(session, line);
    session.out().flush();
    return !session.is_leaving() && !interrupted() && !session.out().is_broken();
}

template <class ReadLine>
void run_lines(Session& session, ReadLine&& read_line) {
    if (!run_line(session, "status")) return;
    for (;;) {
        const std::optional<std::string> line = read_line();
        if (interrupted()) return;
        if (!run_line(session, line.value_or("EOF"))) return;
    }
}

void run_editor(Session& session, const ShellSettings& settings, const std::string& prompt) {
    LineEditor editor(prompt, [&](std::string_view line) {
        return completions(line,
                           [&]() -> const wire::Array& { return session.completion_infos(); });
    });
    if (settings.history_file) editor.load_history(*settings.history_file);
    run_lines(session, [&] { return editor.read_line(); });
    if (settings.history_file) editor.save_history(*settings.history_file);
}

}  // namespace

void run_shell(Session& session, const ShellSettings& settings) {
    const InterruptScope scope;
    const auto prompt = settings.prompt + "> ";
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        run_editor(session, settings, prompt);
    else
        run_lines(session, [&] { return ask(session.out(), session.in(), prompt); });
    if (interrupted()) session.print("");
}

}  // namespace svd::cli
