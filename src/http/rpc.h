// The XML-RPC door: `/RPC2*` with supervisor.* and system.* over control's verbs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "control/supervisor.h"
#include "http/router.h"
#include "http/server.h"
#include "linux/loop.h"

namespace svd::http {

// The value of [rpcinterface:x] supervisor.rpcinterface_factory that makes x.* out of the verbs.
inline constexpr std::string_view kMainInterfaceFactory =
    "supervisor.rpcinterface:make_main_rpcinterface";

struct RpcOptions {
    std::function<void(Severity, std::string_view)> log;
    bool trace = false;  // one line for each call and its outcome at Severity::Trace
    // What getSupervisorVersion says: the Supervisor whose behaviour is kept.
    std::string version = "4.2.5";
};

// Each interface with the main factory gives its section's name as a namespace ("supervisor").
// The loop and the verbs must outlive the routes and every call that is still waiting.
[[nodiscard]] std::vector<Route> make_routes(os::Loop& loop, control::Supervisor& supervisor,
                                             const std::vector<config::RpcInterface>& interfaces,
                                             RpcOptions options = {});

}  // namespace svd::http
