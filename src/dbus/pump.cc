#include "dbus/pump.h"

#include <limits>

#include <sys/epoll.h>
#include <systemd/sd-bus.h>

namespace svd::dbus {

BusPump::BusPump(os::Loop& loop, sd_bus* bus, Hooks hooks)
    : loop_(loop), bus_(bus), hooks_(std::move(hooks)) {}

Result<std::unique_ptr<BusPump>> BusPump::create(os::Loop& loop, sd_bus* bus, Hooks hooks) {
    std::unique_ptr<BusPump> pump(new BusPump(loop, bus, std::move(hooks)));
    auto* self = pump.get();
    SVD_TRY(pump->timer_,
            os::Timer::create(loop, [self] { self->turn(false); }, os::Priority::Control));
    SVD_TRY(pump->more_, os::Defer::create(
                             loop,
                             [self] {
                                 self->turn(false);
                                 return false;
                             },
                             os::Priority::Control));
    SVD_CHECK(pump->rearm());
    pump->wake();  // what came with the greeting is read already
    return pump;
}

std::size_t BusPump::queued() const {
    std::uint64_t count = 0;
    return sd_bus_get_n_queued_write(bus_, &count) < 0 ? 0 : static_cast<std::size_t>(count);
}

void BusPump::turn(bool writable) {
    if (lost_) return;
    for (int i = 0; i < kMessagesPerTurn; ++i) {
        // sd_bus_process writes first and reads only when there was nothing to write.
        if (is_full() && !std::exchange(writable, false)) break;
        const int done = sd_bus_process(bus_, nullptr);
        if (done < 0) {
            lost_ = true;
            watch_.reset();
            return hooks_.lost(-done);
        }
        if (done == 0) break;
    }
    hooks_.after_turn();
    if (auto armed = rearm(); !armed) {
        lost_ = true;
        hooks_.lost(armed.error().code);
    }
}

Status BusPump::rearm() {
    const int fd = sd_bus_get_fd(bus_);
    if (fd < 0) return fail_errno(-fd, "ask for the bus's socket");
    int events = sd_bus_get_events(bus_);
    if (events < 0) return fail_errno(-events, "ask what the bus waits for");
    if (is_full()) events &= ~static_cast<int>(EPOLLIN);
    const auto mask = static_cast<std::uint32_t>(events);
    if (fd != fd_) {
        // While it connects, one address after the other.
        watch_.reset();
        SVD_TRY(watch_,
                os::Watch::add(loop_, fd, mask, os::Priority::Control,
                               [this](std::uint32_t ready) { turn((ready & EPOLLOUT) != 0); }));
        fd_ = fd;
    }
    watch_.set_mask(mask);
    std::uint64_t until = std::numeric_limits<std::uint64_t>::max();
    sd_bus_get_timeout(bus_, &until);
    if (until == 0) {  // messages that have been read and not looked at
        if (!is_full()) more_.enable();
    } else if (until == std::numeric_limits<std::uint64_t>::max()) {
        timer_.clear();
    } else {
        timer_.set(MonoTime(std::chrono::microseconds(until)));
    }
    return {};
}

}  // namespace svd::dbus
