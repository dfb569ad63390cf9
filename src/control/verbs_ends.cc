// Looking back: how and why runs ended.
#include "control/pending.h"
#include "control/supervisor.h"
#include "log/valid_text.h"
#include "process/why.h"

namespace svd::control {

namespace {

EndsView ends_of(const process::Process& process, const Now& now) {
    EndsView view;
    view.process = &process;
    view.reason = reason(*process.config, process.data, process.deaths.get(), now);
    view.now = epoch_seconds(now.wall);
    if (!process.deaths) return view;
    const auto& log = *process.deaths;
    view.ends.reserve(log.deaths.size());
    for (auto death = log.deaths.rbegin(); death != log.deaths.rend(); ++death)
        view.ends.push_back({&*death, end_text(*death, *process.config)});
    view.out = log::to_valid_text(log.output.out);
    view.err = log::to_valid_text(log.output.err);
    return view;
}

}  // namespace

Outcome<std::vector<process::Process*>> Supervisor::find_named(std::string_view name) const {
    const auto spec = split_namespec(name);
    if (spec.process) {
        auto process = find_one(name);
        if (!process) return std::unexpected(process.error());
        return std::vector{*process};
    }
    const auto* group = fleet_.find_group(spec.group);
    if (!group) return refuse(FaultCode::BadName, std::string(name));
    return group->members_by_name();
}

std::string Supervisor::reason(const process::Process& process) const {
    return process::reason(*process.config, process.data, process.deaths.get(), host_.now());
}

Outcome<void> Supervisor::ends(std::string_view name,
                               const std::function<void(const EndsView&)>& visit) {
    host_.collect_children();
    const auto members = find_named(name);
    if (!members) return std::unexpected(members.error());
    const Now now = host_.now();
    for (const auto* process : *members) visit(ends_of(*process, now));
    return {};
}

void Supervisor::all_ends(const std::function<void(const EndsView&)>& visit) {
    host_.collect_children();
    const Now now = host_.now();
    for (const auto* process : fleet_.processes_by_name()) visit(ends_of(*process, now));
}

}  // namespace svd::control
