// The web pages: `/`, `/index.html` with its actions, `/tail.html`, and their assets.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "control/supervisor.h"
#include "http/router.h"

namespace svd::http {

// The verbs must outlive the routes and every action that is still waiting. `clock` is for what is
// shown to people; empty: the machine's.
[[nodiscard]] Result<std::vector<Route>> make_page_routes(control::Supervisor& supervisor,
                                                          std::function<WallTime()> clock = {});

}  // namespace svd::http
