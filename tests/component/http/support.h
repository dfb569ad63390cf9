// A Server on a Loop and clients on real sockets, all in one thread: pump() turns the loop until a
// condition holds, with a bound.
#pragma once

#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server.h"
#include "linux/loop.h"
#include "linux/sockets.h"
#include "wire/http_parser.h"

namespace svd::http {

using namespace std::chrono_literals;

// A client that never blocks and remembers everything it was sent.
class Client {
  public:
    explicit Client(UniqueFd fd) : fd_(std::move(fd)) {}

    // False when the socket takes nothing more or the server is gone.
    bool send(std::string_view bytes) {
        const ssize_t sent =
            ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent == static_cast<ssize_t>(bytes.size());
    }
    // As much as the socket takes; how much that was.
    std::size_t send_some(std::string_view bytes) {
        const ssize_t sent =
            ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    void receive() {
        char buffer[65536];
        for (;;) {
            const ssize_t count = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
            if (count > 0) {
                received.append(buffer, static_cast<std::size_t>(count));
                continue;
            }
            if (count == 0) closed = true;
            if (count < 0 && errno != EAGAIN) reset = closed = true;
            return;
        }
    }
    // Takes complete answers out of what was received.
    std::vector<wire::HttpResponse> answers() {
        std::vector<wire::HttpResponse> complete;
        for (;;) {
            wire::HttpResponseParser parser({64U << 10, 64U << 20});
            std::size_t used = 0;
            while (used < received.size() && parser.state() != wire::HttpParseState::Complete) {
                const std::size_t more = parser.feed(std::string_view(received).substr(used));
                if (more == 0 || parser.state() == wire::HttpParseState::Failed) break;
                used += more;
            }
            if (closed) parser.finish();
            if (parser.state() != wire::HttpParseState::Complete) return complete;
            received.erase(0, used);
            complete.push_back(std::move(parser.response()));
        }
    }
    void shut_writing() const { ::shutdown(fd_.get(), SHUT_WR); }
    void hang_up() { fd_.reset(); }
    [[nodiscard]] int fd() const { return fd_.get(); }

    std::string received;
    bool closed = false;
    bool reset = false;

  private:
    UniqueFd fd_;
};

// A client of the server whose socket is at `path`.
inline Client connect_to(std::string_view path) {
    auto fd = UniqueFd::adopt(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return Client(std::move(fd));
}

// Turns until the condition holds; false when it never does.
inline bool turn_until(os::Loop& loop, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        if (!loop.turn(2ms)) return false;
    }
    return true;
}

class ServerTest : public testing::Test {
  protected:
    ServerTest() : loop(*os::Loop::create()) {
        char name[] = "/tmp/svd-http-XXXXXX";
        directory = ::mkdtemp(name);
        path = directory + "/s";
        hooks.log = [this](Severity, std::string_view text) { lines.emplace_back(text); };
    }
    ~ServerTest() override {
        server.reset();
        ::unlink(path.c_str());
        ::rmdir(directory.c_str());
    }

    void route(std::string route_path, Handler handler,
               std::vector<std::string> methods = {"GET", "HEAD", "POST"}) {
        routes.push_back(
            {PathMatch::Exact, std::move(route_path), std::move(methods), std::move(handler)});
    }
    // Routes every test may use.
    void add_echo() {
        route("/echo", [](Request& request, Responder responder) {
            responder.send(
                {200, {{"Content-Type", "text/plain"}}, request.method + ":" + request.body});
        });
    }
    void serve(std::optional<Auth> auth = {}) {
        server = std::make_unique<Server>(loop, std::move(routes), limits, hooks);
        os::UnixSocketSpec unix_spec;
        unix_spec.path = path;
        unix_spec.unlink_at_close = false;
        auto unix_socket = os::listen_unix(unix_spec);
        ASSERT_TRUE(unix_socket) << unix_socket.error().text;
        ASSERT_TRUE(server->listen({unix_socket->release(), "unix_http_server", auth}));
        os::TcpSocketSpec tcp_spec;
        tcp_spec.host = "127.0.0.1";
        auto tcp_socket = os::listen_tcp(tcp_spec);
        ASSERT_TRUE(tcp_socket) << tcp_socket.error().text;
        port = tcp_socket->port();
        ASSERT_TRUE(server->listen({tcp_socket->release(), "inet_http_server", auth}));
    }
    [[nodiscard]] Client connect() const { return connect_to(path); }
    Client connect_tcp() {
        auto fd = UniqueFd::adopt(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return Client(std::move(fd));
    }

    bool pump(const std::function<bool()>& condition) { return turn_until(loop, condition); }
    // Turns until the loop has nothing to do.
    void settle() {
        for (int quiet = 0; quiet < 3;) quiet = *loop.turn(1ms) ? 0 : quiet + 1;
    }
    std::vector<wire::HttpResponse> await_answers(Client& client, std::size_t count) {
        std::vector<wire::HttpResponse> all;
        EXPECT_TRUE(pump([&] {
            client.receive();
            for (auto& answer : client.answers()) all.push_back(std::move(answer));
            return all.size() >= count;
        })) << "got "
            << all.size() << " answers and " << client.received.size() << " bytes";
        return all;
    }
    wire::HttpResponse ask(Client& client, std::string_view request) {
        EXPECT_TRUE(client.send(request));
        auto answers = await_answers(client, 1);
        return answers.empty() ? wire::HttpResponse{0, {}, {}} : std::move(answers.front());
    }
    bool await_close(Client& client) {
        return pump([&] {
            client.receive();
            return client.closed;
        });
    }

    os::Loop loop;
    std::string directory;
    std::string path;
    std::uint16_t port = 0;
    std::vector<Route> routes;
    Limits limits;
    Hooks hooks;
    std::vector<std::string> lines;
    std::unique_ptr<Server> server;
};

inline std::string get(std::string_view target, std::string_view headers = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(headers) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body,
                        std::string_view headers = {}) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace svd::http
