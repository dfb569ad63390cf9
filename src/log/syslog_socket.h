// Sending to the local syslog without ever blocking. syslog(3) of libc waits when the receiver is
// slow or gone, so this speaks the same datagrams ("<14>Nov 21 20:00:00 supervisord: text") over
// its own non-blocking socket. What cannot be sent is dropped and counted; the connection is made
// again by later messages, at most once per second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "log/notice.h"

namespace svd::log {

class SyslogSocket {
  public:
    // `ident` stands before the text ("supervisord"). Opens at the first message.
    explicit SyslogSocket(std::string ident, std::string path = "/dev/log");

    // `priority` is LOG_CRIT .. LOG_DEBUG; the facility is LOG_USER. A text longer than kMaxText is
    // cut there; NUL bytes become blanks.
    void send(int priority, std::string_view text, Now now) noexcept;
    void set_notice_handler(NoticeHandler notify) { notify_ = std::move(notify); }
    [[nodiscard]] std::uint64_t dropped_messages() const { return dropped_; }

    static constexpr std::size_t kMaxText = 32UL * 1024;

  private:
    [[nodiscard]] int connect_now();
    [[nodiscard]] int send_datagram(std::string_view datagram);
    void lost(int error, Now now);

    std::string ident_;
    std::string path_;
    UniqueFd fd_;
    NoticeHandler notify_;
    std::string datagram_;
    std::uint64_t dropped_ = 0;
    bool in_trouble_ = false;
    MonoTime next_connect_{};
    MonoTime next_notice_{};
};

}  // namespace svd::log
