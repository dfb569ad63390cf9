#include "http/assets.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace svd::http {
namespace {

struct Type {
    std::string_view ending;
    std::string_view type;
};
constexpr std::array kTypes = std::to_array<Type>({
    {".css", "text/css"},
    {".js", "text/javascript"},
    {".png", "image/png"},
});

std::string_view type_of(std::string_view path) {
    const auto* found = std::ranges::find_if(
        kTypes, [path](const Type& row) { return path.ends_with(row.ending); });
    return found == kTypes.end() ? "application/octet-stream" : found->type;
}

// A tag decides where the client sends one. Dates are compared as texts: a browser sends back what
// it was given.
bool is_unchanged(const Request& request, const Asset& asset, std::string_view modified) {
    if (request.headers.find("If-None-Match") != nullptr) {
        return request.headers.has_token("If-None-Match", asset.etag) ||
               request.headers.has_token("If-None-Match", "*");
    }
    const std::string* since = request.headers.find("If-Modified-Since");
    return since != nullptr && *since == modified;
}

}  // namespace

std::vector<Route> asset_routes(WallTime since) {
    const std::string modified = wire::http_date(since);
    std::vector<Route> routes;
    for (const Asset& asset : assets()) {
        Route route;
        route.path = asset.path;
        route.methods = {"GET", "HEAD"};
        route.handler = [&asset, modified](Request& request, Responder responder) {
            Response response;
            response.headers.add("Last-Modified", modified);
            response.headers.add("ETag", asset.etag);
            response.headers.add("Cache-Control", "no-cache");
            if (is_unchanged(request, asset, modified)) {
                response.status = 304;
            } else {
                response.headers.add("Content-Type", type_of(asset.path));
                response.headers.add("X-Content-Type-Options", "nosniff");
                response.body.assign(asset.bytes.begin(), asset.bytes.end());
            }
            responder.send(std::move(response));
        };
        routes.push_back(std::move(route));
    }
    return routes;
}

}  // namespace svd::http
