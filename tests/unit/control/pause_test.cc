#include "fixture.h"

namespace svd::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

struct PauseVerbs : SupervisorTest {
    PauseVerbs() {
        auto slow = program("slow");
        slow.startsecs = std::chrono::seconds(100);
        add(group("web", {program("web")}));
        add(group("many", {program("a"), program("b")}));
        add(group("slow", {slow}));
    }
    void run(process::Process& process) {
        feed(process, process::StartRequested{});
        pass(2s);
    }
    // The kernel has carried out the latest order.
    void carried_out(process::Process& process) {
        host.pauses[&process].changing = false;
        supervisor.settle();
    }
    // What happened to it lifted the pause, as the daemon does it.
    void lifted(process::Process& process, std::string why) {
        host.pauses[&process] = {
            .paused = false, .changing = false, .failed = false, .trouble = std::move(why)};
        supervisor.settle();
    }
    void failed(process::Process& process, std::string why) {
        host.pauses[&process] = {
            .paused = false, .changing = false, .failed = true, .trouble = std::move(why)};
        supervisor.settle();
    }
    std::string fault() { return outcome && !*outcome ? outcome->error().text() : "none"; }
    std::vector<std::string> members() {
        std::vector<std::string> names;
        for (const auto& result : **outcome)
            names.push_back(result.group + ":" + result.name + " " + result.description);
        return names;
    }
    std::string description(std::string_view name) {
        return supervisor.process_info(name)->description;
    }
};

TEST_F(PauseVerbs, Pause_AnswersWhenTheKernelHasDoneIt) {
    auto& web = at("web", "web");
    run(web);
    supervisor.pause("web", remember());
    EXPECT_FALSE(outcome);
    EXPECT_THAT(host.pause_orders, ElementsAre(Pair("web", true)));
    carried_out(web);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_THAT(**outcome, IsEmpty());
    EXPECT_EQ(web.data.state, process::State::Running);
}

TEST_F(PauseVerbs, Paused_IsShownBehindTheRest) {
    auto& web = at("web", "web");
    run(web);
    const auto before = description("web");
    EXPECT_FALSE(supervisor.process_info("web")->paused);
    supervisor.pause("web", remember());
    carried_out(web);
    EXPECT_EQ(description("web"), before + ", paused");
    EXPECT_TRUE(supervisor.process_info("web")->paused);
    supervisor.each_status([&](const process::Process& process, std::string_view text) {
        EXPECT_EQ(text.ends_with(", paused"), &process == &web) << text;
    });
    supervisor.resume("web", remember());
    carried_out(web);
    EXPECT_EQ(description("web"), before);
}

TEST_F(PauseVerbs, Twice_IsNoFaultAndNoSecondOrder) {
    auto& web = at("web", "web");
    run(web);
    supervisor.resume("web", remember());
    ASSERT_TRUE(outcome && outcome->has_value());
    supervisor.pause("web", remember());
    carried_out(web);
    supervisor.pause("web", remember());
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_EQ(host.pause_orders.size(), 1U);
}

TEST_F(PauseVerbs, ASecondClient_WaitsForTheFirstOnesOrder) {
    auto& web = at("web", "web");
    run(web);
    std::optional<Outcome<MemberResults>> first;
    supervisor.pause("web", [&](Outcome<MemberResults> result) { first = std::move(result); });
    supervisor.pause("web", remember());
    EXPECT_FALSE(first || outcome);
    EXPECT_EQ(host.pause_orders.size(), 1U);
    carried_out(web);
    EXPECT_TRUE(first && first->has_value() && outcome && outcome->has_value());
}

