#include "cli/command_table.h"

#include <algorithm>

namespace svd::cli {
namespace {

constexpr Command kCommands[] = {
    {"add", "add <name> [...]\tActivates any updates in config for process/group", kPlain,
     Completes::Groups, run_add},
    {"avail", "avail\t\t\tDisplay all configured processes", kTakesNothing | kJson,
     Completes::Nothing, run_avail},
    {"clear",
     "clear <name>\t\tClear a process' log files.\n"
     "clear <name> <name>\tClear multiple process' log files\n"
     "clear all\t\tClear all process' log files",
     kUpcheck | kAll, Completes::Processes, run_clear},
    {"events",
     "events\t\t\tShow the event listeners: what waits for them and what became of the rest",
     kTakesNothing | kUpcheck | kJson, Completes::Nothing, run_events},
    {"exit", "exit\tExit the supervisor shell.", kPlain, Completes::Nothing, run_quit},
    {"fg",
     "fg <process>\tConnect to a process in foreground mode\n"
     "\t\tCtrl-C to exit",
     kUpcheck, Completes::Processes, run_fg},
    {"maintail",
     "maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)\n"
     "maintail -100\tlast 100 *bytes* of supervisord main log file\n"
     "maintail\tlast 1600 *bytes* of supervisor main log file\n",
     kUpcheck, Completes::Nothing, run_maintail},
    {"open",
     "open <url>\tConnect to a remote supervisord process.\n"
     "\t\t(for UNIX domain socket, use unix:///socket/path)",
     kPlain, Completes::Nothing, run_open},
    {"pause",
     "pause <name>\t\tFreeze a process and all that it started, until it is resumed or stopped\n"
     "pause <gname>:*\t\tFreeze all processes in a group\n"
     "pause <name> <name>\tFreeze multiple processes or groups\n"
     "pause all\t\tFreeze all processes\n"
     "Signals that it handles wait until it is resumed; others end it at once.",
     kUpcheck | kAll, Completes::Processes, run_pause},
    {"pid",
     "pid\t\t\tGet the PID of supervisord.\n"
     "pid <name>\t\tGet the PID of a single child process by name.\n"
     "pid all\t\t\tGet the PID of every child process, one per line.",
     kUpcheck | kAll, Completes::Processes, run_pid},
    {"quit", "quit\tExit the supervisor shell.", kPlain, Completes::Nothing, run_quit},
    {"reload", "reload \t\tRestart the remote supervisord.", kTakesNothing, Completes::Nothing,
     run_reload},
    {"remove", "remove <name> [...]\tRemoves process/group from active config", kPlain,
     Completes::Groups, run_remove},
    {"reopen",
     "reopen <name>\t\tOpen a process' log files again, after they were moved away\n"
     "reopen <gname>:*\tOpen the log files of all processes in a group again\n"
     "reopen <name> <name>\tOpen multiple process' log files again\n"
     "reopen all\t\tOpen all process' log files again",
     kUpcheck | kAll, Completes::Processes, run_reopen},
    {"reread", "reread \t\t\tReload the daemon's configuration files without add/remove",
     kTakesNothing | kJson, Completes::Nothing, run_reread},
    {"restart",
     "restart <name>\t\tRestart a process\n"
     "restart <gname>:*\tRestart all processes in a group\n"
     "restart <name> <name>\tRestart multiple processes or groups\n"
     "restart all\t\tRestart all processes\n"
     "Note: restart does not reread config files. For that, see reread and update.",
     kUpcheck | kAll, Completes::Processes, run_restart},
    {"resume",
     "resume <name>\t\tLet a paused process go on\n"
     "resume <gname>:*\tLet all paused processes in a group go on\n"
     "resume <name> <name>\tLet multiple paused processes or groups go on\n"
     "resume all\t\tLet all paused processes go on",
     kUpcheck | kAll, Completes::Processes, run_resume},
    {"rotate",
     "rotate <name>\t\tRotate a process' log files now\n"
     "rotate <gname>:*\tRotate the log files of all processes in a group\n"
     "rotate <name> <name>\tRotate multiple process' log files\n"
     "rotate all\t\tRotate all process' log files",
     kUpcheck | kAll, Completes::Processes, run_rotate},
    {"shutdown", "shutdown \tShut the remote supervisord down.", kTakesNothing, Completes::Nothing,
     run_shutdown},
    {"signal",
     "signal <signal name> <name>\t\tSignal a process\n"
     "signal <signal name> <gname>:*\t\tSignal all processes in a group\n"
     "signal <signal name> <name> <name>\tSignal multiple processes or groups\n"
     "signal <signal name> all\t\tSignal all processes",
     kUpcheck | kAll, Completes::SignalThenProcesses, run_signal},
    {"start",
     "start <name>\t\tStart a process\n"
     "start <gname>:*\t\tStart all processes in a group\n"
     "start <name> <name>\tStart multiple processes or groups\n"
     "start all\t\tStart all processes",
     kUpcheck | kAll, Completes::Processes, run_start},
    // Its own upcheck: every failure of it is exit code 4.
    {"status",
     "status <name>\t\tGet status for a single process\n"
     "status <gname>:*\tGet status for all processes in a group\n"
     "status <name> <name>\tGet status for multiple named processes\n"
     "status\t\t\tGet all process status info\n"
     "status -l [<name> ...]\tThe same with what processes use and how they ended last",
     kJson | kAll, Completes::Processes, run_status},
    {"stop",
     "stop <name>\t\tStop a process\n"
     "stop <gname>:*\t\tStop all processes in a group\n"
     "stop <name> <name>\tStop multiple processes or groups\n"
     "stop all\t\tStop all processes",
     kUpcheck | kAll, Completes::Processes, run_stop},
    {"tail",
     "tail [-f] <name> [stdout|stderr] (default stdout)\n"
     "Ex:\n"
     "tail -f <name>\t\tContinuous tail of named process stdout\n"
     "\t\t\tCtrl-C to exit.\n"
     "tail -100 <name>\tlast 100 *bytes* of process stdout\n"
     "tail <name> stderr\tlast 1600 *bytes* of process stderr",
     kUpcheck, Completes::Processes, run_tail},
    {"top",
     "top\t\t\tShow what processes use, again every second; q or Ctrl-C to end\n"
     "\t\t\tkeys: c m t i n sort by cpu, mem, tasks, io, name; g groups\n"
     "top --once\t\tShow one table, for scripts; the same without a terminal\n"
     "top -n <count>\t\tShow so many tables\n"
     "top -d <seconds>\tTime between two tables, 1 by default\n"
     "top --sort <key>\tSort by cpu, mem, tasks, io or name\n"
     "top -g\t\t\tShow groups",
     kUpcheck | kJson, Completes::Nothing, run_top},
    {"update",
     "update\t\t\tReload config and add/remove as necessary, and will restart affected programs\n"
     "update all\t\tReload config and add/remove as necessary, and will restart affected programs\n"
     "update <gname> [...]\tUpdate specific groups",
     kJson | kAll, Completes::Groups, run_update},
    {"upgrade", "upgrade\t\t\tGo on as the svd that is installed now; no program is stopped",
     kTakesNothing | kUpcheck, Completes::Nothing, run_upgrade},
    {"version", "version\t\t\tShow the version of the remote supervisord process",
     kTakesNothing | kUpcheck, Completes::Nothing, run_version},
    {"why",
     "why <name>\t\tTell why a process is in its state and how its last runs ended\n"
     "why <gname>:*\t\tThe same for all processes in a group\n"
     "why <name> <name>\tThe same for multiple processes or groups\n"
     "why all\t\t\tThe same for all processes",
     kUpcheck | kJson | kAll, Completes::Processes, run_why},
};
static_assert(std::ranges::is_sorted(kCommands, {}, &Command::name));

constexpr std::string_view kHelpHeader = "default commands (type help <topic>):";
constexpr std::size_t kHelpWidth = 79;
constexpr std::string_view kHelpOfHelp =
    "help\t\tPrint a list of available actions\nhelp <action>\tPrint help for <action>";

// Widths of the columns when `names` go down `rows` rows; names are ASCII.
std::vector<std::size_t> column_widths(std::span<const Command> rows_of, std::size_t rows) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < rows_of.size(); ++i) {
        if (i % rows == 0) widths.push_back(0);
        widths.back() = std::max(widths.back(), rows_of[i].name.size());
    }
    return widths;
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
    std::size_t total = 0;
    for (const auto width : widths) total += width + 2;
    return total - 2;
}

