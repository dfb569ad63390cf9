// Sockets that the service manager opened for this process (LISTEN_FDS; sd_listen_fds(3)).
//
// The descriptors themselves stay open for the life of the process, and over an exec of a new svd:
// whoever wants a socket gets a duplicate. Children get nothing but what is set up for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "linux/sockets.h"

namespace svd::os {

class PassedSockets {
  public:
    // None when this process was not meant, or nothing was passed.
    [[nodiscard]] static PassedSockets find();

    // The listening stream socket with this path or port; an empty Listener when there is none. It
    // removes no file when it is closed.
    [[nodiscard]] Result<Listener> listen_unix(const std::string& path);
    [[nodiscard]] Result<Listener> listen_tcp(std::uint16_t port);

    // The addresses of those that nobody has asked for.
    [[nodiscard]] std::vector<std::string> unused() const;

  private:
    struct Socket {
        int fd = -1;
        bool used = false;
    };
    template <class Matches>
    Result<Listener> listen(Matches matches);

    std::vector<Socket> sockets_;
};

}  // namespace svd::os