TEST_F(PauseVerbs, WhatDoesNotRun_IsNotRunning) {
    for (const auto* name : {"web", "many:a"}) {
        supervisor.pause(name, remember());
        EXPECT_EQ(fault(), "NOT_RUNNING: " + std::string(name));
        supervisor.resume(name, remember());
        EXPECT_EQ(fault(), "NOT_RUNNING: " + std::string(name));
    }
    auto& web = at("web", "web");
    run(web);
    feed(web, process::StopRequested{});
    ASSERT_EQ(web.data.state, process::State::Stopping);
    supervisor.pause("web", remember());
    EXPECT_EQ(fault(), "NOT_RUNNING: web");
    supervisor.pause("nope", remember());
    EXPECT_EQ(fault(), "BAD_NAME: nope");
    supervisor.resume("nope:*", remember());
    EXPECT_EQ(fault(), "BAD_NAME: nope:*");
    EXPECT_THAT(host.pause_orders, IsEmpty());
}

TEST_F(PauseVerbs, AStartingProcess_MayBePausedAndCountsAsStartedInTime) {
    auto& slow = at("slow", "slow");
    feed(slow, process::StartRequested{});
    ASSERT_EQ(slow.data.state, process::State::Starting);
    supervisor.pause("slow", remember());
    carried_out(slow);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_EQ(description("slow"), "paused");
    pass(100s);
    EXPECT_EQ(slow.data.state, process::State::Running);
}

TEST_F(PauseVerbs, AStopThatOvertakes_EndsTheWait) {
    auto& web = at("web", "web");
    run(web);
    supervisor.pause("web", remember());
    feed(web, process::StopRequested{});
    EXPECT_EQ(fault(), "NOT_RUNNING: web");
}

TEST_F(PauseVerbs, AnOrderThatOvertakes_IsSaid) {
    auto& web = at("web", "web");
    run(web);
    std::optional<Outcome<MemberResults>> first;
    supervisor.pause("web", [&](Outcome<MemberResults> result) { first = std::move(result); });
    supervisor.resume("web", remember());
    EXPECT_THAT(host.pause_orders, ElementsAre(Pair("web", true), Pair("web", false)));
    lifted(web, "it was resumed meanwhile");
    ASSERT_TRUE(first && !first->has_value());
    EXPECT_EQ(first->error().text(), "FAILED: it was resumed meanwhile");
    EXPECT_TRUE(outcome && outcome->has_value());
}

TEST_F(PauseVerbs, WhatCannotBePausedHere_SaysWhy) {
    run(at("web", "web"));
    host.can_pause = false;
    supervisor.pause("web", remember());
    EXPECT_EQ(fault(), "FAILED: pausing needs a cgroup");
    host.can_pause = true;
    supervisor.pause("web", remember());
    lifted(at("web", "web"), "not frozen after 5 seconds");
    EXPECT_EQ(fault(), "FAILED: not frozen after 5 seconds");
}

TEST_F(PauseVerbs, AResumeThatTheKernelDoesNotCarryOut_FailsAndIsTriedAgain) {
    auto& web = at("web", "web");
    run(web);
    supervisor.pause("web", remember());
    carried_out(web);
    supervisor.resume("web", remember());
    failed(web, "not thawed after 5 seconds");
    EXPECT_EQ(fault(), "FAILED: not thawed after 5 seconds");
    supervisor.resume("web", remember());
    EXPECT_FALSE(outcome);
    carried_out(web);
    EXPECT_TRUE(outcome && outcome->has_value());
    EXPECT_EQ(host.pause_orders.size(), 3U);
}

TEST_F(PauseVerbs, AGroupAndAll_TakeWhatTheVerbConcerns) {
    auto& a = at("many", "a");
    auto& web = at("web", "web");
    run(a);
    run(web);
    supervisor.pause("many:*", remember());
    carried_out(a);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_THAT(members(), ElementsAre("many:a OK"));
    supervisor.pause_all(remember());
    EXPECT_FALSE(outcome);
    carried_out(web);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_EQ(members().size(), 2U);
    supervisor.resume("web", remember());
    carried_out(web);
    supervisor.resume_all(remember());
    carried_out(a);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_THAT(members(), ElementsAre("many:a OK"));
    supervisor.resume_all(remember());
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_THAT(**outcome, IsEmpty());
}

}  // namespace
}  // namespace svd::control
