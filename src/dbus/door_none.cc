// svd without D-Bus (SVD_DBUS=OFF).
#include <utility>

#include "dbus/door.h"

namespace svd::dbus {

Result<std::unique_ptr<Door>> make_door(os::Loop&, control::Supervisor&, event::Bus&,
                                        DoorOptions options) {
    using config::DbusChoice;
    const auto log = std::move(options.log);
    if (options.choice == DbusChoice::System || options.choice == DbusChoice::User)
        log(config::LogLevel::Warn, "D-Bus: this svd was built without it");
    return nullptr;
}

}  // namespace svd::dbus
