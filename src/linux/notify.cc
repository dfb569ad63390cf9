#include "linux/notify.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <errno.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/manager_variables.h"

namespace svd::os {
namespace {

constexpr std::array<std::string_view, 6> kPrivateNames{
    "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
};

std::string status_line(std::string_view text) {
    std::string line = fmt::format("STATUS={}", text);
    std::replace(line.begin(), line.end(), '\n', ' ');  // the protocol is lines
    return line;
}

std::int64_t microseconds(Duration duration) {
    return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

}  // namespace

Notifier::Notifier() {
    const char* address = std::getenv("NOTIFY_SOCKET");
    if (address != nullptr) address_ = address;
}

void Notifier::ready(std::string_view status) {
    tell(fmt::format("READY=1\nMAINPID={}\n{}", ::getpid(), status_line(status)));
}

void Notifier::stopping(std::string_view status) {
    tell("STOPPING=1\n" + status_line(status));
}

void Notifier::status(std::string_view status) {
    tell(status_line(status));
}

void Notifier::reloading() {
    tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     microseconds(read_clocks().mono.time_since_epoch())));
}

void Notifier::failed(const Error& error) {
    auto message = status_line(error.text);
    if (error.code != 0) message += fmt::format("\nERRNO={}", error.code);
    tell(std::move(message));
}

void Notifier::extend_timeout(Duration more) {
    tell(fmt::format("EXTEND_TIMEOUT_USEC={}", microseconds(more)));
}

void Notifier::watchdog() {
    if (is_heard() && flush()) static_cast<void>(send("WATCHDOG=1"));
}

bool Notifier::flush() {
    while (!kept_.empty() && send(kept_.front()) == Fate::Sent) kept_.pop_front();
    return kept_.empty();
}

void Notifier::tell(std::string message) {
    if (!is_heard() || (flush() && send(message) == Fate::Sent)) return;
    const bool newer_status = message.find("STATUS=") != std::string::npos;
    if (newer_status && !kept_.empty() && kept_.back().starts_with("STATUS=")) kept_.pop_back();
    if (kept_.size() < kMaxKept) kept_.push_back(std::move(message));
}

Notifier::Fate Notifier::send(const std::string& message) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (address_.size() >= sizeof(address.sun_path)) return Fate::Sent;  // to nobody
    std::memcpy(address.sun_path, address_.data(), address_.size());
    const bool abstract = address_.front() == '@';
    if (abstract) address.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + address_.size() + (abstract ? 0 : 1);
    const auto fd =
        UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return Fate::Full;
    if (::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) >= 0)
        return Fate::Sent;
    // Any other failure is that of a manager that is not there.
    return errno == EAGAIN || errno == ENOBUFS || errno == EINTR ? Fate::Full : Fate::Sent;
}

std::optional<Duration> watchdog_interval() {
    const auto microseconds = manager_number("WATCHDOG_USEC");
    if (!microseconds || *microseconds == 0) return std::nullopt;
    if (const auto pid = manager_number("WATCHDOG_PID"); pid && !is_own_pid(*pid))
        return std::nullopt;
    return std::chrono::microseconds(*microseconds / 2);
}

std::span<const std::string_view> private_environment_names() {
    return kPrivateNames;
}

bool is_private_environment(std::string_view assignment_or_name) {
    const std::string_view name = assignment_or_name.substr(0, assignment_or_name.find('='));
    return std::find(kPrivateNames.begin(), kPrivateNames.end(), name) != kPrivateNames.end();
}

}  // namespace svd::os
