#include "http/router.h"

#include <algorithm>

namespace svd::http {

RouteChoice choose_route(const std::vector<Route>& routes, std::string_view method,
                         std::string_view path) {
    for (const Route& route : routes) {
        const bool matches =
            route.match == PathMatch::Prefix ? path.starts_with(route.path) : path == route.path;
        if (!matches) continue;
        if (std::ranges::find(route.methods, method) == route.methods.end()) {
            return {nullptr, route.wrong_method};
        }
        return {&route, 200};
    }
    return {nullptr, 404};
}

}  // namespace svd::http
