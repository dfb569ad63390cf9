#include "dbus/link.h"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace svd::dbus {

using config::LogLevel;

namespace {
constexpr const char* kName = "org.svd1";
}

Link::Link(os::Loop& loop, BusKind kind, BusAddress address, Hooks hooks)
    : loop_(loop), kind_(kind), address_(std::move(address)), hooks_(std::move(hooks)) {}

Link::~Link() {
    close();
}

Result<std::unique_ptr<Link>> Link::create(os::Loop& loop, BusKind kind, BusAddress address,
                                           Hooks hooks) {
    std::unique_ptr<Link> link(new Link(loop, kind, std::move(address), std::move(hooks)));
    auto* self = link.get();
    SVD_TRY(link->timer_, os::Timer::create(loop, [self] { self->step(); }, os::Priority::Control));
    SVD_TRY(link->step_, os::Defer::create(
                             loop,
                             [self] {
                                 self->step();
                                 return false;
                             },
                             os::Priority::Control));
    return link;
}

std::string_view Link::kind_name() const {
    return kind_ == BusKind::System ? "system" : "user";
}

void Link::start() {
    phase_ = Phase::Waiting;
    delay_ = kFirstDelay;
    told_ = false;
    step();
}

void Link::stop() {
    close();
    phase_ = Phase::Stopped;
    watch_ = {};
    timer_.clear();
    step_.disable();
}

void Link::step() {
    switch (phase_) {
        case Phase::Stopped:
            return;
        case Phase::Waiting:
            return knock();
        case Phase::Knocking:
            return look_at_knock();
        case Phase::Serving:
            if (lost_) fail_with(*lost_);
            return;
    }
}

void Link::knock() {
    lost_.reset();
    watch_ = {};
    const int opened =
        kind_ == BusKind::System ? sd_bus_open_system(&knocking_) : sd_bus_open_user(&knocking_);
    if (opened < 0) return fail_with({-opened, errno_text(-opened)});
    auto pump = BusPump::create(loop_, knocking_,
                                {[this](int error) {
                                     lost_ = Error{error, errno_text(error)};
                                     step_.enable();
                                 },
                                 [this] {
                                     if (sd_bus_is_ready(knocking_) > 0) step_.enable();
                                 }});
    if (!pump) return fail_with(pump.error());
    pump_ = *std::move(pump);
    phase_ = Phase::Knocking;
    timer_.set(os::Loop::now().mono + kKnockPatience);
}

void Link::look_at_knock() {
    if (lost_) return fail_with(*lost_);
    if (sd_bus_is_ready(knocking_) <= 0)
        return fail_with({ETIMEDOUT, "it takes connections and does not answer"});
    drop_knock();
    timer_.clear();
    if (auto served = serve(); !served) fail_with(served.error());
}

Status Link::serve() {
    SVD_TRY(bus_, SdbusLink::open(kind_));
    phase_ = Phase::Serving;
    SVD_CHECK(hooks_.opened(*bus_));
    SVD_TRY(pump_, BusPump::create(loop_, bus_->bus(),
                                   {[this](int error) {
                                        lost_ = Error{error, errno_text(error)};
                                        step_.enable();
                                    },
                                    [this] { hooks_.after_turn(); }}));
    bus_->request_name(kName, [this](const Result<bool>& ours) { named(ours); });
    return {};
}

void Link::named(const Result<bool>& ours) {
    delay_ = kFirstDelay;
    told_ = false;
    if (!ours)
        hooks_.log(LogLevel::Warn,
                   fmt::format("D-Bus: the {} bus does not give svd the name {}: {}. Is {}.conf "
                               "installed?",
                               kind_name(), kName, ours.error().text, kName));
    else if (*ours)
        hooks_.log(LogLevel::Info, fmt::format("D-Bus: {} on the {} bus", kName, kind_name()));
    else
        hooks_.log(LogLevel::Info,
                   fmt::format("D-Bus: another svd is {} on the {} bus; this one waits for the "
                               "name and can be reached as {} until then",
                               kName, kind_name(), bus_->unique_name()));
}

// No bus, or none any more.
void Link::fail_with(const Error& error) {
    const bool served = phase_ == Phase::Serving && bus_ != nullptr;
    const std::string why = error.text;  // it may be what close() forgets
    close();
    if (served)
        hooks_.log(LogLevel::Warn,
                   fmt::format("D-Bus: the {} bus has gone ({}); svd comes back with it",
                               kind_name(), why));
    else if (!told_)
        hooks_.log(hooks_.absent, fmt::format("D-Bus: no {} bus at {} ({}); svd waits for it",
                                              kind_name(), address_.text, why));
    told_ = true;
    phase_ = Phase::Waiting;
    wait_for_bus();
}

void Link::wait_for_bus() {
    const auto is_there = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
    bool by_time = address_.elsewhere;
    if (!address_.paths.empty()) {
        auto watch = os::PathWatch::create(loop_, address_.paths, [this] {
            delay_ = kFirstDelay;
            timer_.set(os::Loop::now().mono + kAfterCame);
        });
        if (watch) watch_ = *std::move(watch);
        // Looked at after the watch, so that none comes unseen.
        by_time = by_time || !watch_ || std::ranges::any_of(address_.paths, is_there);
    }
    if (!by_time) return timer_.clear();
    timer_.set(os::Loop::now().mono + delay_);
    delay_ = std::min(2 * delay_, kLongestDelay);
}

void Link::drop_knock() {
    pump_.reset();
    if (knocking_ == nullptr) return;
    sd_bus_close(knocking_);
    knocking_ = sd_bus_unref(knocking_);
}

void Link::close() {
    if (bus_) hooks_.closed();
    drop_knock();
    bus_.reset();
    lost_.reset();
}

}  // namespace svd::dbus
