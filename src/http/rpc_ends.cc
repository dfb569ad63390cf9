#include "http/rpc_ends.h"

#include "base/signal_table.h"
#include "control/views_ends.h"
#include "http/rpc_emit.h"

namespace svd::http::rpc {

namespace {

using control::EndsView;
using process::Death;
using process::EndKind;

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string_view asked_name(process::Asked asked) {
    switch (asked) {
        case process::Asked::No:
            return "no";
        case process::Asked::Request:
            return "request";
        case process::Asked::Memory:
            return "memory";
        case process::Asked::Shutdown:
            return "shutdown";
    }
    return "";
}

void emit_bytes(StructScope& fields, std::string_view name,
                const std::optional<std::uint64_t>& bytes) {
    if (bytes) fields.real(name, static_cast<double>(*bytes));
}

void emit_end(std::string& out, const EndsView::End& end) {
    const Death& death = *end.death;
    const bool ran = death.failure.empty();
    StructScope fields(out);
    fields.text("kind", end_kind_name(death.kind));
    fields.text("text", end.text);
    fields.number("at", epoch_seconds(death.at));
    fields.number("pid", death.pid);
    fields.real("ran", seconds(death.ran));
    fields.number("exitstatus", ran ? death.status.rpc_value() : -1);
    fields.text("signal", ran && !death.status.code ? signal_name(death.status.signal) : "");
    fields.flag("core_dumped", death.status.core_dumped);
    fields.flag("expected", death.expected);
    fields.flag("early", death.early);
    fields.text("asked", asked_name(death.asked));
    fields.text("stage", death.stage);
    fields.text("failure", death.failure);
    fields.number("errno", death.error);
    fields.number("left_behind", death.left_behind);
    fields.number("oom_kills", static_cast<std::int64_t>(death.memory.oom_kills));
    emit_bytes(fields, "memory_limit", death.memory.limit);
    emit_bytes(fields, "memory_peak", death.memory.peak);
    if (death.breach) {
        emit_bytes(fields, "memory_used", death.breach.used);
        emit_bytes(fields, "memory_restart", death.breach.limit);
    }
    if (death.cpu_usec) fields.real("cpu", static_cast<double>(*death.cpu_usec) / 1e6);
}

void emit_counts(std::string& out, const process::DeathLog* log) {
    StructScope counts(out);
    for (std::size_t i = 0; i < process::kEndKinds; ++i) {
        const auto kind = static_cast<EndKind>(i);
        counts.number(end_kind_name(kind),
                      log ? static_cast<std::int64_t>(log->count(kind).total) : 0);
    }
}

// Whether the last output can be known at all.
bool is_kept(const config::LogConfig& log, bool joined = false) {
    return !joined && (log.target != config::LogTarget::None || log.syslog || log.journal ||
                       log.events_enabled);
}

void emit_ends(std::string& out, const EndsView& view) {
    const auto& process = *view.process;
    StructScope fields(out);
    fields.text("group", process.group->name());
    fields.text("name", process.name());
    fields.number("state", static_cast<int>(process.data.state));
    fields.text("statename", process::state_name(process.data.state));
    fields.number("pid", process.data.leader_gone ? 0 : process.data.pid);
    fields.number("start", epoch_seconds(process.data.laststart));
    fields.number("now", view.now);
    fields.text("reason", view.reason);
    fields.text("spawnerr", process.data.spawnerr);
    fields.number("restarts", static_cast<std::int64_t>(process.data.restarts_total));
    fields.member("counts", [&] { emit_counts(out, process.deaths.get()); });
    fields.member("deaths", [&] {
        const ArrayScope deaths(out);
        for (const auto& end : view.ends) emit_end(out, end);
    });
    fields.flag("stdout_kept", is_kept(process.config->stdout_log));
    fields.flag("stderr_kept",
                is_kept(process.config->stderr_log, process.config->redirect_stderr));
    fields.text("stdout_tail", view.out);
    fields.text("stderr_tail", view.err);
}

}  // namespace

control::Outcome<void> get_deaths(const RpcContext& context, const Arguments& arguments,
                                  std::string& out) {
    const auto before = out.size();
    auto outcome = [&] {
        const ArrayScope processes(out);
        return context.supervisor.ends(arguments[0].text,
                                       [&](const EndsView& view) { emit_ends(out, view); });
    }();
    if (!outcome) out.resize(before);  // a fault leaves nothing behind
    return outcome;
}

control::Outcome<void> get_all_deaths(const RpcContext& context, const Arguments&,
                                      std::string& out) {
    const ArrayScope processes(out);
    context.supervisor.all_ends([&](const EndsView& view) { emit_ends(out, view); });
    return {};
}

}  // namespace svd::http::rpc
