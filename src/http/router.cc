#include "http/router.h"

#include <algorithm>

namespace svd::http {

namespace {

// "//index.html" is "/index.html", as Supervisor's pages have it.
std::string_view without_extra_slashes(std::string_view path) {
    while (path.starts_with("//")) path.remove_prefix(1);
    return path;
}

}  // namespace

RouteChoice choose_route(const std::vector<Route>& routes, std::string_view method,
                         std::string_view path) {
    const std::string_view page = without_extra_slashes(path);
    for (const Route& route : routes) {
        const bool matches =
            route.match == PathMatch::Prefix ? path.starts_with(route.path) : page == route.path;
        if (!matches) continue;
        if (std::ranges::find(route.methods, method) == route.methods.end()) {
            return {nullptr, route.wrong_method};
        }
        return {&route, 200};
    }
    // What is not there cannot be changed either, and Supervisor says that first.
    return {nullptr, method == "GET" || method == "HEAD" ? 404 : 400};
}

}  // namespace svd::http
