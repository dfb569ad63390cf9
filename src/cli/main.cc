// svctl: controls the programs of a running svd or supervisord.
#include <cstdlib>

#include <signal.h>
#include <unistd.h>

#include "base/strings.h"
#include "cli/client_config.h"
#include "cli/dispatch.h"
#include "cli/options.h"
#include "cli/shell.h"
#include "cli/tab.h"

namespace svd::cli {
namespace {

int usage_error(std::string_view program, std::string_view text) {
    write_stderr(fmt::format("Error: {}\nFor help, use {} -h\n", text, program));
    return kInvalidArguments;
}

// Supervisor 3 had no exit codes; old service providers take any other than 0 for "stopped".
bool without_exit_codes() {
    const char* wish = std::getenv("SVCTL_COMPAT");
    return wish && std::string_view(wish).starts_with("3.");
}

int run_actions(const Options& options, const config::ClientConfig& file) {
    Output out(STDOUT_FILENO);
    LineInput in(STDIN_FILENO);
    Session session(make_settings(options, file), out, in);
    int code = kSuccess;
    if (options.words.empty()) {
        run_shell(session,
                  {file.prompt, options.history_file ? options.history_file : file.history_file});
    } else {
        dispatch(session, join(options.words, " "));
        code = without_exit_codes() ? kSuccess : session.exit_code();
    }
    out.flush();
    if (out.write_error() == 0) return code;
    write_stderr(fmt::format("svctl: standard output: {}\n", errno_text(out.write_error())));
    return code == kSuccess ? kGeneric : code;
}

int run(const std::vector<std::string>& args, std::string_view program) {
    const auto options = parse_options(args);
    if (!options) return usage_error(program, options.error().text);
    if (options->help || options->version) {
        Output out(STDOUT_FILENO);
        out.raw(options->help ? usage_text(program) : "svctl " SVD_VERSION "\n");
        out.flush();
        return out.write_error() == 0 ? kSuccess : kGeneric;
    }
    if (options->tab) return run_tab(options->words, program);
    const auto file = read_client_config(*options, program);
    if (!file) return usage_error(program, file.error().text);
    return run_actions(*options, *file);
}

}  // namespace
}  // namespace svd::cli

int main(int argc, char** argv) {
    // `svctl status | head -1` ends by EPIPE, quietly.
    signal(SIGPIPE, SIG_IGN);
    const std::string_view program = argc > 0 ? argv[0] : "svctl";
    return svd::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}, program);
}
