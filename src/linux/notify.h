// Talking to a service manager above us (the protocol of sd_notify(3)).
//
// sd_notify itself waits while the manager's queue is full. Nothing here does: what is refused is
// kept in order and sent before whatever comes later.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace svd::os {

class Notifier {
  public:
    // To the socket in NOTIFY_SOCKET; without one nothing is ever sent.
    Notifier();

    // Whether anybody listens. What is costly to find out need not be found out for nobody.
    [[nodiscard]] bool is_heard() const { return !address_.empty(); }

    // Also at the end of a reload. With MAINPID: after daemonizing this is not the process that the
    // manager started.
    void ready(std::string_view status);
    void stopping(std::string_view status);
    void status(std::string_view status);
    // With MONOTONIC_USEC, as Type=notify-reload wants it; follow with ready().
    void reloading();
    // The start has failed; with ERRNO where there is one.
    void failed(const Error& error);
    // The manager waits that much longer from now on for a start or a stop.
    void extend_timeout(Duration more);
    // A sign of life; a late one is none, so it is not kept.
    void watchdog();

    // Tries again with what is kept; false while there is still something.
    bool flush();

  private:
    enum class Fate { Sent, Full };
    static constexpr std::size_t kMaxKept = 16;

    void tell(std::string message);
    [[nodiscard]] Fate send(const std::string& message) const;

    std::string address_;  // a path, or '@' and an abstract name
    std::deque<std::string> kept_;
};

// Half of the watchdog interval the manager asked for; empty when it did not.
[[nodiscard]] std::optional<Duration> watchdog_interval();

// Variables that are between the daemon and its manager, never for children.
[[nodiscard]] std::span<const std::string_view> private_environment_names();
[[nodiscard]] bool is_private_environment(std::string_view assignment_or_name);

}  // namespace svd::os
