// The tables of the programs as parts of manual pages. Each of them is empty when it cannot be
// made.
#pragma once

#include <string>
#include <string_view>

namespace svd::man {

[[nodiscard]] std::string svd_options();
[[nodiscard]] std::string svctl_options();
[[nodiscard]] std::string svctl_actions();
// The options of a section of the configuration, such as "program:x".
[[nodiscard]] std::string options_of(std::string_view section);
// The methods of a namespace of XML-RPC: "supervisor", "system" or "svd".
[[nodiscard]] std::string rpc_methods(std::string_view space);
[[nodiscard]] std::string rpc_faults();
// Every type of events, with what it means and a payload.
[[nodiscard]] std::string events();
// An interface of D-Bus, such as "Manager", by its description in dbus/.
[[nodiscard]] std::string dbus_interface(std::string_view name);
[[nodiscard]] std::string dbus_errors();
// The differences from Supervisor, as README.md has them.
[[nodiscard]] std::string differences();

}  // namespace svd::man
