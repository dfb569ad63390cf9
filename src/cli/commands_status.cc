// Actions that only look: status, pid, avail, version.
#include <algorithm>

#include "base/strings.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/namespec.h"
#include "cli/selection.h"
#include "cli/status_table.h"

namespace svd::cli {
namespace {

void print_status(Session& session, const std::vector<StatusRow>& chosen,
                  const std::vector<NamedError>& errors) {
    if (session.settings().json) {
        std::vector<const wire::Value*> infos;
        infos.reserve(chosen.size());
        for (const auto& row : chosen) infos.push_back(row.source);
        session.print(status_json(infos, errors));
        return;
    }
    for (const auto& error : errors)
        session.print(fmt::format("{}: ERROR ({})", error.name, error.error));
    for (const auto& line : status_lines(chosen)) session.print(line);
}

// svd tells what is shown and no more, a fifth of the bytes; Supervisor does not know that method.
CallResult all_of_status(Session& session) {
    if (!session.settings().json) {
        auto rows = session.call_full("svd.getStatus");
        if (rows || !rows.error().is_fault(kFaultUnknownMethod)) return rows;
    }
    return session.call("getAllProcessInfo");
}

void print_pid_of(Session& session, std::string_view name, bool& stop) {
    const auto info = session.call("getProcessInfo", {wire::Value(name)});
    if (info) {
        const auto pid = int_member(*info, "pid");
        session.print(fmt::format("{}", pid));
        if (pid == 0) session.fail_with(kNotRunning);
    } else if (info.error().is_fault(kFaultBadName)) {
        session.print(fmt::format("No such process {}", name));
        session.fail_with(kGeneric);
    } else {
        session.report(info.error());
        stop = true;
    }
}

}  // namespace

void run_status(Session& session, std::string_view argument) {
    if (!session.upcheck()) {
        // An error that upcheck has no words for keeps the general exit code.
        if (session.exit_code() != kGeneric) session.fail_with(kStatusUnknown);
        return;
    }
    auto names = split_blanks(argument);
    if (!names.empty() && (names.front() == "-l" || names.front() == "--long")) {
        names.erase(names.begin());
        show_long_status(session, names);
        return;
    }
    const auto all = all_of_status(session);
    if (!all) {
        session.report(all.error());
        return;
    }
    std::vector<NamedError> errors;
    const auto chosen = select(status_rows(*all), names, errors);
    if (!errors.empty()) session.fail_with(kStatusUnknown);
    print_status(session, chosen, errors);
    if (std::ranges::any_of(chosen, is_stopped_state, &StatusRow::state))
        session.fail_with(kStatusNotRunning);
}

void run_pid(Session& session, std::string_view argument) {
    const auto names = split_blanks(argument);
    if (!names.empty() && !has_all(names)) {
        bool stop = false;
        for (std::size_t i = 0; i < names.size() && !stop; ++i)
            print_pid_of(session, names[i], stop);
        return;
    }
    const auto answer = session.call(names.empty() ? "getPID" : "getAllProcessInfo");
    if (!answer) {
        session.report(answer.error());
        return;
    }
    if (names.empty()) session.print(fmt::format("{}", answer->int_or()));
    for (const auto& info : answer->elements())
        session.print(fmt::format("{}", int_member(info, "pid")));
}

void run_avail(Session& session, std::string_view) {
    const auto configs = session.call("getAllConfigInfo");
    if (!configs) {
        session.report(configs.error());
        return;
    }
    if (session.settings().json) {
        session.print(avail_json(configs->elements()));
        return;
    }
    for (const auto& config : configs->elements()) session.print(avail_line(config));
}

void run_version(Session& session, std::string_view) {
    const auto version = session.call("getSupervisorVersion");
    if (!version)
        session.report(version.error());
    else
        session.print(version->text_or());
}

}  // namespace svd::cli
