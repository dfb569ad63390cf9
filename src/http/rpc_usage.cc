#include "http/rpc_usage.h"

#include <memory>
#include <optional>

#include "control/views_ends.h"
#include "http/rpc_emit.h"

namespace svd::http::rpc {

namespace {

using control::Outcome;
using control::UsageView;
using Figure = std::optional<std::uint64_t>;

constexpr double kUsecPerSecond = 1e6;
constexpr double kUnknown = -1;  // in rows, where a figure cannot be left out

std::string_view source_name(Usage::Source source) {
    switch (source) {
        case Usage::Source::None:
            return "none";
        case Usage::Source::Cgroup:
            return "cgroup";
        case Usage::Source::Proc:
            return "proc";
        case Usage::Source::CgroupAndProc:
            return "cgroup and proc";
    }
    return "";
}

void emit_figure(StructScope& fields, std::string_view name, const Figure& figure,
                 double unit = 1) {
    if (figure) fields.real(name, static_cast<double>(*figure) / unit);
}

void emit_figures(StructScope& fields, const Usage& usage) {
    emit_figure(fields, "cpu", usage.cpu_usec, kUsecPerSecond);
    emit_figure(fields, "cpu_user", usage.cpu_user_usec, kUsecPerSecond);
    emit_figure(fields, "cpu_system", usage.cpu_system_usec, kUsecPerSecond);
    emit_figure(fields, "memory", usage.memory);
    emit_figure(fields, "memory_peak", usage.memory_peak);
    emit_figure(fields, "memory_swap", usage.swap);
    if (usage.tasks) fields.number("tasks", static_cast<std::int64_t>(*usage.tasks));
    emit_figure(fields, "io_read", usage.read_bytes);
    emit_figure(fields, "io_written", usage.written_bytes);
}

void emit_limits(StructScope& fields, const Usage& usage) {
    constexpr double kPermille = 1000;
    emit_figure(fields, "memory_high", usage.memory_high);
    emit_figure(fields, "memory_max", usage.memory_max);
    emit_figure(fields, "memory_swap_max", usage.swap_max);
    emit_figure(fields, "tasks_max", usage.tasks_max);
    emit_figure(fields, "cpu_max", usage.cpu_max_permille, kPermille);
}

void emit_info_ex(std::string& out, const control::ProcessInfo& info, const UsageView& view) {
    const auto& process = *view.process;
    StructScope fields(out);
    emit_process_fields(fields, info);
    fields.flag("paused", info.paused);
    fields.text("status_text", info.status_text);
    fields.text("phase", info.phase);
    fields.text("usage_source", source_name(view.usage.source));
    emit_figures(fields, view.usage);
    emit_limits(fields, view.usage);
    fields.number("starts", static_cast<std::int64_t>(process.data.run));
    fields.number("restarts", static_cast<std::int64_t>(process.data.restarts_total));
    fields.text("last_end", view.last_end);
    fields.number("last_end_at", view.last_end_at);
    if (!view.listener_state.empty()) fields.text("listener_state", view.listener_state);
}

void emit_row(std::string& out, const UsageView& view) {
    const auto& process = *view.process;
    const auto& usage = view.usage;
    const auto figure = [&](const Figure& value, double unit = 1) {
        emit_double(out, value ? static_cast<double>(*value) / unit : kUnknown);
    };
    const bool up = process.data.pid != 0;
    const ArrayScope row(out);
    emit_text(out, process.group->name());
    emit_text(out, process.name());
    emit_int(out, static_cast<int>(process.data.state));
    emit_text(out, process::state_name(process.data.state));
    emit_int(out, process.data.leader_gone ? 0 : process.data.pid);
    emit_double(
        out,
        up ? std::chrono::duration<double>(view.now.mono - process.data.started_mono).count() : 0);
    figure(usage.cpu_usec, kUsecPerSecond);
    figure(usage.memory);
    figure(usage.memory_peak);
    figure(usage.tasks);
    figure(usage.read_bytes);
    figure(usage.written_bytes);
    emit_int(out, static_cast<std::int64_t>(process.data.restarts_total));
    emit_text(out, view.last_end);
    emit_int(out, view.last_end_at);
    if (!view.told.empty()) emit_text(out, view.told);
}

// An array whose elements come over several turns of the loop.
struct Listing {
    Listing(std::string begun, ReplyDone when_done)
        : out(std::move(begun)), done(std::move(when_done)) {
        array.emplace(out);
    }
    void finish() {
        array.reset();
        done(std::move(out), {});
    }

    std::string out;
    std::optional<ArrayScope> array;
    ReplyDone done;
};

}  // namespace

Outcome<void> get_process_info_ex(const RpcContext& context, const Arguments& arguments,
                                  std::string& out) {
    return context.supervisor.process_info_ex(
        arguments[0].text, [&](const control::ProcessInfo& info, const UsageView& view) {
            emit_info_ex(out, info, view);
        });
}

void get_all_process_info_ex(const RpcContext& context, const Arguments&, std::string out,
                             ReplyDone done) {
    const auto listing = std::make_shared<Listing>(std::move(out), std::move(done));
    context.supervisor.each_process_info_ex(
        [listing](const control::ProcessInfo& info, const UsageView& view) {
            emit_info_ex(listing->out, info, view);
        },
        [listing] { listing->finish(); });
}

void get_usage(const RpcContext& context, const Arguments&, std::string out, ReplyDone done) {
    const auto listing = std::make_shared<Listing>(std::move(out), std::move(done));
    context.supervisor.each_usage(
        [listing](const UsageView& view) { emit_row(listing->out, view); },
        [listing] { listing->finish(); });
}

void get_group_usage(const RpcContext& context, const Arguments&, std::string out, ReplyDone done) {
    const auto listing = std::make_shared<Listing>(std::move(out), std::move(done));
    context.supervisor.group_usage([listing](const std::vector<control::GroupUsage>& groups) {
        for (const auto& group : groups) {
            StructScope fields(listing->out);
            fields.text("group", group.group);
            fields.number("processes", static_cast<std::int64_t>(group.processes));
            fields.number("running", static_cast<std::int64_t>(group.running));
            emit_figures(fields, group.usage);
        }
        listing->finish();
    });
}

}  // namespace svd::http::rpc
