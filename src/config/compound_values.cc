// Values made of several parts: environment lists and addresses.
#include <fmt/format.h>

#include "base/python_text.h"
#include "base/shlex.h"
#include "base/strings.h"
#include "config/paths.h"
#include "config/python_space.h"
#include "config/values.h"

namespace svd::config {

Result<Environment> parse_environment(std::string_view text) {
    const ShlexRules rules{
        .blanks_only = false, .comments = true, .more_word_characters = "/.+-():"};
    SVD_TRY(const auto tokens, shlex_tokens(text, rules));
    Environment environment;
    const std::string* junk = nullptr;
    const std::string* before_junk = nullptr;
    for (std::size_t i = 0; i < tokens.size(); i += 4) {
        if (i + 2 >= tokens.size() || tokens[i + 1] != "=")
            return fail("Unexpected end of key/value pairs in value '{}'", text);
        environment.insert_or_assign(tokens[i], tokens[i + 2]);
        if (i + 3 < tokens.size() && tokens[i + 3] != "," && junk == nullptr) {
            junk = &tokens[i + 3];
            before_junk = &tokens[i];
        }
    }
    if (junk != nullptr)
        return fail(
            "Unexpected {} after the value of {} in {}: pairs are separated by commas, and a value "
            "with characters other than letters, digits and _/.+-(): must be quoted",
            py_repr(*junk), *before_junk, py_repr(text));
    return environment;
}

Result<int> parse_port(std::string_view text) {
    SVD_TRY(const long long port, parse_long(text));
    if (port < 1) return fail("{} is below lower bound (1)", port);
    if (port > 65535) return fail("{} is above upper bound (65535)", port);
    return static_cast<int>(port);
}

Result<InetAddressValue> parse_inet_address(std::string_view text) {
    InetAddressValue address;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        const auto port = parse_port(text);
        if (!port) return fail("not a valid port number: {} ", py_repr(text));
        address.port = *port;
        return address;
    }
    const std::string_view port = text.substr(colon + 1);
    if (port.empty()) return fail("no port number specified in {}", py_repr(port));
    SVD_TRY(address.port, parse_port(port));
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host != "*") address.host = to_lower(host);
    return address;
}

namespace {

struct HostPort {
    std::string_view host;
    std::string_view port;
};

// host:port without blanks; the host is free of ':' unless it is in brackets.
std::optional<HostPort> split_host_port(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const HostPort parts{text.substr(0, colon), text.substr(colon + 1)};
    const bool bracketed = parts.host.starts_with('[') && parts.host.ends_with(']');
    if (!bracketed && parts.host.find(':') != std::string_view::npos) return std::nullopt;
    for (std::string_view rest = parts.host; !rest.empty(); rest.remove_prefix(1))
        if (leading_space(rest) > 0) return std::nullopt;
    if (parts.port.empty() || parts.port.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return parts;
}

}  // namespace

Result<FcgiAddressValue> parse_fcgi_address(std::string_view text) {
    constexpr std::string_view kUnixScheme = "unix://";
    constexpr std::string_view kTcpScheme = "tcp://";
    if (text.starts_with(kUnixScheme)) {
        const std::string_view path = text.substr(kUnixScheme.size());
        if (!path.starts_with('/'))
            return fail("Unix socket path {} is not an absolute path", path);
        return FcgiAddressValue{fmt::format("unix://{}", normal_path(path)), true};
    }
    if (text.starts_with(kTcpScheme)) {
        if (const auto parts = split_host_port(text.substr(kTcpScheme.size()))) {
            SVD_TRY(const int port, parse_port(parts->port));
            return FcgiAddressValue{fmt::format("tcp://{}:{}", to_lower(parts->host), port), false};
        }
    }
    return fail("Bad socket format {}", text);
}

}  // namespace svd::config
