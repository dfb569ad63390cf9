// How a handler answers: now, later, or piece by piece.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace svd::http {

class Connection;

// An open chunked answer (plain bytes up to the close for HTTP/1.0 clients). Movable. Destroying
// it ends the answer properly, like finish().
class Stream {
  public:
    Stream() = default;
    ~Stream();
    Stream(Stream&&) noexcept = default;
    Stream& operator=(Stream&& other) noexcept;

    // False once the client has gone or the stream was finished.
    [[nodiscard]] bool is_open() const;
    // Bytes that may be written before the client has to read some; 0 when it is closed.
    [[nodiscard]] std::size_t room() const;
    // Sends one chunk. False, and nothing done, when there is no room for all of it.
    bool write(std::string_view bytes);
    void finish();
    // `call` runs from the loop each time the buffer has been emptied after write() left it
    // more than half full or was refused. Replaces an earlier one.
    void on_room(std::function<void()> call);
    // `call` runs once when the client goes away; not after finish().
    void on_gone(std::function<void()> call);

  private:
    friend class Responder;
    Stream(std::weak_ptr<Connection> connection, std::uint64_t exchange)
        : connection_(std::move(connection)), exchange_(exchange) {}
    [[nodiscard]] std::shared_ptr<Connection> live() const;

    std::weak_ptr<Connection> connection_;
    std::uint64_t exchange_ = 0;  // which request of the connection this answers
};

// The right to answer one request, once. Movable, may be kept for as long as it takes: the
// connection's later requests wait, other connections go on. When the client has gone every call
// is a no-op. A Responder that dies without an answer gives 500.
class Responder {
  public:
    Responder() = default;
    ~Responder();
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&& other) noexcept;

    // False once answered or when the client has gone.
    [[nodiscard]] bool is_open() const;
    // Server, Date, Content-Length and Connection are added here. HEAD requests get no body.
    void send(Response response);
    // Supervisor's error page for the status.
    void error(int status);
    // Begins a streamed answer; the Responder is used up.
    [[nodiscard]] Stream stream(int status, const wire::HeaderList& headers);
    // `call` runs once when the client goes away before the answer.
    void on_gone(std::function<void()> call);

  private:
    friend class Connection;
    Responder(std::weak_ptr<Connection> connection, std::uint64_t exchange)
        : connection_(std::move(connection)), exchange_(exchange) {}
    [[nodiscard]] std::shared_ptr<Connection> take();

    std::weak_ptr<Connection> connection_;
    std::uint64_t exchange_ = 0;
};

}  // namespace svd::http
