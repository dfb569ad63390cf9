// The service manager's end of sd_notify: a datagram socket of our own, and who sends to it.
//
// Its name is abstract, so a program finds it whatever user, root directory or mount namespace it
// has come into; only a network namespace of its own hides it. Nobody can take the name first, for
// it has 64 random bits, but anybody can send: ask Message who it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"
#include "linux/kept_sockets.h"

namespace svd::os {

class NotifySocket {
  public:
    struct Message {
        std::string text;  // empty: it was too long, held a NUL or came without credentials
        pid_t pid = 0;     // in our pid namespace; 0 when it is out of sight
        uid_t uid = 0;
        UniqueFd pidfd;             // of the sender; empty before Linux 6.5
        std::vector<UniqueFd> fds;  // close-on-exec
    };
    static constexpr std::size_t kLongest = 4096;  // bytes of a text, as in systemd

    NotifySocket() = default;
    [[nodiscard]] static Result<NotifySocket> open();
    // Of an earlier svd.
    [[nodiscard]] static Result<NotifySocket> adopt(UniqueFd fd);
    // For adopt(), when nothing is left of the earlier one's but its address.
    [[nodiscard]] static Result<UniqueFd> open_again(std::string_view address);

    // Empty when nothing is waiting. Never blocks.
    [[nodiscard]] std::optional<Message> receive();
    [[nodiscard]] int fd() const { return fd_.get(); }
    // For NOTIFY_SOCKET: "@svd/notify/0123456789abcdef".
    [[nodiscard]] const std::string& address() const { return address_; }
    explicit operator bool() const { return static_cast<bool>(fd_); }

  private:
    UniqueFd fd_;
    KeptMark mark_;
    std::string address_;
};

// The sender is gone, so that nothing more can be found out about its pid. False when not known.
[[nodiscard]] bool has_exited(const NotifySocket::Message& message);

}  // namespace svd::os
