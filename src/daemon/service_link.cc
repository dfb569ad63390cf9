#include "daemon/service_link.h"

#include <algorithm>
#include <utility>

#include "process/summary.h"

namespace svd::daemon {

using namespace std::chrono_literals;

namespace {
constexpr auto kBetweenStatuses = 1s;
// More than the time between two statuses, or two calls of ending().
constexpr auto kPatience = 15s;
constexpr auto kTellAgainAfter = 100ms;
}  // namespace

Result<std::unique_ptr<ServiceLink>> ServiceLink::open(os::Loop& loop,
                                                       const process::Fleet& fleet) {
    std::unique_ptr<ServiceLink> link(new ServiceLink(loop, fleet));
    if (!link->manager_.is_heard()) return link;
    auto* self = link.get();
    SVD_TRY(link->again_, os::Timer::create(loop, [self] { self->send_rest(); }));
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
    if (!manager_.is_heard() || std::exchange(ready_, true)) return;
    sent_ = status();
    next_status_ = os::Loop::now().mono + kBetweenStatuses;
    manager_.ready(sent_);
    send_rest();
}

void ServiceLink::programs_changed() {
    if (!manager_.is_heard() || ending_ || status_timer_.deadline()) return;
    status_timer_.set(std::max(next_status_, os::Loop::now().mono));
}

void ServiceLink::send_status() {
    if (ending_) return;
    if (!ready_) manager_.extend_timeout(kPatience);
    auto text = status();
    if (ready_ && text == sent_) return;
    sent_ = std::move(text);
    next_status_ = os::Loop::now().mono + kBetweenStatuses;
    manager_.status(sent_);
    send_rest();
}

void ServiceLink::reading() {
    if (ready_ && !ending_) manager_.reloading();
}

void ServiceLink::read(const Status& result) {
    if (!ready_ || ending_) return;
    refused_ = result ? "" : "the configuration is refused: " + result.error().text;
    sent_ = status();
    manager_.ready(sent_);
    send_rest();
}

void ServiceLink::ending(process::DaemonState how, const std::string& waiting_for, bool in_time) {
    if (!manager_.is_heard()) return;
    const auto text =
        waiting_for.empty() ? "stopping programs" : "waiting for " + waiting_for + " to die";
    const bool told = std::exchange(ending_, how) == how;
    if (!told && how == process::DaemonState::Restarting) manager_.reloading();
    if (!told && how == process::DaemonState::Shutdown)
        manager_.stopping(text);
    else
        manager_.status(text);
    if (in_time) manager_.extend_timeout(kPatience);
    send_rest();
}

void ServiceLink::send_rest() {
    if (!manager_.flush()) again_.set(os::Loop::now().mono + kTellAgainAfter);
}

void ServiceLink::feed_watchdog() {
    manager_.watchdog();
    watchdog_timer_.set(os::Loop::now().mono + watchdog_);
}

}  // namespace svd::daemon
