// D-Bus server addresses: "unix:path=/run/dbus/system_bus_socket;tcp:host=..". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace svd::dbus {

// Where a bus is, as far as one can watch for it.
struct BusAddress {
    std::string text;                // as given
    std::vector<std::string> paths;  // sockets in the file system
    bool elsewhere = false;          // also abstract sockets, TCP and others
};

// Never fails: what is malformed is `elsewhere`, and connecting says what is wrong with it.
[[nodiscard]] BusAddress read_bus_address(std::string_view text);

// The environment variables that say where a bus is; empty: not set.
struct BusEnvironment {
    std::string system_address;  // DBUS_SYSTEM_BUS_ADDRESS
    std::string user_address;    // DBUS_SESSION_BUS_ADDRESS
    std::string runtime_dir;     // XDG_RUNTIME_DIR
};
[[nodiscard]] BusAddress system_bus_address(const BusEnvironment& environment);
// Empty when nothing says where the user's bus would be.
[[nodiscard]] std::optional<BusAddress> user_bus_address(const BusEnvironment& environment);

}  // namespace svd::dbus
