// Where a server listens: the serverurl of [supervisorctl] or -s, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace svd::cli {

enum class Transport { Unix, Tcp };

struct Endpoint {
    Transport transport = Transport::Tcp;
    std::string path;  // Unix: the socket
    std::string host;  // Tcp: name or address, IPv6 without brackets
    std::string port;  // Tcp: digits; 80 when the URL names none
    [[nodiscard]] std::string host_header() const;
};

// unix:///path, http://host[:port], http://[::1]:9001. Credentials inside a URL are ignored, as
// Supervisor does.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url);

// What -s accepts: a scheme and something behind it.
[[nodiscard]] bool is_url(std::string_view text);

}  // namespace svd::cli
