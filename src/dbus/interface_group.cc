// org.svd1.Group. dbus/org.svd1.Group.xml says what each member is for.
#include "dbus/paths.h"
#include "dbus/table.h"
#include "dbus/values.h"
#include "dbus/verbs.h"

namespace svd::dbus {

namespace {

using control::Wait;

constexpr const char* kMembers = "a(ssss)";
constexpr const char* kResults = "results\0";

constexpr Method kMethods[] = {
    {"Start", "", kMembers, kResults, Action::Manage, About::Group, verbs::start_group<Wait::Yes>},
    {"StartNoBlock", "", kMembers, kResults, Action::Manage, About::Group,
     verbs::start_group<Wait::No>},
    {"Stop", "", kMembers, kResults, Action::Manage, About::Group, verbs::stop_group<Wait::Yes>},
    {"StopNoBlock", "", kMembers, kResults, Action::Manage, About::Group,
     verbs::stop_group<Wait::No>},
    {"Restart", "", kMembers, kResults, Action::Manage, About::Group,
     verbs::restart_group<Wait::Yes>},
    {"RestartNoBlock", "", "", "", Action::Manage, About::Group, verbs::restart_group<Wait::No>},
    {"Pause", "", kMembers, kResults, Action::Manage, About::Group, verbs::pause_group},
    {"Resume", "", kMembers, kResults, Action::Manage, About::Group, verbs::resume_group},
    {"Signal", "s", kMembers, "signal\0results\0", Action::Signal, About::Group,
     verbs::signal_group},
};

constexpr Property kProperties[] = {
    {"Name", "s", Emits::Never, [](const Subject& s, Writer& out) { out.text(s.group->name()); }},
    {"Processes", "ao", Emits::Never,
     [](const Subject& s, Writer& out) {
         out.array("o", [&] {
             for (const auto* process : s.group->members_by_name())
                 out.path(process_path(s.group->name(), process->name()));
         });
     }},
    {"Priority", "i", Emits::Nothing,
     [](const Subject& s, Writer& out) { out.i32(s.group->config->priority); }},
    {"NProcesses", "u", Emits::Never,
     [](const Subject& s, Writer& out) {
         out.u32(static_cast<std::uint32_t>(s.group->processes.size()));
     }},
    {"NRunning", "u", Emits::Changes,
     [](const Subject& s, Writer& out) { out.u32(running_in(*s.group)); }},
};

constexpr Interface kGroup{"org.svd1.Group", kMethods, kProperties, {}};

}  // namespace

const Interface& group_interface() {
    return kGroup;
}

}  // namespace svd::dbus
