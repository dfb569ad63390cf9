// One row per method, property and signal: what the outside can learn of it, who may use it, and
// the code behind it. The vtables are made from the rows, and dbus/*.xml is checked against them.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "control/supervisor.h"
#include "dbus/message.h"

namespace svd::dbus {

class Call;
using CallPtr = std::shared_ptr<Call>;

// What polkit is asked for; dbus/org.svd1.policy has the same names.
enum class Action {
    None,  // nobody is asked
    View,
    ReadLogs,
    ManageLogs,
    Manage,
    Signal,
    SendInput,
    SendEvent,
    Reload,
    Upgrade,
    Shutdown,
};
[[nodiscard]] const char* action_name(Action action);  // "org.svd1.manage"

// What a call is about; polkit is told. An object's methods know, the manager's are told in their
// first argument.
enum class About { Nothing, Process, Group };

struct Method {
    const char* name;
    const char* in;
    const char* out;
    const char* names;  // of all arguments, "name\0results\0"
    Action action;
    About about;
    void (*run)(const CallPtr& call);
    bool always = false;  // also while svd stops
};

// Whose properties are read. Valid until sd-bus has the answer.
struct Subject {
    const control::Supervisor* supervisor = nullptr;
    const struct Facts* facts = nullptr;
    const process::Process* process = nullptr;  // of a process
    const process::Group* group = nullptr;      // of a group

    // All that getProcessInfo says, made once.
    [[nodiscard]] const control::ProcessInfo& info() const {
        if (!info_) info_ = supervisor->info(*process);
        return *info_;
    }

  private:
    mutable std::optional<control::ProcessInfo> info_;
};

// Of the daemon, and the same for its whole life.
struct Facts {
    std::string config_file;
    std::string log_file;
};

enum class Emits {
    Never,     // it is the same for ever
    Changes,   // PropertiesChanged has the new value
    Nothing,   // it changes without a word
    Explicit,  // the same, and it costs: only Get has it
};

struct Property {
    const char* name;
    const char* type;
    Emits emits;
    void (*get)(const Subject& subject, Writer& out);
};

struct Signal {
    const char* name;
    const char* type;
    const char* names;
};

struct Interface {
    const char* name;
    std::span<const Method> methods;
    std::span<const Property> properties;
    std::span<const Signal> signals;
};

[[nodiscard]] const Interface& manager_interface();
[[nodiscard]] const Interface& group_interface();
[[nodiscard]] const Interface& process_interface();

}  // namespace svd::dbus
