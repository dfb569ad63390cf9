// The one table of svctl's actions. Dispatch, help and completion are read from it.
#pragma once

#include <span>
#include <string_view>

#include "cli/commands.h"

namespace svd::cli {

enum class Completes { Nothing, Groups, Processes, SignalThenProcesses };

enum CommandTraits : unsigned {
    kPlain = 0,
    kTakesNothing = 1U << 0,  // "Error: x accepts no arguments"
    kUpcheck = 1U << 1,       // the server is tried before the handler runs
    kJson = 1U << 2,          // has a --json form
    kAll = 1U << 3,           // takes "all" for every name there is
};

struct Command {
    std::string_view name;
    std::string_view help;  // syntax and meaning, lines without a trailing newline
    unsigned traits;
    Completes completes;
    Handler handler;

    [[nodiscard]] bool has(CommandTraits trait) const { return (traits & trait) != 0; }
};

// Sorted by name.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] const Command* find_command(std::string_view name);

// Says `text` and, below it, the help of `command`; exit code `code`.
void refuse(Session& session, std::string_view command, std::string_view text, int code = kGeneric);

// The help action: all commands in columns, or the syntax of one.
void run_help(Session& session, std::string_view topic);

}  // namespace svd::cli
