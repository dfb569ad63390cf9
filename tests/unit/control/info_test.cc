#include "fixture.h"

namespace svd::control {

TEST(SplitNamespec, FollowsSupervisorsRules) {
    EXPECT_EQ(split_namespec("web").group, "web");
    EXPECT_EQ(split_namespec("web").process, "web");
    EXPECT_EQ(split_namespec("g:p").process, "p");
    EXPECT_EQ(split_namespec("g:p:q").process, "p:q");
    EXPECT_FALSE(split_namespec("g:*").process);
    EXPECT_FALSE(split_namespec("g:").process);
}

TEST_F(SupervisorTest, ProcessInfo_ShowsARunningProcess) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::No, remember());
    const auto info = supervisor.process_info("web");
    ASSERT_TRUE(info);
    EXPECT_EQ(info->pid, 100);
    EXPECT_EQ(info->start, 1'700'000'000);
    EXPECT_EQ(info->stop, 0);
    EXPECT_EQ(info->stdout_logfile, "/log/web");
    EXPECT_EQ(info->stderr_logfile, "");
    EXPECT_EQ(supervisor.process_info("web:*").error().text(), "BAD_NAME: web:*");
}

TEST_F(SupervisorTest, ProcessInfo_ShowsSignalDeathsAsMinusOne) {
    add(group("web", {program("web")}));
    supervisor.start("web", Wait::No, remember());
    pass(2s);
    feed(at("web", "web"), exited_by(9));
    supervisor.stop("web", Wait::No, remember());
    feed(at("web", "web"), exited_by(9));
    EXPECT_EQ(supervisor.process_info("web")->exitstatus, -1);
}

TEST_F(SupervisorTest, AllConfigInfo_IsSortedByName_AndSaysWhatIsInUse) {
    auto config = std::make_shared<config::Config>();
    config->groups = {group("b", {program("b")}), group("a", {program("a")})};
    host.on_disk = std::shared_ptr<const config::Config>(config);
    add(group("a", {program("a")}));
    ASSERT_TRUE(supervisor.reload_config());
    const auto all = supervisor.all_config_info();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].process->name, "a");
    EXPECT_TRUE(all[0].in_use);
    EXPECT_EQ(all[0].stdout_logfile, "/log/a");
    EXPECT_FALSE(all[1].in_use);
    EXPECT_EQ(all[1].stdout_logfile, "auto");
}

// What it says of itself stands behind what Supervisor's clients take apart, and only in svd's own.
TEST_F(SupervisorTest, Status_ShowsWhatAProcessSaysOfItself) {
    auto web = program("web");
    web.readiness.edit().by = config::ReadyBy::Notify;
    add(group("web", {web}));
    supervisor.start("web", Wait::No, remember());
    host.said[&at("web", "web")] = {"loading", true, false, {}};
    std::string shown;
    const auto look = [&](const process::Process&, std::string_view text) { shown = text; };
    supervisor.each_status(look);
    EXPECT_EQ(shown, "reloading, loading");
    EXPECT_EQ(supervisor.process_info("web")->description, "");
    EXPECT_EQ(supervisor.process_info("web")->status_text, "loading");
    EXPECT_EQ(supervisor.process_info("web")->phase, "reloading");
    feed(at("web", "web"), process::Ready{});
    pass(2s);
    host.said[&at("web", "web")] = {"12 clients", false, false, {}};
    supervisor.each_status(look);
    EXPECT_TRUE(shown.starts_with("pid 100, uptime 0:00:")) << shown;
    EXPECT_TRUE(shown.ends_with(", 12 clients")) << shown;
    EXPECT_FALSE(supervisor.process_info("web")->description.ends_with("clients"));
}

// Waiting for a start is waiting for READY.
TEST_F(SupervisorTest, Start_WaitsUntilItIsReady) {
    auto web = program("web");
    web.readiness.edit().by = config::ReadyBy::Notify;
    web.startsecs = config::Seconds{0};
    add(group("web", {web}));
    supervisor.start("web", Wait::Yes, remember());
    pass(30s);
    supervisor.settle();
    EXPECT_FALSE(outcome);
    feed(at("web", "web"), process::Ready{});
    supervisor.settle();
    EXPECT_TRUE(outcome);
}

}  // namespace svd::control
