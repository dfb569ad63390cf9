#include "event/listener_pool.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::event {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct FakeHost final : ListenerHost {
    std::set<std::size_t> running;
    std::map<std::size_t, Written> broken;
    std::map<std::size_t, std::string> text;  // what each process has got
    std::vector<std::string> lines;

    bool is_running(std::size_t process) const override { return running.contains(process); }
    Written write(std::size_t process, std::string_view bytes) override {
        if (const auto how = broken.find(process); how != broken.end()) return how->second;
        text[process] += bytes;
        return Written::Yes;
    }
    void log(ListenerSeverity severity, std::string_view line) override {
        constexpr std::string_view kCodes[] = {"DEBG", "WARN", "ERRO"};
        lines.push_back(fmt::format("{} {}", kCodes[static_cast<int>(severity)], line));
    }
    bool wants_log(ListenerSeverity) const override { return true; }
    void overflowed() override { ++overflows; }
    void holding() override { ++holds; }
    int overflows = 0;
    int holds = 0;
};

struct ListenerPoolTest : testing::Test {
    FakeHost host;
    std::uint64_t serial = 0;

    ListenerPool pool(std::vector<std::string> processes, std::size_t buffer_size = 10,
                      std::vector<std::string> events = {"EVENT"}) {
        return {{"pool", "idx", std::move(events), buffer_size, std::move(processes)}, host};
    }
    std::shared_ptr<const Event> event(std::string payload = "") {
        auto made = std::make_shared<Event>();
        made->serial = serial++;
        made->type = "TICK_5";
        made->payload = std::move(payload);
        return made;
    }
    static std::vector<std::string> serials(const std::string& text) {
        std::vector<std::string> found;
        for (std::size_t at = 0; (at = text.find(" serial:", at)) != std::string::npos; ++at)
            found.push_back(text.substr(at + 8, text.find(' ', at + 8) - at - 8));
        return found;
    }
};

TEST_F(ListenerPoolTest, Envelope_IsSupervisors) {
    auto p = pool({"one"});
    host.running = {0};
    p.output(0, "READY\n");
    serial = 41;
    p.accept(event("when:5"));
    EXPECT_EQ(host.text[0],
              "ver:3.0 server:idx serial:41 pool:pool poolserial:0 eventname:TICK_5 len:6\nwhen:5");
    EXPECT_EQ(p.state(0), ListenerState::Busy);
    EXPECT_THAT(host.lines, ElementsAre("DEBG one: ACKNOWLEDGED -> READY",
                                        "DEBG event 41 sent to listener one"));
}

TEST_F(ListenerPoolTest, LengthOfAPayload_IsInCharacters) {
    auto p = pool({"one"});
    host.running = {0};
    p.output(0, "READY\n");
    p.accept(event("é"));
    EXPECT_THAT(host.text[0], HasSubstr(" len:1\né"));
}

TEST_F(ListenerPoolTest, LengthInBytes_IsForThoseWhoReadBytes) {
    ListenerPool p({"pool", "idx", {"EVENT"}, 10, {"one"}, EventLength::Bytes}, host);
    host.running = {0};
    p.output(0, "READY\n");
    p.accept(event("é"));
    EXPECT_THAT(host.text[0], HasSubstr(" len:2\né"));
}

TEST_F(ListenerPoolTest, Totals_TellWhatBecameOfEveryEvent) {
    auto p = pool({"one"}, 2);
    host.running = {0};
    for (int i = 0; i < 5; ++i) p.accept(event());
    EXPECT_EQ(host.overflows, 3);
    p.output(0, "READY\n");
    p.output(0, "RESULT 4\nFAILREADY\n");
    p.output(0, "RESULT 2\nOKREADY\n");
    EXPECT_EQ(p.totals().accepted, 5U);
    EXPECT_EQ(p.totals().dropped, 3U);
    EXPECT_EQ(p.totals().rejected, 1U);
    EXPECT_EQ(p.totals().delivered, 1U);
    EXPECT_EQ(p.state(0), ListenerState::Busy);
    EXPECT_THAT(serials(host.text[0]), ElementsAre("3", "3", "4"));
}

TEST_F(ListenerPoolTest, ListenerThatAlwaysRejects_IsHeldBackUntilItSucceeds) {
    auto p = pool({"one"});
    host.running = {0};
    p.accept(event());
    p.output(0, "READY\n");
    for (unsigned i = 0; i < ListenerPool::kRejectsAtOnce; ++i)
        p.output(0, "RESULT 4\nFAILREADY\n");
    EXPECT_EQ(host.holds, 1);
    p.accept(event());
    EXPECT_EQ(serials(host.text[0]).size(), ListenerPool::kRejectsAtOnce);
    EXPECT_EQ(p.queued(), 2U);
    p.resume();
    EXPECT_EQ(serials(host.text[0]).size(), ListenerPool::kRejectsAtOnce + 1);
    p.output(0, "RESULT 4\nFAILREADY\n");
    EXPECT_EQ(host.holds, 2);
    p.resume();
    p.output(0, "RESULT 2\nOKREADY\n");
    p.output(0, "RESULT 4\nFAILREADY\n");
    EXPECT_EQ(host.holds, 2);
    EXPECT_EQ(serials(host.text[0]).back(), "1");
}

