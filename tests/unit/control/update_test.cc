#include "fixture.h"

namespace svd::control {

namespace {
using testing::ElementsAre;

class UpdateTest : public SupervisorTest {
  protected:
    void on_disk(std::vector<config::GroupConfig> groups) {
        auto config = std::make_shared<config::Config>();
        config->groups = std::move(groups);
        host.on_disk = std::shared_ptr<const config::Config>(std::move(config));
    }
    void update() {
        supervisor.update([this](Outcome<ReloadResult> result) { updated = std::move(result); });
    }
    config::GroupConfig one(const std::string& name, const std::string& command = "/bin/true") {
        auto member = program(name);
        member.command = command;
        return group(name, {member});
    }
    std::optional<Outcome<ReloadResult>> updated;
};
}  // namespace

TEST_F(UpdateTest, Update_AnswersWhenEverythingIsCarriedOut) {
    add(one("gone"));
    add(one("other"));
    add(one("same"));
    supervisor.start_all(Wait::No, remember());
    on_disk({one("new"), one("other", "/bin/false"), one("same")});
    update();
    EXPECT_FALSE(updated);
    feed(at("gone", "gone"), exited_by(15));
    EXPECT_FALSE(updated);
    feed(at("other", "other"), exited_by(15));
    ASSERT_TRUE(updated && *updated);
    EXPECT_THAT((*updated)->added, ElementsAre("new"));
    EXPECT_THAT((*updated)->changed, ElementsAre("other"));
    EXPECT_THAT((*updated)->removed, ElementsAre("gone"));
    EXPECT_EQ(fleet.find_group("gone"), nullptr);
    EXPECT_EQ(at("other", "other").config->command, "/bin/false");
    EXPECT_NE(fleet.find_group("new"), nullptr);
    EXPECT_TRUE(process::is_running(at("same", "same").data.state));
}

TEST_F(UpdateTest, Update_WithABrokenFile_ChangesNothing) {
    add(one("a"));
    host.on_disk = fail("line 3 is wrong");
    update();
    ASSERT_TRUE(updated && !*updated);
    EXPECT_EQ(updated->error().text(), "CANT_REREAD: line 3 is wrong");
    EXPECT_NE(fleet.find_group("a"), nullptr);
}

TEST_F(UpdateTest, Update_WhileAnotherIsUnderWay_IsRefused) {
    add(one("gone"));
    supervisor.start_all(Wait::No, remember());
    on_disk({});
    update();
    std::optional<Outcome<ReloadResult>> second;
    supervisor.update([&](Outcome<ReloadResult> result) { second = std::move(result); });
    ASSERT_TRUE(second && !*second);
    EXPECT_EQ(second->error().code, FaultCode::Failed);
    feed(at("gone", "gone"), exited_by(15));
    ASSERT_TRUE(updated && *updated);
    update();
    EXPECT_TRUE(*updated);
}

TEST_F(SupervisorTest, Restart_OfAProcess_StopsItAndWaitsUntilItRunsAgain) {
    add(group("a", {program("a")}));
    supervisor.start("a", Wait::No, remember());
    pass(2s);
    supervisor.restart_process("a", Wait::Yes, remember());
    EXPECT_FALSE(outcome);
    const auto run = at("a", "a").data.run;
    feed(at("a", "a"), exited_by(15));
    EXPECT_FALSE(outcome);
    pass(2s);
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_EQ(at("a", "a").data.run, run + 1);
}

TEST_F(SupervisorTest, Restart_OfWhatDoesNotRun_StartsIt) {
    add(group("a", {program("a")}));
    supervisor.restart_process("a", Wait::No, remember());
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_EQ(at("a", "a").data.state, process::State::Starting);
    supervisor.restart_process("b", Wait::No, remember());
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_EQ(outcome->error().code, FaultCode::BadName);
}

TEST_F(SupervisorTest, RestartGroup_StartsTheFirstWhenTheLastIsDown) {
    add(group("g", {program("a"), program("b")}));
    supervisor.start_all(Wait::No, remember());
    supervisor.restart_process("g:*", Wait::Yes, remember());
    feed(at("g", "a"), exited_by(15));
    EXPECT_EQ(at("g", "a").data.state, process::State::Stopped);
    feed(at("g", "b"), exited_by(15));
    EXPECT_EQ(at("g", "a").data.state, process::State::Starting);
    EXPECT_FALSE(outcome);
    pass(2s);
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_THAT(**outcome, testing::SizeIs(2));
}

TEST_F(SupervisorTest, RestartAll_WithoutWaiting_AnswersAtOnceAndGoesOn) {
    add(group("g", {program("a")}));
    supervisor.start_all(Wait::No, remember());
    supervisor.restart_all(Wait::No, remember());
    ASSERT_TRUE(outcome && *outcome);
    feed(at("g", "a"), exited_by(15));
    EXPECT_EQ(at("g", "a").data.state, process::State::Starting);
}

}  // namespace svd::control
