#include "event/bus.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace svd::event {
namespace {

using ::testing::ElementsAre;

Event named(std::string type) {
    Event event;
    event.type = std::move(type);
    return event;
}

struct Seen {
    std::vector<std::string> lines;
    Bus::Subscriber as(std::string who) {
        return [this, who = std::move(who)](const Event& e) {
            lines.push_back(who + " " + std::to_string(e.serial) + " " + e.type);
        };
    }
};

TEST(Bus, Publish_NumbersEventsFromZeroAndCallsSubscribersInOrder) {
    Bus bus;
    Seen seen;
    const auto a = bus.subscribe(seen.as("a"));
    const auto b = bus.subscribe(seen.as("b"));
    bus.publish(named("X"));
    bus.publish(named("Y"));
    EXPECT_THAT(seen.lines, ElementsAre("a 0 X", "b 0 X", "a 1 Y", "b 1 Y"));
    EXPECT_EQ(bus.next_serial(), 2U);
}

TEST(Bus, FirstSerial_GoesOnWhereASnapshotEnded) {
    Bus bus(41);
    Seen seen;
    const auto a = bus.subscribe(seen.as("a"));
    bus.publish(named("X"));
    EXPECT_THAT(seen.lines, ElementsAre("a 41 X"));
}

TEST(Bus, Serial_StartsOverAfterTwoToThe63MinusOne) {
    Bus bus(std::numeric_limits<std::int64_t>::max());
    Seen seen;
    const auto a = bus.subscribe(seen.as("a"));
    bus.publish(named("X"));
    bus.publish(named("Y"));
    EXPECT_THAT(seen.lines, ElementsAre("a 9223372036854775807 X", "a 0 Y"));
}

TEST(Bus, Subscription_EndsWhenItIsDestroyed) {
    Bus bus;
    Seen seen;
    std::optional<Bus::Subscription> a = bus.subscribe(seen.as("a"));
    bus.publish(named("X"));
    a.reset();
    bus.publish(named("Y"));
    EXPECT_THAT(seen.lines, ElementsAre("a 0 X"));
}

TEST(Bus, Subscription_MovesAndEndsOnce) {
    Bus bus;
    Seen seen;
    Bus::Subscription kept;
    {
        Bus::Subscription first = bus.subscribe(seen.as("a"));
        kept = std::move(first);
    }
    bus.publish(named("X"));
    kept = bus.subscribe(seen.as("b"));
    bus.publish(named("Y"));
    kept = Bus::Subscription();
    bus.publish(named("Z"));
    EXPECT_THAT(seen.lines, ElementsAre("a 0 X", "b 1 Y"));
}

TEST(Bus, PublishInsideACallback_IsDeliveredToAllAfterTheCurrentEvent) {
    Bus bus;
    Seen seen;
    const auto nesting = bus.subscribe([&](const Event& e) {
        if (e.type == "X") bus.publish(named("NESTED"));
        seen.lines.push_back("n " + e.type);
    });
    const auto b = bus.subscribe(seen.as("b"));
    bus.publish(named("X"));
    EXPECT_THAT(seen.lines, ElementsAre("n X", "b 0 X", "n NESTED", "b 1 NESTED"));
}

TEST(Bus, UnsubscribeInsideItsOwnCallback_IsSafeAndFinal) {
    Bus bus;
    int calls = 0;
    std::optional<Bus::Subscription> self;
    self = bus.subscribe([&calls, &self, text = std::string(100, 'x')](const Event&) {
        self.reset();
        calls += static_cast<int>(text.size()) / 100;  // the closure is still alive
    });
    bus.publish(named("X"));
    bus.publish(named("Y"));
    EXPECT_EQ(calls, 1);
}

TEST(Bus, UnsubscribeOfALaterOne_TakesEffectWithinTheSameEvent) {
    Bus bus;
    Seen seen;
    std::optional<Bus::Subscription> victim;
    const auto first = bus.subscribe([&](const Event&) { victim.reset(); });
    victim = bus.subscribe(seen.as("victim"));
    bus.publish(named("X"));
    EXPECT_THAT(seen.lines, ElementsAre());
}

TEST(Bus, SubscribeInsideACallback_GetsOnlyWhatIsPublishedFromThenOn) {
    Bus bus;
    Seen seen;
    std::optional<Bus::Subscription> late;
    const auto first = bus.subscribe([&](const Event& e) {
        if (e.type != "X") return;
        bus.publish(named("BEFORE"));
        late = bus.subscribe(seen.as("late"));
        bus.publish(named("AFTER"));
    });
    bus.publish(named("X"));
    EXPECT_THAT(seen.lines, ElementsAre("late 2 AFTER"));
}

TEST(Bus, EmptySubscriber_IsHarmless) {
    Bus bus;
    const auto none = bus.subscribe({});
    bus.publish(named("X"));
    EXPECT_EQ(bus.next_serial(), 1U);
}

}  // namespace
}  // namespace svd::event
