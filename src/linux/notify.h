// Talking to a service manager above us (sd_notify). Everything is a no-op without NOTIFY_SOCKET.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace svd::os {

// Whether anybody listens. What is costly to find out need not be found out for nobody.
[[nodiscard]] bool has_service_manager();

// Also at the end of a reload. With MAINPID: after daemonizing this is not the process that the
// manager started.
void notify_ready(std::string_view status);
void notify_stopping(std::string_view status);
void notify_status(std::string_view status);
// The start has failed; with ERRNO where there is one.
void notify_failed(const Error& error);
// The manager waits that much longer from now on for a start or a stop.
void notify_extend_timeout(Duration more);
// With MONOTONIC_USEC, as Type=notify-reload wants it; follow with notify_ready.
void notify_reloading();
void notify_watchdog();
// Half of the watchdog interval the manager asked for; empty when it did not.
[[nodiscard]] std::optional<Duration> watchdog_interval();

// Variables that are between the daemon and its manager, never for children.
[[nodiscard]] std::span<const std::string_view> private_environment_names();
[[nodiscard]] bool is_private_environment(std::string_view assignment_or_name);

}  // namespace svd::os