TEST_F(ListenerPoolTest, ProcessThatReadsAgain_GetsWhatWaits) {
    auto p = pool({"one"});
    host.running = {0};
    host.broken[0] = ListenerHost::Written::Full;
    p.output(0, "READY\n");
    p.accept(event());
    host.broken.clear();
    p.writable(0);
    EXPECT_THAT(serials(host.text[0]), ElementsAre("0"));
}

TEST_F(ListenerPoolTest, Subscription_TakesTypesBelowTheNamedOne) {
    const auto p = pool({"one"}, 10, {"PROCESS_STATE", "TICK_60"});
    EXPECT_TRUE(p.wants("PROCESS_STATE_FATAL"));
    EXPECT_TRUE(p.wants("TICK_60"));
    EXPECT_FALSE(p.wants("TICK_5"));
    EXPECT_FALSE(p.wants("PROCESS_GROUP_ADDED"));
    EXPECT_FALSE(p.wants("NO_SUCH_TYPE"));
}

TEST_F(ListenerPoolTest, EventsBeforeTheListenerRuns_WaitInOrder) {
    auto p = pool({"one"});
    p.accept(event());
    p.accept(event());
    p.output(0, "READY\n");
    EXPECT_EQ(host.text[0], "");
    host.running = {0};
    p.running(0);
    p.output(0, "RESULT 2\nOKREADY\n");
    p.output(0, "RESULT 2\nOKREADY\n");
    EXPECT_THAT(serials(host.text[0]), ElementsAre("0", "1"));
    EXPECT_EQ(p.queued(), 0U);
}

TEST_F(ListenerPoolTest, ReadyProcesses_GetEventsInConfigurationOrder) {
    auto p = pool({"one", "two", "three"});
    host.running = {0, 1, 2};
    p.output(2, "READY\n");
    p.output(1, "READY\n");
    p.accept(event());
    p.accept(event());
    p.accept(event());
    EXPECT_THAT(serials(host.text[1]), ElementsAre("0"));
    EXPECT_THAT(serials(host.text[2]), ElementsAre("1"));
    EXPECT_EQ(p.queued(), 1U);
}

TEST_F(ListenerPoolTest, FullBuffer_DropsTheOldestAndCounts) {
    auto p = pool({"one"}, 2);
    for (int i = 0; i < 4; ++i) p.accept(event());
    EXPECT_THAT(host.lines,
                ElementsAre("ERRO pool pool event buffer overflowed, discarding event 0",
                            "ERRO pool pool event buffer overflowed, discarding event 1"));
    EXPECT_EQ(p.queued(), 2U);
    EXPECT_EQ(p.totals().dropped, 2U);
}

TEST_F(ListenerPoolTest, RejectedEvent_ComesFirstAgainWithItsSerials) {
    auto p = pool({"one"});
    host.running = {0};
    p.output(0, "READY\n");
    p.accept(event());
    p.accept(event());
    host.lines.clear();
    p.output(0, "RESULT 4\nFAIL");
    EXPECT_THAT(host.lines,
                ElementsAre("WARN one: event was rejected", "DEBG one: BUSY -> ACKNOWLEDGED",
                            "DEBG rebuffering event 0 for pool pool (buf size=1, max=10)"));
    host.text.clear();
    p.output(0, "READY\n");
    EXPECT_THAT(host.text[0], HasSubstr(" serial:0 pool:pool poolserial:0 "));
    p.output(0, "RESULT 2\nOKREADY\n");
    EXPECT_THAT(host.text[0], HasSubstr(" serial:1 pool:pool poolserial:1 "));
}

TEST_F(ListenerPoolTest, RejectedEventIntoAFullBuffer_TakesTheOldestOnesPlace) {
    auto p = pool({"one"}, 1);
    host.running = {0};
    p.output(0, "READY\n");
    p.accept(event());
    p.accept(event());
    p.output(0, "RESULT 4\nFAIL");
    EXPECT_EQ(p.queued(), 1U);
    EXPECT_THAT(host.lines, Contains("ERRO pool pool event buffer overflowed, discarding event 1"));
    p.output(0, "READY\n");
    EXPECT_THAT(serials(host.text[0]), ElementsAre("0", "0"));
}

