// Methods that look: lists, ends, accounting.
#include <memory>
#include <vector>

#include "control/views_ends.h"
#include "dbus/paths.h"
#include "dbus/values.h"
#include "dbus/verbs.h"

namespace svd::dbus::verbs {

using control::EndsView;
using control::FaultCode;
using control::UsageView;

void list_processes(const CallPtr& call) {
    call->reply([&](Writer& out) {
        out.array("(ssssuo)", [&] {
            call->supervisor().each_status(
                [&](const process::Process& process, std::string_view description) {
                    out.structure("ssssuo", [&] {
                        out.text(process.group->name());
                        out.text(process.name());
                        out.text(process::state_name(process.data.state));
                        out.text(description);
                        out.u32(shown_pid(process));
                        out.path(process_path(process.group->name(), process.name()));
                    });
                });
        });
    });
}

void list_groups(const CallPtr& call) {
    call->reply([&](Writer& out) {
        out.array("(suuo)", [&] {
            call->supervisor().each_group([&](const process::Group& group) {
                out.structure("suuo", [&] {
                    out.text(group.name());
                    out.u32(static_cast<std::uint32_t>(group.processes.size()));
                    out.u32(running_in(group));
                    out.path(group_path(group.name()));
                });
            });
        });
    });
}

void get_process(const CallPtr& call) {
    const auto spec = control::split_namespec(call->name());
    const auto* process =
        spec.process ? call->supervisor().find(spec.group, *spec.process) : nullptr;
    if (process == nullptr) return call->fail({FaultCode::BadName, call->name()});
    call->reply([&](Writer& out) { out.path(process_path(spec.group, *spec.process)); });
}

void get_process_by_pid(const CallPtr& call) {
    const std::uint32_t pid = call->arguments().u32();
    const process::Process* found = nullptr;
    if (pid != 0)
        call->supervisor().each_process([&](const process::Process& process) {
            if (shown_pid(process) == pid) found = &process;
        });
    if (found == nullptr)
        return call->fail({FaultCode::BadName, "no process has the pid " + std::to_string(pid)});
    call->reply([&](Writer& out) { out.path(process_path(found->group->name(), found->name())); });
}

void get_group(const CallPtr& call) {
    if (call->supervisor().find_group(call->name()) == nullptr)
        return call->fail({FaultCode::BadName, call->name()});
    call->reply([&](Writer& out) { out.path(group_path(call->name())); });
}

// --- why -----------------------------------------------------------------------------------------

namespace {

void write_reason(Writer& out, const EndsView& view) {
    out.structure("sss", [&] {
        out.text(view.process->group->name());
        out.text(view.process->name());
        out.text(view.reason);
    });
}

// A list of what a verb visits; only the messages of faults are lost when it refuses.
template <class Row, class Visit>
void answer_ends(const CallPtr& call, const char* of, Row row, const Visit& visit) {
    control::Outcome<void> outcome;
    std::vector<EndsView> views;
    outcome = visit([&](const EndsView& view) { views.push_back(view); });
    if (!outcome) return call->fail(outcome.error());
    call->reply([&](Writer& out) {
        out.array(of, [&] {
            for (const auto& view : views) row(out, view);
        });
    });
}

using Visitor = std::function<void(const EndsView&)>;

auto named(const CallPtr& call) {
    return [call](const Visitor& visit) { return call->supervisor().ends(call->name(), visit); };
}
auto all(const CallPtr& call) {
    return [call](const Visitor& visit) -> control::Outcome<void> {
        call->supervisor().all_ends(visit);
        return {};
    };
}

constexpr const char* kDeaths = "(sssa{st}aa{sv})";

}  // namespace

void why(const CallPtr& call) {
    answer_ends(call, "(sss)", write_reason, named(call));
}
void why_all(const CallPtr& call) {
    answer_ends(call, "(sss)", write_reason, all(call));
}
void why_this(const CallPtr& call) {
    const auto spec = control::split_namespec(call->name());
    const auto* process = call->supervisor().find(spec.group, spec.process.value_or(""));
    if (process == nullptr) return call->fail({FaultCode::BadName, call->name()});
    call->reply([&](Writer& out) { out.text(call->supervisor().reason(*process)); });
}
void list_deaths(const CallPtr& call) {
    answer_ends(call, kDeaths, write_deaths, named(call));
}
void list_all_deaths(const CallPtr& call) {
    answer_ends(call, kDeaths, write_deaths, all(call));
}

// --- accounting ----------------------------------------------------------------------------------

void get_usage(const CallPtr& call) {
    bool replied = false;
    const auto outcome = call->supervisor().process_info_ex(
        call->name(), [&](const control::ProcessInfo&, const UsageView& view) {
            replied = true;
            call->reply(
                [&](Writer& out) { out.array("{sv}", [&] { write_usage(out, view.usage); }); });
        });
    if (!replied && !outcome) call->fail(outcome.error());
}

namespace {
struct UsageRow {
    std::string group;
    std::string name;
    Usage usage;
};
}  // namespace

void list_usage(const CallPtr& call) {
    const auto rows = std::make_shared<std::vector<UsageRow>>();
    call->supervisor().each_usage(
        [rows](const UsageView& view) {
            rows->push_back({view.process->group->name(), view.process->name(), view.usage});
        },
        [rows, call] {
            call->reply([&](Writer& out) {
                out.array("(ssa{sv})", [&] {
                    for (const auto& row : *rows)
                        out.structure("ssa{sv}", [&] {
                            out.text(row.group);
                            out.text(row.name);
                            out.array("{sv}", [&] { write_usage(out, row.usage); });
                        });
                });
            });
        });
}

void list_group_usage(const CallPtr& call) {
    call->supervisor().group_usage([call](const std::vector<control::GroupUsage>& groups) {
        call->reply([&](Writer& out) {
            out.array("(suua{sv})", [&] {
                for (const auto& group : groups)
                    out.structure("suua{sv}", [&] {
                        out.text(group.group);
                        out.u32(static_cast<std::uint32_t>(group.processes));
                        out.u32(static_cast<std::uint32_t>(group.running));
                        out.array("{sv}", [&] { write_usage(out, group.usage); });
                    });
            });
        });
    });
}

// --- configuration and event listeners -----------------------------------------------------------

void list_configs(const CallPtr& call) {
    call->reply([&](Writer& out) {
        out.array("(ssba{sv})", [&] {
            for (const auto& info : call->supervisor().all_config_info())
                out.structure("ssba{sv}", [&] {
                    out.text(info.group->name);
                    out.text(info.process->name);
                    out.flag(info.in_use);
                    out.array("{sv}", [&] { write_config(out, info); });
                });
        });
    });
}

void list_event_pools(const CallPtr& call) {
    call->reply([&](Writer& out) {
        out.array("(sa{st}a(sss))", [&] {
            for (const auto& pool : call->supervisor().event_pools())
                out.structure("sa{st}a(sss)", [&] { write_event_pool(out, pool); });
        });
    });
}

}  // namespace svd::dbus::verbs
