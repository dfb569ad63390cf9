// Actions that only look: status, pid, avail, version.
#include <algorithm>

#include "base/strings.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/namespec.h"
#include "cli/status_table.h"

namespace svd::cli {
namespace {

constexpr std::int64_t kStoppedStates[] = {0, 100, 200, 1000};  // STOPPED EXITED FATAL UNKNOWN

bool has_all(const std::vector<std::string_view>& names) {
    return std::ranges::find(names, "all") != names.end();
}

bool matches(const StatusRow& row, const Namespec& wanted) {
    return row.group == wanted.group && (!wanted.process || row.name == *wanted.process);
}

// The order of the arguments is kept, repetitions too.
std::vector<StatusRow> select(std::vector<StatusRow> all,
                              const std::vector<std::string_view>& names,
                              std::vector<NamedError>& errors) {
    if (names.empty() || has_all(names)) return all;
    std::vector<StatusRow> chosen;
    for (const auto name : names) {
        const auto wanted = split_namespec(name);
        const auto before = chosen.size();
        for (const auto& row : all)
            if (matches(row, wanted)) chosen.push_back(row);
        if (chosen.size() > before) continue;
        if (wanted.process)
            errors.push_back({std::string(name), "no such process"});
        else
            errors.push_back({wanted.group, "no such group"});
    }
    return chosen;
}

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
    const auto all = all_of_status(session);
    if (!all) {
        session.report(all.error());
        return;
    }
    std::vector<NamedError> errors;
    const auto chosen = select(status_rows(*all), split_blanks(argument), errors);
    if (!errors.empty()) session.fail_with(kStatusUnknown);
    print_status(session, chosen, errors);
    const bool any_stopped = std::ranges::any_of(chosen, [](const StatusRow& row) {
        return std::ranges::find(kStoppedStates, row.state) != std::end(kStoppedStates);
    });
    if (any_stopped) session.fail_with(kStatusNotRunning);
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
