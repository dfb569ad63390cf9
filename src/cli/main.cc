// svctl: controls the programs of a running svd or supervisord.
#include <array>
#include <climits>
#include <cstdlib>

#include <signal.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/strings.h"
#include "cli/dispatch.h"
#include "cli/options.h"
#include "cli/shell.h"
#include "config/load.h"

namespace svd::cli {
namespace {

config::LoadRequest load_request(std::string path) {
    config::LoadRequest request;
    request.path = std::move(path);
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        if (const auto equals = text.find('='); equals != text.npos)
            request.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    std::array<char, PATH_MAX> directory;
    if (getcwd(directory.data(), directory.size())) request.working_directory = directory.data();
    utsname host;
    if (uname(&host) == 0) request.host_node_name = host.nodename;
    return request;
}

// The file named by -c or found at the usual places; the built-in defaults when there is none.
Result<config::ClientConfig> read_config(const Options& options, std::string_view program) {
    auto path = options.configuration ? *options.configuration : config::find_config(program);
    if (path.empty()) return config::ClientConfig{};
    return config::load_client(load_request(std::move(path)));
}

Settings make_settings(const Options& options, const config::ClientConfig& file) {
    return {.serverurl = options.serverurl.value_or(file.serverurl),
            .credentials = {options.username ? options.username : file.username,
                            options.password ? options.password : file.password},
            .interactive = options.interactive || options.words.empty(),
            .json = options.json};
}

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
    const auto file = read_config(*options, program);
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
