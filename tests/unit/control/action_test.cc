#include "fixture.h"

namespace svd::control {

TEST_F(SupervisorTest, Start_Waits_UntilRunning) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    pass(500ms);
    EXPECT_FALSE(outcome);
    pass(600ms);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->has_value());
}

TEST_F(SupervisorTest, Start_WithoutWaiting_AnswersAtOnce) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::No, remember());
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_EQ(at("web", "web").data.state, process::State::Starting);
}

TEST_F(SupervisorTest, Start_OfAnUnknownName_NamesItAsSent) {
    supervisor.start("no:such", Wait::Yes, remember());
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().text(), "BAD_NAME: no:such");
    supervisor.start("none:*", Wait::Yes, remember());
    EXPECT_EQ(outcome->error().text(), "BAD_NAME: none:*");
}

TEST_F(SupervisorTest, Start_ThatCannotSpawn_IsASpawnError) {
    actuator.fail_spawn.insert("web");
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::Yes, remember());
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().text(), "SPAWN_ERROR: web");
}

TEST_F(SupervisorTest, Start_ThatExitsEarlyWhileWaitedFor_IsASpawnError) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::Yes, remember());
    feed(at("web", "web"), process::Exited{{1}});
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().code, FaultCode::SpawnError);
}

TEST_F(SupervisorTest, Start_StoppedByAnotherClient_IsAnAbnormalTermination) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::Yes, remember());
    feed(at("web", "web"), process::StopRequested{});
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().text(), "ABNORMAL_TERMINATION: web");
}

TEST_F(SupervisorTest, Start_OfARunningProcess_IsRefused) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::No, remember());
    supervisor.start("web", Wait::No, remember());
    EXPECT_EQ(outcome->error().text(), "ALREADY_STARTED: web");
}

TEST_F(SupervisorTest, Start_ChecksTheCommandBeforeTheState) {
    auto config = program("web");
    config.command = "missing";
    add(group("web", {config}));
    supervisor.start("web", Wait::No, remember());
    EXPECT_EQ(outcome->error().text(), "NO_FILE: can't find command 'missing'");
}

TEST_F(SupervisorTest, Start_DuringAStop_WaitsForTheStopAndStartsAgain) {
    add(group("web", {program("web")}));
    auto& web = at("web", "web");
    supervisor.start("web", Wait::No, remember());
    supervisor.stop("web", Wait::No, remember());
    ASSERT_EQ(web.data.state, process::State::Stopping);
    supervisor.start("web", Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    feed(web, exited_by(15));
    EXPECT_EQ(web.data.state, process::State::Starting);
    pass(1100ms);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->has_value());
}

TEST_F(SupervisorTest, Stop_DuringARestart_TakesTheStartBack) {
    add(group("web", {program("web")}));
    auto& web = at("web", "web");
    supervisor.start("web", Wait::No, remember());
    supervisor.stop("web", Wait::No, remember());
    supervisor.start("web", Wait::No, remember());
    supervisor.stop_all(Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    feed(web, exited_by(15));
    supervisor.settle();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(web.data.state, process::State::Stopped);
    supervisor.stop("web", Wait::No, remember());
    EXPECT_EQ(outcome->error().text(), "NOT_RUNNING: web");
}

TEST_F(SupervisorTest, Stop_WaitsUntilNothingIsLeft_AndReportsEveryTwoSeconds) {
    auto config = program("web");
    config.stopwaitsecs = config::Seconds(60);
    add(group("web", {config}));
    auto& web = at("web", "web");
    supervisor.start("web", Wait::No, remember());
    supervisor.stop("web", Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    EXPECT_THAT(host.lines, testing::ElementsAre("waiting for web to stop"));
    pass(2s);
    EXPECT_THAT(host.lines, testing::SizeIs(2));
    feed(web, process::Exited{{std::nullopt, 15}, true});
    EXPECT_FALSE(outcome);
    feed(web, process::Emptied{});
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->has_value());
    pass(2s);
    EXPECT_FALSE(supervisor.next_deadline());
}

TEST_F(SupervisorTest, Stop_OfAStoppedProcess_IsRefused) {
    add(group("web", {program("web")}));
    supervisor.stop("web", Wait::Yes, remember());
    EXPECT_EQ(outcome->error().text(), "NOT_RUNNING: web");
}

TEST_F(SupervisorTest, Signal_ReportsBadSignalBeforeState) {
    add(group("web", {program("web")}));
    EXPECT_EQ(supervisor.signal("web", "NOPE").error().text(), "BAD_SIGNAL: NOPE");
    EXPECT_EQ(supervisor.signal("web", "HUP").error().text(), "NOT_RUNNING: web");
    supervisor.start("web", Wait::No, remember());
    EXPECT_TRUE(supervisor.signal("web", "hup"));
    EXPECT_THAT(host.sent, testing::ElementsAre(testing::Pair("web", 1)));
}

TEST_F(SupervisorTest, SendStdin_NeedsARunningProcess) {
    add(group("web", {program("web")}));
    EXPECT_EQ(supervisor.send_stdin("web", "x").error().code, FaultCode::NotRunning);
    supervisor.start("web", Wait::No, remember());
    EXPECT_TRUE(supervisor.send_stdin("web", "hello\n"));
    EXPECT_EQ(host.stdin_text, "hello\n");
}

}  // namespace svd::control
