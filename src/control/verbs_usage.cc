// What processes and groups use, when somebody asks.
#include "control/supervisor.h"
#include "process/why.h"

namespace svd::control {

namespace {

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& value) {
    if (value) sum = sum.value_or(0) + *value;
}

// Peaks of several are not one peak, and limits do not add up.
void add(Usage& sum, const Usage& usage) {
    add(sum.cpu_usec, usage.cpu_usec);
    add(sum.cpu_user_usec, usage.cpu_user_usec);
    add(sum.cpu_system_usec, usage.cpu_system_usec);
    add(sum.memory, usage.memory);
    add(sum.swap, usage.swap);
    add(sum.tasks, usage.tasks);
    add(sum.read_bytes, usage.read_bytes);
    add(sum.written_bytes, usage.written_bytes);
}

std::string_view listener_state(const std::vector<EventPoolInfo>& pools,
                                const process::Process& process) {
    for (const auto& pool : pools) {
        if (pool.group != process.group->name()) continue;
        for (const auto& listener : pool.listeners)
            if (listener.name == process.name()) return listener.listener_state;
    }
    return {};
}

}  // namespace

UsageView Supervisor::usage_of(const process::Process& process, const Now& now, bool whole) const {
    UsageView view;
    view.process = &process;
    view.now = now;
    view.usage = host_.usage(process, whole);
    if (const auto* last = process.deaths ? process.deaths->last() : nullptr) {
        view.last_end = end_text(*last, *process.config);
        view.last_end_at = epoch_seconds(last->at);
    }
    view.told = told_text(process);
    if (whole && process.group->config->listener_pool)
        view.listener_state = listener_state(host_.event_pools(), process);
    return view;
}

Outcome<void> Supervisor::process_info_ex(std::string_view name, const VisitUsage& visit) {
    const auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    host_.collect_children();
    const Now now = host_.now();
    visit(info_of(**process, now), usage_of(**process, now, true));
    return {};
}

void Supervisor::each_process_info_ex(VisitUsage visit, std::function<void()> done) {
    begin_survey(
        {{},
         [this, visit = std::move(visit)](const process::Process& process, const Now& now) {
             visit(info_of(process, now), usage_of(process, now, true));
         },
         std::move(done)});
}

void Supervisor::each_usage(std::function<void(const UsageView&)> visit,
                            std::function<void()> done) {
    begin_survey(
        {{},
         [this, visit = std::move(visit)](const process::Process& process, const Now& now) {
             visit(usage_of(process, now, false));
         },
         std::move(done)});
}

void Supervisor::group_usage(std::function<void(const std::vector<GroupUsage>&)> done) {
    const auto groups = std::make_shared<std::vector<GroupUsage>>();
    each_usage(
        [groups](const UsageView& view) {
            const auto& process = *view.process;
            if (groups->empty() || groups->back().group != process.group->name())
                groups->push_back({process.group->name(), 0, 0, {}});
            auto& group = groups->back();
            ++group.processes;
            group.running += process.data.state == process::State::Running ? 1 : 0;
            add(group.usage, view.usage);
        },
        [groups, done = std::move(done)] { done(*groups); });
}

void Supervisor::begin_survey(Survey survey) {
    for (const auto* process : fleet_.processes_by_name()) survey.left.push_back(process);
    surveys_.push_back(std::move(survey));
    advance_surveys();
}

void Supervisor::advance_surveys() {
    if (surveys_.empty()) return;
    host_.collect_children();
    const MonoTime end = host_.now().mono + kSurveySlice;
    for (Now now = host_.now(); !surveys_.empty(); now = host_.now()) {
        if (now.mono >= end) {
            host_.settle_soon();
            return;
        }
        auto& survey = surveys_.front();
        if (!survey.left.empty()) {
            const auto& process = *survey.left.front();
            survey.left.pop_front();
            survey.visit(process, now);
            continue;
        }
        // Out of the list first: the answer may lead straight to the next verb.
        std::list<Survey> complete;
        complete.splice(complete.begin(), surveys_, surveys_.begin());
        complete.front().done();
    }
}

}  // namespace svd::control
