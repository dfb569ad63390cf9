// One line of input becomes one action.
#pragma once

#include <string>
#include <string_view>

#include "cli/session.h"

namespace svd::cli {

struct ParsedLine {
    std::string action;    // empty: not an action at all
    std::string argument;  // blanks around it removed
    std::string line;      // what an error message quotes; empty: a blank line
};

// "?x" is "help x"; "!x" and everything that does not start with a word is no action.
[[nodiscard]] ParsedLine parse_line(std::string_view line);

// Runs the line; asks for credentials and tries again where the session is interactive.
void dispatch(Session& session, std::string_view line);

}  // namespace svd::cli
