// org.svd1.Manager. dbus/org.svd1.Manager.xml says what each member is for.
#include <unistd.h>

#include "dbus/table.h"
#include "dbus/values.h"
#include "dbus/verbs.h"

namespace svd::dbus {

namespace {

using control::Wait;

constexpr const char* kMembers = "a(ssss)";
constexpr const char* kNameAndResults = "name\0results\0";
constexpr const char* kResults = "results\0";

constexpr Method kMethods[] = {
    // --- programs
    {"StartProcess", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::start<Wait::Yes>},
    {"StartProcessNoBlock", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::start<Wait::No>},
    {"StartGroup", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::start_group<Wait::Yes>},
    {"StartGroupNoBlock", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::start_group<Wait::No>},
    {"StartAll", "", kMembers, kResults, Action::Manage, About::Nothing,
     verbs::start_all<Wait::Yes>},
    {"StartAllNoBlock", "", kMembers, kResults, Action::Manage, About::Nothing,
     verbs::start_all<Wait::No>},
    {"StopProcess", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::stop<Wait::Yes>},
    {"StopProcessNoBlock", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::stop<Wait::No>},
    {"StopGroup", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::stop_group<Wait::Yes>},
    {"StopGroupNoBlock", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::stop_group<Wait::No>},
    {"StopAll", "", kMembers, kResults, Action::Manage, About::Nothing, verbs::stop_all<Wait::Yes>},
    {"StopAllNoBlock", "", kMembers, kResults, Action::Manage, About::Nothing,
     verbs::stop_all<Wait::No>},
    {"RestartProcess", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::restart<Wait::Yes>},
    {"RestartProcessNoBlock", "s", "", "name\0", Action::Manage, About::Process,
     verbs::restart<Wait::No>},
    {"RestartGroup", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::restart_group<Wait::Yes>},
    {"RestartGroupNoBlock", "s", "", "name\0", Action::Manage, About::Group,
     verbs::restart_group<Wait::No>},
    {"RestartAll", "", kMembers, kResults, Action::Manage, About::Nothing,
     verbs::restart_all<Wait::Yes>},
    {"RestartAllNoBlock", "", "", "", Action::Manage, About::Nothing, verbs::restart_all<Wait::No>},
    {"PauseProcess", "s", kMembers, kNameAndResults, Action::Manage, About::Process, verbs::pause},
    {"PauseGroup", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::pause_group},
    {"PauseAll", "", kMembers, kResults, Action::Manage, About::Nothing, verbs::pause_all},
    {"ResumeProcess", "s", kMembers, kNameAndResults, Action::Manage, About::Process,
     verbs::resume},
    {"ResumeGroup", "s", kMembers, kNameAndResults, Action::Manage, About::Group,
     verbs::resume_group},
    {"ResumeAll", "", kMembers, kResults, Action::Manage, About::Nothing, verbs::resume_all},
    {"SignalProcess", "ss", kMembers, "name\0signal\0results\0", Action::Signal, About::Process,
     verbs::signal},
    {"SignalGroup", "ss", kMembers, "name\0signal\0results\0", Action::Signal, About::Group,
     verbs::signal_group},
    {"SignalAll", "s", kMembers, "signal\0results\0", Action::Signal, About::Nothing,
     verbs::signal_all},
    {"SendStdin", "ss", "", "name\0text\0", Action::SendInput, About::Process, verbs::send_stdin},
    // --- looking
    {"ListProcesses", "", "a(ssssuo)", "processes\0", Action::View, About::Nothing,
     verbs::list_processes},
    {"ListGroups", "", "a(suuo)", "groups\0", Action::View, About::Nothing, verbs::list_groups},
    {"GetProcess", "s", "o", "name\0process\0", Action::View, About::Process, verbs::get_process},
    {"GetProcessByPID", "u", "o", "pid\0process\0", Action::View, About::Nothing,
     verbs::get_process_by_pid},
    {"GetGroup", "s", "o", "name\0group\0", Action::View, About::Group, verbs::get_group},
    {"Why", "s", "a(sss)", "name\0reasons\0", Action::View, About::Process, verbs::why},
    {"WhyAll", "", "a(sss)", "reasons\0", Action::View, About::Nothing, verbs::why_all},
    {"ListDeaths", "s", "a(sssa{st}aa{sv})", "name\0deaths\0", Action::View, About::Process,
     verbs::list_deaths},
    {"ListAllDeaths", "", "a(sssa{st}aa{sv})", "deaths\0", Action::View, About::Nothing,
     verbs::list_all_deaths},
    {"GetUsage", "s", "a{sv}", "name\0usage\0", Action::View, About::Process, verbs::get_usage},
    {"ListUsage", "", "a(ssa{sv})", "usage\0", Action::View, About::Nothing, verbs::list_usage},
    {"ListGroupUsage", "", "a(suua{sv})", "usage\0", Action::View, About::Nothing,
     verbs::list_group_usage},
    {"ListConfigs", "", "a(ssba{sv})", "configs\0", Action::View, About::Nothing,
     verbs::list_configs},
    {"ListEventPools", "", "a(sa{st}a(sss))", "pools\0", Action::View, About::Nothing,
     verbs::list_event_pools},
    // --- logs
    {"ReadLog", "xx", "s", "offset\0length\0text\0", Action::ReadLogs, About::Nothing,
     verbs::read_log},
    {"ReadProcessLog", "ssxx", "s", "name\0channel\0offset\0length\0text\0", Action::ReadLogs,
     About::Process, verbs::read_process_log},
    {"TailProcessLog", "ssxx", "sxb", "name\0channel\0offset\0length\0text\0end\0overflow\0",
     Action::ReadLogs, About::Process, verbs::tail_process_log},
    {"ClearLog", "", "", "", Action::ManageLogs, About::Nothing, verbs::clear_log},
    {"RotateLog", "", "", "", Action::ManageLogs, About::Nothing, verbs::rotate_log},
    {"ClearProcessLogs", "s", "", "name\0", Action::ManageLogs, About::Process,
     verbs::clear_process_logs},
    {"ClearAllProcessLogs", "", kMembers, kResults, Action::ManageLogs, About::Nothing,
     verbs::clear_all_process_logs},
    {"RotateProcessLogs", "s", kMembers, kNameAndResults, Action::ManageLogs, About::Process,
     verbs::rotate_process_logs},
    {"RotateAllProcessLogs", "", kMembers, kResults, Action::ManageLogs, About::Nothing,
     verbs::rotate_all_process_logs},
    {"ReopenProcessLogs", "s", kMembers, kNameAndResults, Action::ManageLogs, About::Process,
     verbs::reopen_process_logs},
    {"ReopenAllProcessLogs", "", kMembers, kResults, Action::ManageLogs, About::Nothing,
     verbs::reopen_all_process_logs},
    // --- the daemon and its configuration
    {"Reread", "", "asasas", "added\0changed\0removed\0", Action::Reload, About::Nothing,
     verbs::reread},
    {"Update", "", "asasas", "added\0changed\0removed\0", Action::Reload, About::Nothing,
     verbs::update},
    {"Reload", "", "", "", Action::Reload, About::Nothing, verbs::reload},
    {"AddGroup", "s", "", "name\0", Action::Reload, About::Group, verbs::add_group},
    {"RemoveGroup", "s", "", "name\0", Action::Reload, About::Group, verbs::remove_group},
    {"SendEvent", "ss", "", "type\0data\0", Action::SendEvent, About::Nothing, verbs::send_event,
     true},
    {"Upgrade", "", "", "", Action::Upgrade, About::Nothing, verbs::upgrade},
    {"Restart", "", "", "", Action::Shutdown, About::Nothing, verbs::restart_daemon},
    {"Shutdown", "", "", "", Action::Shutdown, About::Nothing, verbs::shutdown},
    {"Subscribe", "", "", "", Action::None, About::Nothing, verbs::subscribe, true},
    {"Unsubscribe", "", "", "", Action::None, About::Nothing, verbs::unsubscribe, true},
};

std::uint32_t count_in(const Subject& subject, process::State state) {
    std::uint32_t count = 0;
    subject.supervisor->each_process(
        [&](const process::Process& process) { count += process.data.state == state ? 1 : 0; });
    return count;
}

constexpr Property kProperties[] = {
    {"Version", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.supervisor->daemon_info().version); }},
    {"Identifier", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.supervisor->identification()); }},
    {"Pid", "u", Emits::Never,
     [](const Subject&, Writer& out) { out.u32(static_cast<std::uint32_t>(::getpid())); }},
    {"ConfigFile", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.facts->config_file); }},
    {"LogFile", "s", Emits::Never,
     [](const Subject& s, Writer& out) { out.text(s.facts->log_file); }},
    {"StartTimestamp", "t", Emits::Never,
     [](const Subject& s, Writer& out) {
         out.u64(microseconds(s.supervisor->daemon_info().started));
     }},
    {"NUpgrades", "u", Emits::Never,
     [](const Subject& s, Writer& out) {
         out.u32(static_cast<std::uint32_t>(s.supervisor->daemon_info().upgrades));
     }},
    {"OutlivesCrash", "b", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.flag(s.supervisor->daemon_info().outlives_crash); }},
    {"State", "s", Emits::Changes,
     [](const Subject& s, Writer& out) {
         out.text(process::daemon_state_name(s.supervisor->state()));
     }},
    {"NProcesses", "u", Emits::Changes,
     [](const Subject& s, Writer& out) {
         out.u32(static_cast<std::uint32_t>(s.supervisor->process_count()));
     }},
    {"NRunning", "u", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u32(count_in(s, process::State::Running)); }},
    {"NFatal", "u", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u32(count_in(s, process::State::Fatal)); }},
};

constexpr Signal kSignals[] = {
    {"ProcessStateChanged", "tssosst", "serial\0group\0name\0process\0state\0from\0timestamp\0"},
    {"GroupAdded", "tso", "serial\0name\0group\0"},
    {"GroupRemoved", "tso", "serial\0name\0group\0"},
    {"Reloading", "b", "active\0"},
    {"SignalsLost", "t", "count\0"},
};

constexpr Interface kManager{"org.svd1.Manager", kMethods, kProperties, kSignals};

}  // namespace

const Interface& manager_interface() {
    return kManager;
}

}  // namespace svd::dbus
