#include "linux/notify.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace svd::os {
namespace {

constexpr std::array<std::string_view, 6> kPrivateNames{
    "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
};

// The protocol is lines; a status must not add one.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

void send(const std::string& message) {
    constexpr int kKeepEnvironment = 0;
    sd_notify(kKeepEnvironment,
              message.c_str());  // nobody to tell when the manager does not listen
}

void send_with_status(std::string_view message, std::string_view status) {
    send(fmt::format("{}\nSTATUS={}", message, one_line(status)));
}

std::int64_t microseconds(Duration duration) {
    return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

}  // namespace

bool has_service_manager() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

void notify_ready(std::string_view status) {
    send_with_status(fmt::format("READY=1\nMAINPID={}", ::getpid()), status);
}
void notify_stopping(std::string_view status) {
    send_with_status("STOPPING=1", status);
}
void notify_status(std::string_view status) {
    send(fmt::format("STATUS={}", one_line(status)));
}
void notify_watchdog() {
    send("WATCHDOG=1");
}

void notify_reloading() {
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     microseconds(read_clocks().mono.time_since_epoch())));
}

void notify_failed(const Error& error) {
    if (error.code == 0) return notify_status(error.text);
    send_with_status(fmt::format("ERRNO={}", error.code), error.text);
}

void notify_extend_timeout(Duration more) {
    send(fmt::format("EXTEND_TIMEOUT_USEC={}", microseconds(more)));
}

std::optional<Duration> watchdog_interval() {
    constexpr int kKeepEnvironment = 0;
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(kKeepEnvironment, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds / 2);
}

std::span<const std::string_view> private_environment_names() {
    return kPrivateNames;
}

bool is_private_environment(std::string_view assignment_or_name) {
    const std::string_view name = assignment_or_name.substr(0, assignment_or_name.find('='));
    return std::find(kPrivateNames.begin(), kPrivateNames.end(), name) != kPrivateNames.end();
}

}  // namespace svd::os