void print_columns(Session& session, std::span<const Command> all) {
    std::size_t rows = 1;
    while (rows < all.size() && total_width(column_widths(all, rows)) > kHelpWidth) ++rows;
    const auto widths = column_widths(all, rows);
    for (std::size_t row = 0; row < rows; ++row) {
        std::string line;
        for (std::size_t i = row; i < all.size(); i += rows) {
            if (!line.empty()) line += "  ";
            line += pad_right(all[i].name, widths[i / rows]);
        }
        session.print(line);
    }
}

}  // namespace

std::span<const Command> commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    const auto it = std::ranges::lower_bound(kCommands, name, {}, &Command::name);
    return it != std::end(kCommands) && it->name == name ? &*it : nullptr;
}

void refuse(Session& session, std::string_view command, std::string_view text, int code) {
    session.print(text);
    session.fail_with(code);
    if (const auto* row = find_command(command)) session.print(row->help);
}

void run_help(Session& session, std::string_view topic) {
    if (topic == "help") {
        session.print(kHelpOfHelp);
    } else if (const auto* command = find_command(topic)) {
        session.print(command->help);
    } else if (!topic.empty()) {
        session.print(fmt::format("*** No help on {}", topic));
    } else {
        session.print("");
        session.print(kHelpHeader);
        session.print(std::string(kHelpHeader.size(), '='));
        print_columns(session, kCommands);
        session.print("");
    }
}

}  // namespace svd::cli
