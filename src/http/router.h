// Which handler answers which path.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/responder.h"

namespace svd::http {

// The request is the handler's to take apart; it is gone when the handler returns.
using Handler = std::function<void(Request&, Responder)>;

enum class PathMatch {
    Exact,   // but for more than one slash at the beginning
    Prefix,  // "/RPC2" also takes "/RPC2foo", as Supervisor does
};

struct Route {
    PathMatch match = PathMatch::Exact;
    std::string path;                  // compared with the decoded path
    std::vector<std::string> methods;  // others are refused with `wrong_method`
    Handler handler;
    int wrong_method = 400;  // Supervisor's status for it
};

// The first route whose path matches decides; without one it is 404, or 400 for what is no GET or
// HEAD.
struct RouteChoice {
    const Route* route = nullptr;  // null: answer with `status`
    int status = 404;
};
[[nodiscard]] RouteChoice choose_route(const std::vector<Route>& routes, std::string_view method,
                                       std::string_view path);

}  // namespace svd::http
