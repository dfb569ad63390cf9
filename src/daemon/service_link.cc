#include "daemon/service_link.h"

#include <algorithm>
#include <utility>

#include "linux/notify.h"
#include "process/summary.h"

namespace svd::daemon {

using namespace std::chrono_literals;

namespace {
constexpr auto kBetweenStatuses = 1s;
// More than the time between two calls of stopping().
constexpr auto kPatience = 15s;
}  // namespace

Result<std::unique_ptr<ServiceLink>> ServiceLink::open(os::Loop& loop,
                                                       const process::Fleet& fleet) {
    std::unique_ptr<ServiceLink> link(new ServiceLink(loop, fleet));
    link->listened_to_ = os::has_service_manager();
    if (!link->listened_to_) return link;
    auto* self = link.get();
    SVD_TRY(link->status_timer_, os::Timer::create(loop, [self] { self->send_status(); }));
    if (const auto interval = os::watchdog_interval()) {
        link->watchdog_ = *interval;
        SVD_TRY(link->watchdog_timer_, os::Timer::create(loop, [self] { self->feed_watchdog(); }));
        link->feed_watchdog();
    }
    return link;
}

std::string ServiceLink::status() const {
    auto text = process::summary(fleet_);
    return refused_.empty() ? text : fmt::format("{}; {}", text, refused_);
}

void ServiceLink::ready() {
    if (!listened_to_ || std::exchange(ready_, true)) return;
    sent_ = status();
    next_status_ = os::Loop::now().mono + kBetweenStatuses;
    os::notify_ready(sent_);
}

void ServiceLink::programs_changed() {
    if (!ready_ || ending_ || status_timer_.deadline()) return;
    status_timer_.set(std::max(next_status_, os::Loop::now().mono));
}

void ServiceLink::send_status() {
    if (ending_) return;
    auto text = status();
    if (text == sent_) return;
    sent_ = std::move(text);
    next_status_ = os::Loop::now().mono + kBetweenStatuses;
    os::notify_status(sent_);
}

void ServiceLink::reading() {
    if (ready_ && !ending_) os::notify_reloading();
}

void ServiceLink::read(const Status& result) {
    if (!ready_ || ending_) return;
    refused_ = result ? "" : "the configuration is refused: " + result.error().text;
    sent_ = status();
    os::notify_ready(sent_);
}

void ServiceLink::ending(process::DaemonState how, const std::string& waiting_for, bool in_time) {
    if (!listened_to_) return;
    const auto text =
        waiting_for.empty() ? "stopping programs" : "waiting for " + waiting_for + " to die";
    const bool told = std::exchange(ending_, how) == how;
    if (!told && how == process::DaemonState::Restarting) os::notify_reloading();
    if (!told && how == process::DaemonState::Shutdown)
        os::notify_stopping(text);
    else
        os::notify_status(text);
    if (in_time) os::notify_extend_timeout(kPatience);
}

void ServiceLink::feed_watchdog() {
    os::notify_watchdog();
    watchdog_timer_.set(os::Loop::now().mono + watchdog_);
}

}  // namespace svd::daemon
