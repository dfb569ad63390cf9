#include "fixture.h"

namespace svd::control {

namespace {
std::vector<std::string> names(const MemberResults& results) {
    std::vector<std::string> all;
    for (const auto& result : results) all.push_back(result.name + "=" + result.description);
    return all;
}
}  // namespace

TEST_F(SupervisorTest, StartGroup_ActsOnMembersThatAreNotRunning_ByPriority) {
    auto first = program("first");
    first.priority = 1;
    auto missing = program("missing");
    missing.command = "missing";
    add(group("g", {program("later"), first, missing, program("running")}));
    supervisor.start("g:running", Wait::No, remember());
    supervisor.start("g:*", Wait::No, remember());
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_THAT(names(**outcome),
                testing::ElementsAre("first=OK", "later=OK",
                                     "missing=NO_FILE: can't find command 'missing'"));
}

TEST_F(SupervisorTest, StopAll_WaitsForEveryMember) {
    add(group("g", {program("a"), program("b")}));
    supervisor.start_all(Wait::No, remember());
    supervisor.stop_all(Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    feed(at("g", "b"), exited_by(15));
    EXPECT_FALSE(outcome);
    feed(at("g", "a"), exited_by(15));
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_THAT(names(**outcome), testing::ElementsAre("b=OK", "a=OK"));
}

TEST_F(SupervisorTest, StartAll_OfManyProcesses_StartsInSlices) {
    std::vector<config::ProcessConfig> members;
    for (int i = 0; i < 100; ++i) members.push_back(program("p" + std::to_string(i)));
    add(group("g", members));
    supervisor.start_all(Wait::No, remember());
    EXPECT_FALSE(outcome);
    EXPECT_GT(host.settle_requests, 0);
    for (int turn = 0; turn < 10 && !outcome; ++turn) supervisor.settle();
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_THAT(**outcome, testing::SizeIs(100));
}

TEST_F(SupervisorTest, EmptyGroupAndNothingToDo_AnswerWithAnEmptyList) {
    add(group("g", {program("a")}));
    supervisor.stop_all(Wait::Yes, remember());
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_THAT(**outcome, testing::IsEmpty());
}

TEST_F(SupervisorTest, SignalAll_ListsSignallableMembersOnly) {
    add(group("g", {program("a"), program("b")}));
    supervisor.start("g:a", Wait::No, remember());
    EXPECT_THAT(names(supervisor.signal_all("USR1")), testing::ElementsAre("a=OK"));
    EXPECT_THAT(names(supervisor.signal_all("NOPE")), testing::ElementsAre("a=BAD_SIGNAL: NOPE"));
}

TEST_F(SupervisorTest, Reload_ComparesWithTheRunningGroups_AndAddsFromTheNewConfiguration) {
    add(group("gone", {program("gone")}));
    add(group("same", {program("same")}));
    add(group("other", {program("other")}));
    auto config = std::make_shared<config::Config>();
    auto changed = program("other");
    changed.startretries = 9;
    config->groups = {group("new", {program("new")}), group("same", {program("same")}),
                      group("other", {changed})};
    host.on_disk = std::shared_ptr<const config::Config>(config);
    const auto reload = supervisor.reload_config();
    ASSERT_TRUE(reload);
    EXPECT_THAT(reload->added, testing::ElementsAre("new"));
    EXPECT_THAT(reload->changed, testing::ElementsAre("other"));
    EXPECT_THAT(reload->removed, testing::ElementsAre("gone"));

    EXPECT_EQ(supervisor.add_group("same").error().text(), "ALREADY_ADDED: same");
    EXPECT_EQ(supervisor.add_group("nope").error().text(), "BAD_NAME: nope");
    EXPECT_TRUE(supervisor.add_group("new"));
    EXPECT_NE(fleet.find("new", "new"), nullptr);
}

TEST_F(SupervisorTest, Reload_OfOtherLimitsAlone_ReplacesTheConfigurationOfRunningProcesses) {
    add(group("g", {program("a"), program("b")}));
    add(group("same", {program("same")}));
    supervisor.start("g:a", Wait::No, remember());
    auto limited = program("a");
    limited.limits.edit().nice = 5;
    auto next = std::make_shared<config::Config>();
    next->groups = {group("g", {limited, program("b")}), group("same", {program("same")})};
    host.on_disk = next;
    const auto reload = supervisor.reload_config();
    ASSERT_TRUE(reload);
    EXPECT_THAT(reload->changed, testing::IsEmpty());
    EXPECT_THAT(host.relimited, testing::ElementsAre("g: ", "a: nice unset -> 5", "b: "));
    EXPECT_EQ(at("g", "a").config->limits->nice, 5);
    EXPECT_EQ(at("g", "a").data.state, process::State::Starting);
    host.relimited.clear();
    ASSERT_TRUE(supervisor.reload_config());
    EXPECT_THAT(host.relimited, testing::IsEmpty());
}

TEST_F(SupervisorTest, Reload_OfABrokenConfiguration_ChangesNothing) {
    add(group("web", {program("web")}));
    host.on_disk = fail("not a valid boolean value: 'maybe'");
    EXPECT_EQ(supervisor.reload_config().error().text(),
              "CANT_REREAD: not a valid boolean value: 'maybe'");
    EXPECT_NE(fleet.find("web", "web"), nullptr);
}

TEST_F(SupervisorTest, RemoveGroup_NeedsEveryMemberStopped) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::No, remember());
    EXPECT_EQ(supervisor.remove_group("web").error().text(), "STILL_RUNNING: web");
    supervisor.stop("web", Wait::No, remember());
    feed(at("web", "web"), exited_by(15));
    EXPECT_TRUE(supervisor.remove_group("web"));
    EXPECT_EQ(supervisor.remove_group("web").error().text(), "BAD_NAME: web");
}

TEST_F(SupervisorTest, Shutdown_IsAskedOfTheHost_AndVerbsAreRefusedOnceItBegins) {
    EXPECT_TRUE(supervisor.admit());
    EXPECT_TRUE(supervisor.shutdown());
    EXPECT_EQ(host.requested, process::DaemonState::Shutdown);
    fleet.begin_shutdown(process::DaemonState::Shutdown, host.time);
    EXPECT_EQ(supervisor.admit().error().text(), "SHUTDOWN_STATE");
}

}  // namespace svd::control
