// Talking to a service manager above us (sd_notify). Everything is a no-op without NOTIFY_SOCKET.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace svd::os {

void notify_ready(std::string_view status);
void notify_stopping(std::string_view status);
void notify_status(std::string_view status);
// With MONOTONIC_USEC, as Type=notify-reload wants it; follow with notify_ready.
void notify_reloading();
void notify_watchdog();
// Half of the watchdog interval the manager asked for; empty when it did not.
[[nodiscard]] std::optional<Duration> watchdog_interval();

// Variables that are between the daemon and its manager, never for children.
[[nodiscard]] std::span<const std::string_view> private_environment_names();
[[nodiscard]] bool is_private_environment(std::string_view assignment_or_name);

}  // namespace svd::os
