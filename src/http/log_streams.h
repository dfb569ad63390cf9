// Logs over HTTP for `tail -f`, `maintail -f`, `fg` and browsers: `GET /logtail/NAME[/CHANNEL]` and
// `GET /mainlogtail`. An answer begins with the last 1024 bytes and follows the file until the
// client goes away.
#pragma once

#include <vector>

#include "base/error.h"
#include "control/supervisor.h"
#include "http/router.h"
#include "linux/loop.h"

namespace svd::http {

// The loop and the verbs must outlive the routes. Files are looked at ten times a second while
// somebody follows one and can take more; otherwise nothing runs. A client that does not read
// holds its place in the file, not a copy of it.
[[nodiscard]] Result<std::vector<Route>> make_log_routes(os::Loop& loop,
                                                         control::Supervisor& supervisor);

// `/ok.html`: `OK`, for health checks.
[[nodiscard]] Route ok_route();

}  // namespace svd::http
