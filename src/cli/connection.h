// One connected stream socket, unix or TCP. The only file of svctl that opens sockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "cli/endpoint.h"

namespace svd::cli {

inline constexpr std::chrono::seconds kConnectTimeout{30};

class Connection {
  public:
    // Error codes are those of connect(): ECONNREFUSED, ENOENT, EACCES, ETIMEDOUT; 0 when a name
    // cannot be resolved.
    [[nodiscard]] static Result<Connection> open(const Endpoint& endpoint);

    [[nodiscard]] Status send_all(std::string_view bytes);
    // Waits for data without a limit; 0 at the end of the stream.
    [[nodiscard]] Result<std::size_t> receive(std::span<char> buffer);
    // True when nothing has been received or closed since the last answer: safe to use again.
    [[nodiscard]] bool is_idle() const;
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    explicit Connection(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace svd::cli