TEST_F(ListenerPoolTest, EndWhileBusy_GivesTheEventToAnother) {
    auto p = pool({"one", "two"});
    host.running = {0, 1};
    p.output(0, "READY\n");
    p.accept(event());
    p.output(1, "READY\n");
    host.running = {1};
    p.ended(0);
    EXPECT_THAT(serials(host.text[1]), ElementsAre("0"));
    p.ended(0);
    EXPECT_EQ(p.queued(), 0U);
}

TEST_F(ListenerPoolTest, NextRun_BeginsAnew) {
    auto p = pool({"one"});
    host.running = {0};
    p.output(0, "RUBBISH\n");
    EXPECT_EQ(p.state(0), ListenerState::Unknown);
    p.starting(0);
    EXPECT_EQ(p.state(0), ListenerState::Acknowledged);
    p.output(0, "READY\n");
    p.accept(event());
    EXPECT_THAT(serials(host.text[0]), ElementsAre("0"));
    p.starting(0);
    EXPECT_EQ(p.queued(), 1U);
}

TEST_F(ListenerPoolTest, Violation_IsLoggedAndItsEventKept) {
    auto p = pool({"one"});
    host.running = {0};
    p.output(0, "READY\n");
    p.accept(event());
    host.lines.clear();
    p.output(0, "RESULT xyz\n");
    EXPECT_THAT(
        host.lines,
        ElementsAre("WARN one: bad result line: 'RESULT xyz'", "DEBG one: BUSY -> UNKNOWN",
                    "WARN one: has entered the UNKNOWN state and will no longer receive events, "
                    "this usually indicates the process violated the eventlistener protocol",
                    "DEBG rebuffering event 0 for pool pool (buf size=0, max=10)"));
    p.output(0, "READY\n");
    EXPECT_EQ(p.queued(), 1U);
}

TEST_F(ListenerPoolTest, ClosedStandardInput_PassesToTheNextProcess) {
    auto p = pool({"one", "two"});
    host.running = {0, 1};
    host.broken[0] = ListenerHost::Written::Closed;
    p.output(0, "READY\n");
    p.output(1, "READY\n");
    host.lines.clear();
    p.accept(event());
    EXPECT_THAT(host.lines, ElementsAre("DEBG epipe occurred while sending event 0 to listener "
                                        "one, listener state unchanged",
                                        "DEBG event 0 sent to listener two"));
    EXPECT_EQ(p.state(0), ListenerState::Ready);
}

TEST_F(ListenerPoolTest, ProcessThatDoesNotRead_KeepsEventsInTheQueue) {
    auto p = pool({"one"});
    host.running = {0};
    host.broken[0] = ListenerHost::Written::Full;
    p.output(0, "READY\n");
    p.accept(event());
    EXPECT_EQ(p.queued(), 1U);
    host.broken.clear();
    p.accept(event());
    EXPECT_THAT(serials(host.text[0]), ElementsAre("0"));
}

TEST_F(ListenerPoolTest, UnknownProcess_IsIgnored) {
    auto p = pool({"one"});
    p.output(7, "READY\n");
    p.starting(7);
    p.running(7);
    p.ended(7);
    EXPECT_EQ(p.state(7), ListenerState::Unknown);
    EXPECT_THAT(host.lines, IsEmpty());
}

TEST_F(ListenerPoolTest, SavedAndRestored_GoesOnWithTheSameEventsAndSerials) {
    auto first = pool({"one", "two"});
    host.running = {0, 1};
    first.output(0, "READY\n");
    first.output(1, "REA");
    for (int i = 0; i < 3; ++i) first.accept(event(fmt::format("when:{}", i)));
    host.text.clear();

    auto second = pool({"two", "one"});
    second.restore(first.save());
    EXPECT_EQ(second.save().totals, first.save().totals);
    EXPECT_EQ(second.queued(), 2U);
    EXPECT_EQ(second.state(1), ListenerState::Busy);
    second.output(0, "DY\n");
    EXPECT_THAT(serials(host.text[0]), ElementsAre("1"));
    second.output(1, "RESULT 4\nFAILREADY\n");
    EXPECT_THAT(serials(host.text[1]), ElementsAre("0"));
    second.accept(event());
    EXPECT_EQ(second.save().next_pool_serial, 4U);
}

TEST_F(ListenerPoolTest, PoolThatHoldsItsEventsBack_AsksAgainWhenRestored) {
    auto first = pool({"one"});
    host.running = {0};
    first.accept(event());
    for (unsigned i = 0; i < ListenerPool::kRejectsAtOnce; ++i) {
        first.output(0, "READY\n");
        first.output(0, "RESULT 4\nFAIL");
    }
    EXPECT_EQ(host.holds, 1);
    auto second = pool({"one"});
    second.restore(first.save());
    EXPECT_EQ(host.holds, 2);
    second.output(0, "READY\n");
    EXPECT_EQ(second.queued(), 1U);
    second.resume();
    EXPECT_EQ(second.queued(), 0U);
}

}  // namespace
}  // namespace svd::event
