// Bytes of a client -> HTTP parser -> router, authentication, XML-RPC call.
// The first byte says in which steps the rest arrives; that must not change what is understood.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "wire/http_auth.h"
#include "wire/http_parser.h"
#include "wire/xmlrpc.h"

namespace {

using svd::wire::HttpParseState;
using svd::wire::HttpRequest;
using svd::wire::HttpRequestParser;

constexpr std::size_t kMaxBody = 4096;

std::vector<HttpRequest> parse(std::string_view bytes, std::size_t step) {
    HttpRequestParser parser({1024, kMaxBody});
    std::vector<HttpRequest> requests;
    std::string pending;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        pending += bytes.substr(at, step);
        for (;;) {
            const HttpParseState before = parser.state();
            const std::size_t used = parser.feed(pending);
            if (used > pending.size()) std::abort();
            pending.erase(0, used);
            if (parser.state() == HttpParseState::Failed) return requests;
            if (parser.state() == HttpParseState::Complete) {
                requests.push_back(std::move(parser.request()));
                if (requests.back().body.size() > kMaxBody) std::abort();
                parser.reset();
            } else if (used == 0 && parser.state() == before) {
                break;
            }
        }
    }
    return requests;
}

void handle(HttpRequest& request) {
    static const std::vector<svd::http::Route> routes{
        {svd::http::PathMatch::Prefix, "/RPC2", {"POST"}, {}},
        {svd::http::PathMatch::Prefix, "/logtail", {"GET"}, {}},
        {svd::http::PathMatch::Exact, "/", {"GET", "POST"}, {}}};
    static svd::wire::PasswordVerifier verifier("user", "{SHA}00", {});
    const auto choice = svd::http::choose_route(routes, request.method, request.path);
    if ((choice.route == nullptr) != (choice.status != 200)) std::abort();
    (void)request.keep_alive();
    (void)request.query_value("action");
    if (const auto* header = request.headers.find("Authorization")) {
        if (const auto credentials = svd::wire::parse_basic(*header)) {
            (void)verifier.check(*credentials, {});
        }
    }
    if (choice.route != nullptr && request.method == "POST") {
        (void)svd::wire::parse_call(std::move(request.body));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    auto whole = parse(bytes, bytes.size() + 1);
    const auto pieces = parse(bytes, std::size_t{data[0]} + 1);
    if (whole.size() != pieces.size()) std::abort();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (whole[i].path != pieces[i].path || whole[i].body != pieces[i].body) std::abort();
        if (whole[i].headers != pieces[i].headers) std::abort();
        handle(whole[i]);
    }
    return 0;
}
