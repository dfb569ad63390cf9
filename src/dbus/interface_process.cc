// org.svd1.Process. dbus/org.svd1.Process.xml says what each member is for.
#include <limits>

#include "dbus/table.h"
#include "dbus/values.h"
#include "dbus/verbs.h"

namespace svd::dbus {

namespace {

using control::Wait;

constexpr Method kMethods[] = {
    {"Start", "", "", "", Action::Manage, About::Process, verbs::start<Wait::Yes>},
    {"StartNoBlock", "", "", "", Action::Manage, About::Process, verbs::start<Wait::No>},
    {"Stop", "", "", "", Action::Manage, About::Process, verbs::stop<Wait::Yes>},
    {"StopNoBlock", "", "", "", Action::Manage, About::Process, verbs::stop<Wait::No>},
    {"Restart", "", "", "", Action::Manage, About::Process, verbs::restart<Wait::Yes>},
    {"RestartNoBlock", "", "", "", Action::Manage, About::Process, verbs::restart<Wait::No>},
    {"Pause", "", "", "", Action::Manage, About::Process, verbs::pause},
    {"Resume", "", "", "", Action::Manage, About::Process, verbs::resume},
    {"Signal", "s", "", "signal\0", Action::Signal, About::Process, verbs::signal},
    {"SendStdin", "s", "", "text\0", Action::SendInput, About::Process, verbs::send_stdin},
    {"ReadLog", "sxx", "s", "channel\0offset\0length\0text\0", Action::ReadLogs, About::Process,
     verbs::read_process_log},
    {"TailLog", "sxx", "sxb", "channel\0offset\0length\0text\0end\0overflow\0", Action::ReadLogs,
     About::Process, verbs::tail_process_log},
    {"ClearLogs", "", "", "", Action::ManageLogs, About::Process, verbs::clear_process_logs},
    {"RotateLogs", "", "", "", Action::ManageLogs, About::Process, verbs::rotate_process_logs},
    {"ReopenLogs", "", "", "", Action::ManageLogs, About::Process, verbs::reopen_process_logs},
    {"Why", "", "s", "reason\0", Action::View, About::Process, verbs::why_this},
    {"ListDeaths", "", "a(sssa{st}aa{sv})", "deaths\0", Action::View, About::Process,
     verbs::list_deaths},
    {"GetUsage", "", "a{sv}", "usage\0", Action::View, About::Process, verbs::get_usage},
};

// As systemd shows what it does not know.
constexpr auto kUnknown = std::numeric_limits<std::uint64_t>::max();

using Figure = std::optional<std::uint64_t> Usage::*;
template <Figure kFigure, std::uint64_t kUnit = 1>
void write_figure(const Subject& subject, Writer& out) {
    const Usage usage = subject.supervisor->usage(*subject.process);
    const auto& value = usage.*kFigure;
    out.u64(value ? *value * kUnit : kUnknown);
}

std::uint64_t monotonic_microseconds(MonoTime time) {
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count());
}

constexpr Property kProperties[] = {
    {"Group", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.process->group->name()); }},
    {"Name", "s", Emits::Never, [](const Subject& s, Writer& out) { out.text(s.process->name()); }},
    {"Command", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.process->config->command); }},
    {"Priority", "i", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.i32(s.process->config->priority); }},
    {"State", "s", Emits::Changes,
     [](const Subject& s, Writer& out) { out.text(process::state_name(s.process->data.state)); }},
    {"Paused", "b", Emits::Changes,
     [](const Subject& s, Writer& out) { out.flag(s.info().paused); }},
    {"Pid", "u", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u32(shown_pid(*s.process)); }},
    {"Description", "s", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.text(s.info().description); }},
    {"Reason", "s", Emits::Explicit,
     [](const Subject& s, Writer& out) { out.text(s.supervisor->reason(*s.process)); }},
    {"StatusText", "s", Emits::Changes,
     [](const Subject& s, Writer& out) { out.text(s.info().status_text); }},
    {"Phase", "s", Emits::Changes, [](const Subject& s, Writer& out) { out.text(s.info().phase); }},
    {"ExitStatus", "i", Emits::Changes,
     [](const Subject& s, Writer& out) { out.i32(s.info().exitstatus); }},
    {"SpawnError", "s", Emits::Changes,
     [](const Subject& s, Writer& out) { out.text(s.process->data.spawnerr); }},
    {"StartTimestamp", "t", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u64(microseconds(s.process->data.laststart)); }},
    {"StartTimestampMonotonic", "t", Emits::Changes,
     [](const Subject& s, Writer& out) {
         out.u64(monotonic_microseconds(s.process->data.started_mono));
     }},
    {"StopTimestamp", "t", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u64(microseconds(s.process->data.laststop)); }},
    {"NStarts", "t", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u64(s.process->data.run); }},
    {"NRestarts", "t", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u64(s.process->data.restarts_total); }},
    {"StdoutLogFile", "s", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.text(s.info().stdout_logfile); }},
    {"StderrLogFile", "s", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.text(s.info().stderr_logfile); }},
    {"CPUUsageNSec", "t", Emits::Explicit, write_figure<&Usage::cpu_usec, 1000>},
    {"MemoryCurrent", "t", Emits::Explicit, write_figure<&Usage::memory>},
    {"MemoryPeak", "t", Emits::Explicit, write_figure<&Usage::memory_peak>},
    {"MemorySwapCurrent", "t", Emits::Explicit, write_figure<&Usage::swap>},
    {"TasksCurrent", "t", Emits::Explicit, write_figure<&Usage::tasks>},
    {"IOReadBytes", "t", Emits::Explicit, write_figure<&Usage::read_bytes>},
    {"IOWriteBytes", "t", Emits::Explicit, write_figure<&Usage::written_bytes>},
};

constexpr Interface kProcess{"org.svd1.Process", kMethods, kProperties, {}};

}  // namespace

const Interface& process_interface() {
    return kProcess;
}

}  // namespace svd::dbus
