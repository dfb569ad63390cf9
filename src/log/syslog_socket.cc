#include "log/syslog_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <iterator>
#include <utility>

#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "log/datagram.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

SyslogSocket::SyslogSocket(std::string ident, std::string path)
    : ident_(std::move(ident)), path_(std::move(path)) {}

void SyslogSocket::send(int priority, std::string_view text, Now now) noexcept try {
    const std::time_t second = epoch_seconds(now.wall);
    std::tm local{};
    ::localtime_r(&second, &local);
    datagram_.clear();
    fmt::format_to(std::back_inserter(datagram_),
                   "<{}>{} {:2} {:02}:{:02}:{:02} {}: ", LOG_USER | (priority & LOG_PRIMASK),
                   kMonths.at(static_cast<std::size_t>(local.tm_mon) % kMonths.size()),
                   local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, ident_);
    const std::size_t head = datagram_.size();
    datagram_.append(text.substr(0, kMaxText));
    std::replace(datagram_.begin() + static_cast<std::ptrdiff_t>(head), datagram_.end(), '\0', ' ');

    int error = fd_ ? send_datagram(datagram_) : ENOTCONN;
    if (is_receiver_gone(error) && now.mono >= next_connect_) {
        next_connect_ = now.mono + kRetryInterval;
        error = connect_now();
        if (error == 0) error = send_datagram(datagram_);
    }
    if (error != 0) {
        lost(error, now);
    } else if (in_trouble_ && now.mono >= next_notice_) {
        in_trouble_ = false;
        next_notice_ = now.mono + kNoticeInterval;
        if (notify_)
            notify_(Notice{NoticeKind::Recovered, Level::Warn,
                           fmt::format("syslog at {} works again, {} messages were dropped so far",
                                       path_, dropped_)});
    }
} catch (...) {
    ++dropped_;  // out of memory
}

int SyslogSocket::connect_now() {
    auto connected = connect_datagram(path_);
    fd_.reset();
    if (!connected) return connected.error().code;
    fd_ = *std::move(connected);
    return 0;
}

int SyslogSocket::send_datagram(std::string_view datagram) {
    for (;;) {
        const ssize_t n =
            ::send(fd_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) return 0;
        if (errno != EINTR) return errno;
    }
}

void SyslogSocket::lost(int error, Now now) {
    ++dropped_;
    if (in_trouble_ || now.mono < next_notice_) return;
    in_trouble_ = true;
    next_notice_ = now.mono + kNoticeInterval;
    if (notify_)
        notify_(Notice{NoticeKind::Dropping, Level::Error,
                       fmt::format("messages for syslog at {} are being dropped: {}", path_,
                                   errno_text(error))});
}

}  // namespace svd::log
