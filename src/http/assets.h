// The files of src/http/pages/, compiled in: style sheet, script and image of the pages.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "http/router.h"

namespace svd::http {

struct Asset {
    std::string_view path;  // "/stylesheets/supervisor.css"
    std::string_view etag;  // of the content, with its quotes
    std::span<const unsigned char> bytes;
};

[[nodiscard]] std::span<const Asset> assets();

// One route for each of them. `since` is their Last-Modified: when this program was started.
[[nodiscard]] std::vector<Route> asset_routes(WallTime since);

}  // namespace svd::http
