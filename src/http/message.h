// What a handler sees of a request and answers with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "wire/http_message.h"

namespace svd::http {

struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

// Who sent a request.
struct Peer {
    std::string listener;                        // Listener::name it came in through
    std::string address;                         // "127.0.0.1", "::1"; "localhost" on a unix socket
    int port = 0;                                // 0 on a unix socket
    std::optional<PeerCredentials> credentials;  // unix sockets, as the kernel saw connect()
    std::optional<std::string> username;         // who authenticated, where the listener asks
};

// One request. Lives until the handler returns; a handler that answers later copies (or moves out
// of `body`) what it needs.
struct Request : wire::HttpRequest {
    const Peer* peer = nullptr;  // never null in a handler
};

using Response = wire::HttpResponse;

}  // namespace svd::http
