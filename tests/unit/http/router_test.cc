#include "http/router.h"

#include <gtest/gtest.h>

namespace svd::http {
namespace {

const std::vector<Route>& routes() {
    static const std::vector<Route> table{
        {PathMatch::Prefix, "/RPC2", {"POST"}, {}},
        {PathMatch::Exact, "/", {"GET", "HEAD"}, {}, 405},
        {PathMatch::Prefix, "/", {"PUT"}, {}},
    };
    return table;
}

struct Routed {
    std::string_view method, path;
    int route;  // index, or -1
    int status;
};

TEST(ChooseRoute, FirstMatchingPath_Decides) {
    const Routed cases[] = {
        {"POST", "/RPC2", 0, 200}, {"POST", "/RPC2foo", 0, 200}, {"GET", "/RPC2", -1, 400},
        {"PUT", "/RPC2", -1, 400}, {"GET", "/", 1, 200},         {"HEAD", "/", 1, 200},
        {"POST", "/", -1, 405},    {"PUT", "/x", 2, 200},        {"GET", "/x", -1, 400},
        {"get", "/", -1, 405},     {"GET", "", -1, 404},         {"GET", "*", -1, 404},
        {"POST", "RPC2", -1, 400}, {"OPTIONS", "x", -1, 400},    {"GET", "///", 1, 200},
        {"GET", "x//", -1, 404},
    };
    for (const auto& [method, path, route, status] : cases) {
        SCOPED_TRACE(std::string(method) + " " + std::string(path));
        const RouteChoice choice = choose_route(routes(), method, path);
        EXPECT_EQ(choice.route == nullptr ? -1 : choice.route - routes().data(), route);
        EXPECT_EQ(choice.status, status);
    }
}

}  // namespace
}  // namespace svd::http
