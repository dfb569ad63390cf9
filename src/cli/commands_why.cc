// Why a process is in its state, and how its last runs ended.
#include <algorithm>

#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/namespec.h"
#include "cli/why_text.h"

namespace svd::cli {
namespace {

// What was found, name by name; the answers own what is shown.
struct Found {
    std::vector<wire::Value> answers;
    std::vector<NamedError> errors;
};

// False when going on makes no sense.
bool ask(Session& session, std::string_view name, Found& found) {
    auto answer = name == "all" ? session.call_full("svd.getAllDeaths")
                                : session.call_full("svd.getDeaths", {wire::Value(name)});
    if (answer) {
        found.answers.push_back(*std::move(answer));
        return true;
    }
    if (answer.error().is_fault(kFaultBadName)) {
        const auto spec = split_namespec(name);
        found.errors.push_back(spec.process ? NamedError{std::string(name), "no such process"}
                                            : NamedError{spec.group, "no such group"});
        return true;
    }
    if (answer.error().is_fault(kFaultUnknownMethod)) {
        session.complain("Sorry, the server does not remember how programs ended; svd does.");
        session.fail_with(kUnimplemented);
    } else {
        session.report(answer.error());
    }
    return false;
}

void show(Session& session, const Found& found) {
    std::vector<const wire::Value*> processes;
    for (const auto& answer : found.answers)
        for (const auto& process : answer.elements()) processes.push_back(&process);
    if (session.settings().json) {
        session.print(why_json(processes, found.errors));
        return;
    }
    for (const auto& error : found.errors)
        session.print(fmt::format("{}: ERROR ({})", error.name, error.error));
    for (const auto* process : processes)
        for (const auto& line : why_lines(*process)) session.print(line);
}

}  // namespace

void run_why(Session& session, std::string_view argument) {
    auto names = split_blanks(argument);
    if (names.empty()) {
        refuse(session, "why", "Error: why requires a process name", kInvalidArguments);
        return;
    }
    if (std::ranges::find(names, "all") != names.end()) names = {"all"};
    Found found;
    for (const auto name : names)
        if (!ask(session, name, found)) return;
    if (!found.errors.empty()) session.fail_with(kGeneric);
    show(session, found);
}

}  // namespace svd::cli
