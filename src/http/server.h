// The daemon's HTTP server: any number of listening sockets on the one event loop.
//
//   http::Server server(loop, http::make_routes(loop, supervisor, interfaces), {}, hooks);
//   server.listen({.fd = std::move(fd), .name = "unix_http_server", .auth = {{"user", "pw"}}});
//
// Single-threaded and non-blocking. Requests of one connection are answered one after the other,
// connections do not wait for each other. Nothing is kept running for clients that are merely
// connected: the one timer is armed only while some client owes something (the rest of a request,
// reading its answer) or an idle TCP connection is to be closed some day.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "http/router.h"
#include "linux/loop.h"
#include "wire/http_parser.h"

namespace svd::http {

struct Limits {
    wire::HttpLimits message;                             // header 64 KiB, body 8 MiB
    std::size_t max_connections = 4096;                   // beyond: the longest idle one is closed
    std::size_t max_stream_bytes = 256U << 10;            // unsent bytes of a Stream
    Duration request_timeout = std::chrono::seconds(60);  // first to last byte of a request
    Duration write_timeout = std::chrono::seconds(60);    // without the client reading anything
    // Between requests, TCP only: a unix peer that dies is noticed at once, and clients like
    // Supervisor's own do not reconnect, so those may stay for ever.
    Duration idle_timeout = std::chrono::minutes(30);
};

struct Auth {
    std::string username;
    std::string password;  // plain, {SHA}<hex> or a crypt(3) hash
};

struct Listener {
    UniqueFd fd;       // listening stream socket (AF_UNIX, AF_INET or AF_INET6), non-blocking
    std::string name;  // section name, for Peer and logs
    std::optional<Auth> auth;
};

// One answered request, for an access log.
struct Access {
    const Peer& peer;
    std::string_view request_line;  // "GET /x HTTP/1.1"
    int status = 0;
    std::size_t bytes = 0;  // of the body
};

enum class Severity { Trace, Info, Error, Critical };

struct Hooks {
    std::function<Now()> now;  // empty: read_clocks
    std::function<void(Severity, std::string_view)> log;
    std::function<void(const Access&)> access;  // empty: costs nothing
};

class Server {
  public:
    Server(os::Loop& loop, std::vector<Route> routes, Limits limits = {}, Hooks hooks = {});
    // Closes everything; what is unsent is lost.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    Status listen(Listener listener);
    // Stops accepting on all listeners and closes them; connections go on.
    void stop_listening();

    // Closes connections between two requests, answers 503 to those whose handlers still owe an
    // answer, and ends streams. Call it until connection_count() is 0, or patience is over.
    void say_goodbye();

    [[nodiscard]] std::size_t connection_count() const;
    // Connections with an answer that is not completely written yet.
    [[nodiscard]] std::size_t unsent_count() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace svd::http
