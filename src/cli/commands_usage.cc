// `status -l`: a table of what processes use and how they ended last.
#include <algorithm>

#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/selection.h"
#include "cli/usage_table.h"

namespace svd::cli {
namespace {

// A struct of svd.getAllProcessInfoEx, as far as it has to be chosen.
struct InfoRow {
    std::string_view group;
    std::string_view name;
    std::int64_t state = 0;
    const wire::Value* source = nullptr;
};

template <class Row>
void set_exit_code(Session& session, const std::vector<Row>& rows,
                   const std::vector<NamedError>& errors) {
    if (!errors.empty()) session.fail_with(kStatusUnknown);
    if (std::ranges::any_of(rows, is_stopped_state, &Row::state))
        session.fail_with(kStatusNotRunning);
}

void show_json(Session& session, const wire::Value& answer,
               const std::vector<std::string_view>& names) {
    std::vector<InfoRow> all;
    for (const auto& info : answer.elements())
        all.push_back({text_member(info, "group"), text_member(info, "name"),
                       int_member(info, "state"), &info});
    std::vector<NamedError> errors;
    const auto chosen = select(std::move(all), names, errors);
    std::vector<const wire::Value*> infos;
    infos.reserve(chosen.size());
    for (const auto& row : chosen) infos.push_back(row.source);
    session.print(long_status_json(infos, errors));
    set_exit_code(session, chosen, errors);
}

void show_table(Session& session, const wire::Value& answer,
                const std::vector<std::string_view>& names) {
    std::vector<NamedError> errors;
    const auto chosen = select(usage_rows(answer), names, errors);
    for (const auto& error : errors)
        session.print(fmt::format("{}: ERROR ({})", error.name, error.error));
    if (!chosen.empty())
        for (const auto& line : long_status_lines(chosen)) session.print(line);
    set_exit_code(session, chosen, errors);
}

}  // namespace

void show_long_status(Session& session, const std::vector<std::string_view>& names) {
    const bool json = session.settings().json;
    const auto answer = session.call_full(json ? "svd.getAllProcessInfoEx" : "svd.getUsage");
    if (answer) {
        json ? show_json(session, *answer, names) : show_table(session, *answer, names);
    } else if (answer.error().is_fault(kFaultUnknownMethod)) {
        session.complain("Sorry, the server does not know what programs use; svd does.");
        session.fail_with(kUnimplemented);
    } else {
        session.report(answer.error());
    }
}

}  // namespace svd::cli
