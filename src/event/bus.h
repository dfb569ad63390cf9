// The one numbered stream of events. Subscribers run in the order in which they subscribed, inside
// publish(); they must not block and must not throw.
#pragma once

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
        Subscriber call;  // empty once unsubscribed during a publish
    };
    void unsubscribe(std::uint64_t id);

    std::list<Entry> entries_;
    std::uint64_t next_serial_;
    std::uint64_t next_id_ = 1;
    int publishing_ = 0;
};

}  // namespace svd::event
