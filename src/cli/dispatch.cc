#include "cli/dispatch.h"

#include <algorithm>

#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/interrupt.h"

namespace svd::cli {
namespace {

constexpr std::string_view kJsonFlag = "--json";

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void unknown(Session& session, std::string_view line) {
    session.complain(fmt::format("*** Unknown syntax: {}", line));
    session.fail_with(kGeneric);
}

// Removes the word --json from an argument; no process can have that name.
bool take_json_flag(std::string& argument) {
    std::vector<std::string> rest;
    bool found = false;
    for (const auto word : split_blanks(argument)) {
        if (word == kJsonFlag)
            found = true;
        else
            rest.emplace_back(word);
    }
    if (found) argument = join(rest, " ");
    return found;
}

void run_command(Session& session, const Command& command, const std::string& argument) {
    if (command.has(kTakesNothing) && !argument.empty()) {
        refuse(session, command.name, fmt::format("Error: {} accepts no arguments", command.name));
        return;
    }
    if (command.has(kUpcheck) && !session.upcheck()) return;
    command.handler(session, argument);
}

void run_with_json(Session& session, const Command& command, std::string argument) {
    auto& json = session.settings().json;
    if (json && !command.has(kJson)) {
        session.complain(fmt::format("Error: {} has no --json form", command.name));
        session.fail_with(kInvalidArguments);
        return;
    }
    const bool before = json;
    if (command.has(kJson) && take_json_flag(argument)) json = true;
    run_command(session, command, argument);
    json = before;
}

// True when there are new credentials to try.
bool authenticate(Session& session) {
    session.complain("Server requires authentication");
    if (!session.settings().interactive) return false;
    auto username = ask(session.out(), session.in(), "Username:");
    if (!username) return false;
    auto password = ask_hidden(session.out(), session.in(), "Password:");
    if (!password) return false;
    session.print("");
    session.use_credentials(*std::move(username), *std::move(password));
    return true;
}

}  // namespace

ParsedLine parse_line(std::string_view text) {
    ParsedLine parsed{.action = {}, .argument = {}, .line = std::string(trim(text))};
    if (parsed.line.starts_with('?')) parsed.line.replace(0, 1, "help ");
    const std::string_view line = parsed.line;
    const auto stop = std::ranges::find_if_not(line, is_word_character);
    const auto length = static_cast<std::size_t>(stop - line.begin());
    // "start-foo" is a slip of the hand, not the action "start" on "-foo".
    if (length < line.size() && !is_blank(line[length])) return parsed;
    parsed.action = line.substr(0, length);
    parsed.argument = trim(line.substr(length));
    return parsed;
}

void dispatch(Session& session, std::string_view line) {
    const auto parsed = parse_line(line);
    if (parsed.line.empty()) return;
    session.forget_completion_infos();
    if (parsed.action == "help") {
        run_help(session, parsed.argument);
        return;
    }
    if (parsed.action == "EOF") {
        run_quit(session, {});
        return;
    }
    const auto* command = find_command(parsed.action);
    if (!command) {
        unknown(session, parsed.line);
        return;
    }
    for (;;) {
        run_with_json(session, *command, parsed.argument);
        if (!session.take_auth_required() || interrupted()) return;
        if (!authenticate(session)) return;
        // What the first try said about missing credentials is void now.
        session.fail_with(kSuccess);
    }
}

}  // namespace svd::cli
