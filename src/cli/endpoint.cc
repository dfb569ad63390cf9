#include "cli/endpoint.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace svd::cli {
namespace {

constexpr std::string_view kUnixScheme = "unix://";
constexpr std::string_view kHttpScheme = "http://";

// Position of the colon before the port, or npos.
std::size_t port_colon(std::string_view authority) {
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon == authority.npos) return colon;
    return bracket != authority.npos && colon < bracket ? authority.npos : colon;
}

std::string_view without_brackets(std::string_view host) {
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
        return host.substr(1, host.size() - 2);
    return host;
}

bool is_port(std::string_view text) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    const auto number = parse_python_int(text);
    return digits && number && *number <= 65535;
}

}  // namespace

std::string Endpoint::host_header() const {
    if (transport == Transport::Unix) return "localhost";
    const bool literal_v6 = host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", literal_v6 ? "[" : "", host, literal_v6 ? "]" : "", port);
}

Result<Endpoint> parse_endpoint(std::string_view url) {
    Endpoint endpoint;
    if (url.starts_with(kUnixScheme)) {
        endpoint.transport = Transport::Unix;
        endpoint.path = url.substr(kUnixScheme.size());
        return endpoint;
    }
    if (!url.starts_with(kHttpScheme)) return fail("Unknown protocol for serverurl {}", url);
    auto authority = url.substr(kHttpScheme.size());
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (const auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
    const auto colon = port_colon(authority);
    endpoint.host = without_brackets(authority.substr(0, colon));
    if (endpoint.host.empty()) endpoint.host = "localhost";
    endpoint.port = "80";
    if (colon != authority.npos && colon + 1 < authority.size()) {
        const auto port = authority.substr(colon + 1);
        if (!is_port(port)) return fail("invalid port in serverurl {}", url);
        endpoint.port = port;
    }
    return endpoint;
}

bool is_url(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || colon == 0) return false;
    const auto scheme = text.substr(0, colon);
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const bool well_formed =
        is_letter(scheme.front()) && std::ranges::all_of(scheme, [&](char c) {
            return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        });
    auto rest = text.substr(colon + 1);
    rest = rest.substr(0, rest.find_first_of("?#"));
    if (rest.starts_with("//")) rest.remove_prefix(2);
    return well_formed && !rest.empty();
}

}  // namespace svd::cli
