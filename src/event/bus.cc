#include "event/bus.h"

#include <algorithm>
#include <utility>

namespace svd::event {

namespace {}  // namespace

Bus::Subscription::Subscription(Subscription&& other) noexcept
    : bus_(std::exchange(other.bus_, nullptr)), id_(other.id_) {}

Bus::Subscription& Bus::Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        if (bus_ != nullptr) bus_->unsubscribe(id_);
        bus_ = std::exchange(other.bus_, nullptr);
        id_ = other.id_;
    }
    return *this;
}

Bus::Subscription::~Subscription() {
    if (bus_ != nullptr) bus_->unsubscribe(id_);
}

Bus::Subscription Bus::subscribe(Subscriber subscriber) {
    Subscription subscription;
    subscription.bus_ = this;
    subscription.id_ = next_id_++;
    entries_.push_back({subscription.id_, published_, true, std::move(subscriber)});
    return subscription;
}

void Bus::publish(Event event) {
    event.serial = next_serial_;
    next_serial_ = serial_after(next_serial_);
    queue_.push_back({std::move(event), published_++});
    if (publishing_) return;

    publishing_ = true;
    while (!queue_.empty()) {
        const Queued queued = std::move(queue_.front());
        queue_.pop_front();
        deliver(queued);
    }
    publishing_ = false;
    entries_.remove_if([](const Entry& entry) { return !entry.alive; });
}

void Bus::deliver(const Queued& queued) {
    // A list: what is added meanwhile comes at the end and invalidates nothing.
    for (Entry& entry : entries_)
        if (entry.alive && entry.first_event <= queued.number && entry.call)
            entry.call(queued.event);
}

void Bus::unsubscribe(std::uint64_t id) {
    const auto entry = std::ranges::find(entries_, id, &Entry::id);
    if (entry == entries_.end()) return;
    // The callable may be the one that is running; it is destroyed when the publish is over.
    if (publishing_)
        entry->alive = false;
    else
        entries_.erase(entry);
}

}  // namespace svd::event
