#include "dbus/values.h"

#include <algorithm>

#include "base/signal_table.h"

namespace svd::dbus {

std::uint32_t shown_pid(const process::Process& process) {
    return process.data.leader_gone ? 0 : static_cast<std::uint32_t>(process.data.pid);
}

std::uint32_t running_in(const process::Group& group) {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        group.processes,
        [](const auto& process) { return process->data.state == process::State::Running; }));
}

std::uint64_t microseconds(WallTime time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

void write_usage(Writer& out, const Usage& usage) {
    constexpr std::uint64_t kNsecPerUsec = 1000;
    const auto figure = [&](std::string_view name, const std::optional<std::uint64_t>& value,
                            std::uint64_t unit = 1) {
        if (value) out.entry_u64(name, *value * unit);
    };
    figure("CPUUsageNSec", usage.cpu_usec, kNsecPerUsec);
    figure("CPUUserNSec", usage.cpu_user_usec, kNsecPerUsec);
    figure("CPUSystemNSec", usage.cpu_system_usec, kNsecPerUsec);
    figure("MemoryCurrent", usage.memory);
    figure("MemoryPeak", usage.memory_peak);
    figure("MemorySwapCurrent", usage.swap);
    figure("TasksCurrent", usage.tasks);
    figure("IOReadBytes", usage.read_bytes);
    figure("IOWriteBytes", usage.written_bytes);
    figure("MemoryHigh", usage.memory_high);
    figure("MemoryMax", usage.memory_max);
    figure("MemorySwapMax", usage.swap_max);
    figure("TasksMax", usage.tasks_max);
    figure("CPUQuotaPerMille", usage.cpu_max_permille);
}

void write_config(Writer& out, const control::ConfigInfo& info) {
    const auto& config = *info.process;
    out.entry("Command", config.command);
    if (config.directory) out.entry("Directory", *config.directory);
    if (config.user) out.entry("User", config.user->user);
    out.entry_i64("GroupPriority", info.group->priority);
    out.entry_i64("Priority", config.priority);
    out.entry_flag("Autostart", config.autostart);
    out.entry_i64("StartSeconds", config.startsecs.count());
    out.entry_i64("StartRetries", config.startretries);
    out.entry("StopSignal", signal_name(config.stopsignal));
    out.entry_i64("StopWaitSeconds", config.stopwaitsecs.count());
    out.entry_flag("RedirectStderr", config.redirect_stderr);
    out.entry("StdoutLogFile", info.stdout_logfile);
    out.entry("StderrLogFile", info.stderr_logfile);
}

namespace {

void write_death(Writer& out, const control::EndsView::End& end) {
    const auto& death = *end.death;
    const auto nsec = std::max<std::int64_t>(0, death.ran.count());
    out.entry("Kind", process::end_kind_name(death.kind));
    out.entry("Text", end.text);
    out.entry_u64("Timestamp", microseconds(death.at));
    out.entry_i64("Pid", death.pid);
    out.entry_u64("RuntimeUSec", static_cast<std::uint64_t>(nsec) / 1000);
    if (death.failure.empty()) {
        if (death.status.code)
            out.entry_i64("ExitStatus", *death.status.code);
        else
            out.entry("Signal", signal_name(death.status.signal));
        out.entry_flag("CoreDumped", death.status.core_dumped);
        out.entry_flag("Expected", death.expected);
        out.entry_flag("Early", death.early);
    } else {
        out.entry("Failure", death.failure);
        out.entry("Stage", death.stage);
    }
    if (death.left_behind != 0) out.entry_u64("LeftBehind", death.left_behind);
    if (death.memory.oom_kills != 0) out.entry_u64("OOMKills", death.memory.oom_kills);
    if (death.memory.peak) out.entry_u64("MemoryPeak", *death.memory.peak);
    if (death.memory.limit) out.entry_u64("MemoryMax", *death.memory.limit);
    if (death.cpu_usec) out.entry_u64("CPUUsageNSec", *death.cpu_usec * 1000);
}

}  // namespace

void write_deaths(Writer& out, const control::EndsView& view) {
    out.structure("sssa{st}aa{sv}", [&] {
        out.text(view.process->group->name());
        out.text(view.process->name());
        out.text(view.reason);
        out.array("{st}", [&] {
            const auto* log = view.process->deaths.get();
            for (std::size_t i = 0; log != nullptr && i < process::kEndKinds; ++i) {
                const auto kind = static_cast<process::EndKind>(i);
                const auto count = log->count(kind).total;
                if (count != 0) out.count(process::end_kind_name(kind), count);
            }
        });
        out.array("a{sv}", [&] {
            for (const auto& end : view.ends) out.array("{sv}", [&] { write_death(out, end); });
        });
    });
}

void write_event_pool(Writer& out, const control::EventPoolInfo& pool) {
    out.text(pool.group);
    out.array("{st}", [&] {
        out.count("BufferSize", pool.buffer_size);
        out.count("Queued", pool.queued);
        out.count("Accepted", pool.accepted);
        out.count("Delivered", pool.delivered);
        out.count("Rejected", pool.rejected);
        out.count("Dropped", pool.dropped);
    });
    out.array("(sss)", [&] {
        for (const auto& listener : pool.listeners)
            out.structure("sss", [&] {
                out.text(listener.name);
                out.text(process::state_name(listener.state));
                out.text(listener.listener_state);
            });
    });
}

}  // namespace svd::dbus
