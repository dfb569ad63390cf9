#include "daemon/options.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace svd::daemon {

namespace {
constexpr auto kTable = std::to_array<OptionRow>({
    {'c', "configuration", true, "FILE", "configuration file (searched for when absent)"},
    {'n', "nodaemon", false, "", "stay in the foreground"},
    {'s', "silent", false, "", "do not repeat the main log on standard output"},
    {'h', "help", false, "", "print this text and exit"},
    {'?', "", false, "", "the same as -h"},
    {'v', "version", false, "", "print the version and exit"},
    {'t', "check", false, "",
     "read the configuration, print every problem, exit 0, 1 (--strict) or 2"},
    {0, "strict", false, "", "with --check: warnings alone make the exit code 1"},
    {0, "check-state", false, "",
     "read the state of a running svd from standard input, say whether this program can go on "
     "with it"},
    {0, "release-cgroup", false, "",
     "for ExecStopPost= of a unit whose programs outlive svd: hand no controllers down any more"},
    {0, "tab", false, "", "print what the last argument may become, for the completion of shells"},
    {'u', "user", true, "USER", "run as this user (name or uid)"},
    {'m', "umask", true, "UMASK", "umask of the daemon and its children (default 022)"},
    {'d', "directory", true, "DIRECTORY", "directory to change to when daemonizing"},
    {'l', "logfile", true, "FILE", "path of the main log"},
    {'y', "logfile_maxbytes", true, "BYTES", "rotate the main log at this size"},
    {'z', "logfile_backups", true, "NUM", "how many rotated main logs to keep"},
    {'e', "loglevel", true, "LEVEL", "critical, error, warn, info, debug, trace or blather"},
    {'j', "pidfile", true, "FILE", "path of the pid file"},
    {'i', "identifier", true, "STR", "name of this instance"},
    {'q', "childlogdir", true, "DIRECTORY", "directory of automatic child logs"},
    {'k', "nocleanup", false, "", "keep automatic child logs of earlier runs"},
    {'a', "minfds", true, "NUM", "file descriptors that must be available"},
    {0, "strip_ansi", false, "", "remove terminal escape sequences from child logs"},
    {0, "minprocs", true, "NUM", "processes that must be available"},
    {0, "profile_options", true, "LIST", "accepted for compatibility; has no effect"},
});

// Under supervisord's own name -t keeps supervisord's meaning.
bool is_supervisord(std::string_view program) {
    const auto slash = program.rfind('/');
    return (slash == std::string_view::npos ? program : program.substr(slash + 1)) == "supervisord";
}

void apply(const ParsedOption& option, bool supervisord, Options& options) {
    const auto name = option.row->name;
    if (name == "configuration") {
        options.config_path = option.value;
    } else if (name == "help" || option.row->letter == '?') {
        if (options.action != Action::Version) options.action = Action::Help;
    } else if (name == "version") {
        if (options.action != Action::Help) options.action = Action::Version;
    } else if (name == "check") {
        if (option.spelling == "-t" && supervisord)
            options.overrides["strip_ansi"] = {"true", option.spelling};
        else if (options.action == Action::Run)
            options.action = Action::Check;
    } else if (name == "check-state") {
        if (options.action == Action::Run) options.action = Action::CheckState;
    } else if (name == "release-cgroup") {
        if (options.action == Action::Run) options.action = Action::ReleaseCgroup;
    } else if (name == "tab") {
        if (options.action == Action::Run) options.action = Action::Tab;
    } else if (name == "strict") {
        options.strict = true;
    } else if (name != "profile_options") {
        options.overrides[std::string(name)] = {option.row->takes_value ? option.value : "true",
                                                option.spelling};
    }
}
}  // namespace

Result<Options> parse_options(std::span<const std::string> argv) {
    Options options;
    options.program = argv.empty() ? "svd" : argv[0];
    const auto arguments = argv.empty() ? argv : argv.subspan(1);
    SVD_TRY(const ParsedLine line, parse_command_line(kTable, arguments));
    std::set<const OptionRow*> seen;
    for (const auto& option : line.options) {
        if (!seen.insert(option.row).second)
            return fail("conflicting command line option {}", fmt::format("'{}'", option.spelling));
        apply(option, is_supervisord(options.program), options);
    }
    if (options.action != Action::Tab && !line.words.empty())
        return fail("positional arguments are not supported: {}",
                    fmt::format("['{}']", fmt::join(line.words, "', '")));
    options.words = line.words;
    return options;
}

std::span<const OptionRow> option_rows() {
    return kTable;
}

std::string usage(const std::string& program) {
    return fmt::format(
        "Usage: {} [options]\n"
        "\n"
        "svd starts the programs of a supervisord configuration, keeps them running and answers\n"
        "svctl, supervisorctl and every other client of Supervisor's interfaces.\n"
        "\n"
        "{}",
        program, usage_rows(kTable));
}

}  // namespace svd::daemon
