// The one numbered stream of events. Subscribers run in the order in which they subscribed, inside
// publish(); they must not block and must not throw.
//
// A subscriber may publish: that event is numbered at once and delivered after the current one, so
// every subscriber sees the serials ascending. It may subscribe (the new one gets the events that
// are published from then on) and unsubscribe anybody, itself included. The Bus outlives its
// subscriptions and is not destroyed from a callback.
#pragma once

#include <deque>
#include <functional>
#include <list>

#include "event/types.h"

namespace svd::event {

class Bus {
  public:
    using Subscriber = std::function<void(const Event&)>;
    // Lives as long as the subscription; destroying it unsubscribes, also from inside a callback.
    class Subscription {
      public:
        Subscription() = default;
        Subscription(Subscription&& other) noexcept;
        Subscription& operator=(Subscription&& other) noexcept;
        Subscription(const Subscription&) = delete;
        Subscription& operator=(const Subscription&) = delete;
        ~Subscription();

      private:
        friend class Bus;
        Bus* bus_ = nullptr;
        std::uint64_t id_ = 0;
    };

    explicit Bus(std::uint64_t first_serial = 0) : next_serial_(first_serial) {}
    [[nodiscard]] Subscription subscribe(Subscriber subscriber);
    // Numbers the event and hands it to every subscriber.
    void publish(Event event);
    [[nodiscard]] std::uint64_t next_serial() const { return next_serial_; }

  private:
    struct Entry {
        std::uint64_t id;
        std::uint64_t first_event;  // count of events published before the subscription
        bool alive;                 // false once unsubscribed during a publish
        Subscriber call;
    };
    struct Queued {
        Event event;
        std::uint64_t number;  // never wraps, unlike the serial
    };
    void unsubscribe(std::uint64_t id);
    void deliver(const Queued& queued);

    std::list<Entry> entries_;
    std::deque<Queued> queue_;
    std::uint64_t next_serial_;
    std::uint64_t published_ = 0;
    std::uint64_t next_id_ = 1;
    bool publishing_ = false;
};

}  // namespace svd::event
