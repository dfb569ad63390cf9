// One client: reads requests, runs their handlers one after the other, writes the answers.
//
// Owned by the Server through a shared_ptr; Responders and Streams hold weak ones. What a handler
// calls (answer, stream_*) never closes the connection under its caller's feet and never runs
// callbacks: both happen from the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "http/message.h"
#include "http/output_queue.h"
#include "http/server.h"
#include "wire/http_auth.h"
#include "wire/http_parser.h"

namespace svd::http {

// What a connection needs from its server.
class ConnectionHost {
  public:
    [[nodiscard]] virtual const Limits& limits() const = 0;
    [[nodiscard]] virtual const Hooks& hooks() const = 0;
    [[nodiscard]] virtual const std::vector<Route>& routes() const = 0;
    [[nodiscard]] virtual Now now() const = 0;
    [[nodiscard]] virtual std::string_view date() = 0;
    // Shared scratch space for one read().
    [[nodiscard]] virtual std::span<char> read_buffer() = 0;
    virtual void deadline_changed(std::optional<MonoTime> before,
                                  std::optional<MonoTime> after) = 0;
    // Lets go of the connection; it may be destroyed when the caller's own reference goes.
    virtual void closed(Connection& connection) = 0;

  protected:
    ~ConnectionHost() = default;
};

// What the connections of one listening socket share.
struct ListenerState {
    std::string name;
    std::optional<wire::PasswordVerifier> verifier;  // empty: no authentication
};

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(ConnectionHost& host, std::shared_ptr<ListenerState> listener, UniqueFd fd,
               Peer peer, bool is_unix);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Status start(os::Loop& loop);
    void on_deadline();
    // The server is about to go: see Server::say_goodbye. A client that has connected and not said
    // anything yet is left in peace: its request is on the way.
    void say_goodbye();
    // Ends it without telling anybody: the server goes away.
    void abandon();

    [[nodiscard]] std::optional<MonoTime> deadline() const { return deadline_; }
    [[nodiscard]] bool is_idle() const;
    [[nodiscard]] MonoTime idle_since() const { return idle_since_; }
    [[nodiscard]] bool has_unsent() const { return !output_.empty(); }

    // For Responder and Stream; `exchange` tells a stale handle from the current one.
    [[nodiscard]] bool is_open(std::uint64_t exchange) const;
    void answer(std::uint64_t exchange, Response response);
    void begin_stream(std::uint64_t exchange, int status, const wire::HeaderList& headers);
    [[nodiscard]] std::size_t stream_room(std::uint64_t exchange) const;
    bool stream_write(std::uint64_t exchange, std::string_view bytes);
    void stream_finish(std::uint64_t exchange);
    void on_room(std::uint64_t exchange, std::function<void()> call);
    void on_gone(std::uint64_t exchange, std::function<void()> call);

  private:
    enum class Phase {
        Reading,    // between requests or inside one
        Handling,   // a handler owes the answer
        Streaming,  // a handler is writing the answer
        Lingering,  // everything is said; swallowing what the client still sends
        Closed,
    };

    void on_ready(std::uint32_t revents);
    void read_some();
    void process_input();
    void header_arrived();
    void dispatch();
    // An error page instead of the handler's answer.
    void refuse(int status, wire::HeaderList headers = {});
    [[nodiscard]] bool authorize();
    void queue_head(int status, const wire::HeaderList& headers,
                    std::optional<std::size_t> body_size);
    void exchange_done();
    void start_writing();
    void flush();
    void finish_or_linger();
    void call_on_room();
    void close();
    // Brings the watched events and the deadline in line with the state.
    void update();
    [[nodiscard]] std::optional<MonoTime> wanted_deadline() const;
    [[nodiscard]] std::uint32_t wanted_events() const;

    ConnectionHost& host_;
    std::shared_ptr<ListenerState> listener_;
    Peer peer_;
    bool is_unix_;
    UniqueFd fd_;
    os::Watch watch_;

    Phase phase_ = Phase::Reading;
    wire::HttpRequestParser parser_;
    std::string input_;  // read, not yet consumed by the parser
    OutputQueue output_;
    const Route* route_ = nullptr;

    std::uint64_t exchange_ = 0;
    bool in_loop_ = false;       // on_ready or on_deadline is on the stack
    bool resume_ = false;        // input or a callback waits for the next turn of the loop
    bool broken_ = false;        // writing failed
    bool header_seen_ = false;   // of the current request; it has been let in
    bool last_request_ = false;  // the client asked to close after it
    bool close_after_ = false;   // the current answer is the last one
    bool unread_input_ = false;  // closing now would throw away what the client still sends
    bool head_request_ = false;
    bool chunked_ = false;
    bool room_wanted_ = false;
    wire::HttpVersion version_ = wire::HttpVersion::Http11;
    std::string request_line_;
    int status_ = 0;
    std::size_t body_bytes_ = 0;
    std::function<void()> room_call_;
    std::function<void()> gone_call_;

    MonoTime idle_since_{};
    std::optional<MonoTime> request_began_;
    MonoTime write_progress_{};
    MonoTime linger_began_{};
    std::optional<MonoTime> deadline_;
};

}  // namespace svd::http
