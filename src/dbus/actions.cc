#include "dbus/table.h"

namespace svd::dbus {

const char* action_name(Action action) {
    switch (action) {
        case Action::None:
            break;
        case Action::View:
            return "org.svd1.view";
        case Action::ReadLogs:
            return "org.svd1.read-logs";
        case Action::ManageLogs:
            return "org.svd1.manage-logs";
        case Action::Manage:
            return "org.svd1.manage";
        case Action::Signal:
            return "org.svd1.signal";
        case Action::SendInput:
            return "org.svd1.send-input";
        case Action::SendEvent:
            return "org.svd1.send-event";
        case Action::Reload:
            return "org.svd1.reload";
        case Action::Upgrade:
            return "org.svd1.upgrade";
        case Action::Shutdown:
            return "org.svd1.shutdown";
    }
    return "";
}

}  // namespace svd::dbus
