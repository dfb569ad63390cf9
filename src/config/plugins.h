// Python plug-ins of Supervisor ([rpcinterface:x], [ctlplugin:x]): a native program loads none of
// them. What is known about the wide-spread ones is said instead.
#pragma once

#include <string_view>

#include "config/section_reader.h"

namespace svd::config {

inline constexpr std::string_view kMainFactory = "supervisor.rpcinterface:make_main_rpcinterface";

// What does the work of a plug-in under svd, by the module of its factory ("module:callable");
// general advice for an unknown one.
[[nodiscard]] std::string_view rpc_replacement(std::string_view factory);
[[nodiscard]] std::string_view ctl_replacement(std::string_view factory);

// A warning for each [ctlplugin:x].
void warn_about_ctl_plugins(LoadContext& context);

}  // namespace svd::config
