#include "http/page_actions.h"

#include <cstdlib>
#include <ctime>

#include "unit/control/fixture.h"

namespace svd::http {
namespace {

using control::exited_by;
using namespace std::chrono_literals;

class PageActionTest : public control::SupervisorTest {
  protected:
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        add(group("cat", {program("cat")}));
        add(group("web", {program("a"), program("b")}));
        config::ProcessConfig gone = program("gone");
        gone.command = "missing";
        add(group("gone", {std::move(gone)}));
    }
    // The message; "(waiting)" while there is none.
    std::string act(std::string_view name, std::string_view process = {}) {
        message = "(waiting)";
        auto action = find_page_action(name, process);
        if (!action) return "(none)";
        run_page_action(
            supervisor, *std::move(action), [this] { return host.time.wall; },
            [this](std::string text) { message = std::move(text); });
        return message;
    }
    void run(process::Process& process) {
        feed(process, process::StartRequested{});
        pass(2s);
        ASSERT_EQ(process.data.state, process::State::Running);
    }
    void stop_now(process::Process& process) { feed(process, exited_by(15)); }

    std::string message;
};

TEST(FindPageAction, UnknownNamesAndMissingProcesses_AreNone) {
    EXPECT_FALSE(find_page_action("nosuch", "cat"));
    EXPECT_FALSE(find_page_action("", ""));
    EXPECT_FALSE(find_page_action("start", ""));
    EXPECT_FALSE(find_page_action("Start", "cat"));
    EXPECT_EQ(find_page_action("start", "cat")->verb, PageVerb::Start);
    EXPECT_EQ(find_page_action("stopall", "cat")->process, "");
    EXPECT_FALSE(find_page_action("refresh", "")->changes_something());
    EXPECT_EQ(describe(*find_page_action("clearlog", "cat")), "clear the logs of cat");
    EXPECT_EQ(describe(*find_page_action("stopall", "")), "stop all programs");
}

TEST_F(PageActionTest, StartAndStop_SayWhatSupervisorSays) {
    EXPECT_EQ(act("start", "cat"), "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "Process cat started");
    EXPECT_EQ(act("start", "cat"), "ERROR: Process cat: already started");
    EXPECT_EQ(act("stop", "cat"), "(waiting)");
    stop_now(at("cat", "cat"));
    EXPECT_EQ(message, "Process cat stopped");
    EXPECT_EQ(act("stop", "cat"), "unexpected rpc fault [70] NOT_RUNNING: cat");
    EXPECT_EQ(act("clearlog", "cat"), "Log for cat cleared");
}

TEST_F(PageActionTest, StartThatFails_SaysWhy) {
    EXPECT_EQ(act("start", "gone"), "ERROR: Process gone: no such file");
    actuator.fail_spawn.insert("cat");
    EXPECT_EQ(act("start", "cat"), "ERROR: Process cat: spawn error");
}

TEST_F(PageActionTest, UnknownNames_AreNamed) {
    for (const char* action : {"start", "stop", "restart", "clearlog"}) {
        EXPECT_EQ(act(action, "nosuch"), "No such process named nosuch") << action;
        EXPECT_EQ(act(action, "cat:x:y"), "No such process named cat:x:y") << action;
    }
    EXPECT_EQ(act("clearlog", "web:*"), "No such process named web:*");
}

TEST_F(PageActionTest, Restart_StopsThenStarts) {
    run(at("cat", "cat"));
    EXPECT_EQ(act("restart", "cat"), "(waiting)");
    stop_now(at("cat", "cat"));
    EXPECT_EQ(at("cat", "cat").data.state, process::State::Starting);
    EXPECT_EQ(message, "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "Process cat restarted");
}

TEST_F(PageActionTest, RestartOfAStoppedProcess_StartsIt) {
    EXPECT_EQ(act("restart", "cat"), "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "Process cat restarted");
}

// Supervisor says "restarted" here.
TEST_F(PageActionTest, RestartWhoseStartFails_SaysSo) {
    run(at("cat", "cat"));
    actuator.fail_spawn.insert("cat");
    EXPECT_EQ(act("restart", "cat"), "(waiting)");
    stop_now(at("cat", "cat"));
    EXPECT_EQ(message, "ERROR: Process cat: spawn error");
}

TEST_F(PageActionTest, RestartWhileTheDaemonBeginsToStop_DoesNotStart) {
    run(at("cat", "cat"));
    EXPECT_EQ(act("restart", "cat"), "(waiting)");
    fleet.begin_shutdown(process::DaemonState::Shutdown, host.time);
    stop_now(at("cat", "cat"));
    EXPECT_EQ(message, "unexpected rpc fault [6] SHUTDOWN_STATE");
    EXPECT_EQ(at("cat", "cat").data.state, process::State::Stopped);
}

TEST_F(PageActionTest, Groups_AreStartedStoppedAndRestarted) {
    EXPECT_EQ(act("start", "web:*"), "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "Group web started");
    EXPECT_EQ(act("restart", "web:*"), "(waiting)");
    stop_now(at("web", "a"));
    stop_now(at("web", "b"));
    EXPECT_EQ(message, "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "Group web restarted");
    EXPECT_EQ(act("stop", "web:*"), "(waiting)");
    stop_now(at("web", "a"));
    stop_now(at("web", "b"));
    EXPECT_EQ(message, "Group web stopped");
    actuator.fail_spawn.insert("b");
    EXPECT_EQ(act("start", "web:*"), "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "ERROR: Group web started, except web:b: spawn error");
}

TEST_F(PageActionTest, All_SayWhenAndWhatFailed) {
    EXPECT_EQ(act("refresh"), "Page refreshed at Tue Nov 14 22:13:20 2023");
    EXPECT_EQ(act("stopall"), "All stopped at Tue Nov 14 22:13:20 2023");
    EXPECT_EQ(act("startall"), "(waiting)");
    pass(2s);
    EXPECT_EQ(message, "ERROR: All started at Tue Nov 14 22:13:22 2023, except gone: no such file");
    fleet.remove_group("gone");
    EXPECT_EQ(act("restartall"), "(waiting)");
    for (auto* process : {&at("cat", "cat"), &at("web", "a"), &at("web", "b")}) stop_now(*process);
    pass(2s);
    EXPECT_EQ(message, "All restarted at Tue Nov 14 22:13:24 2023");
}

TEST_F(PageActionTest, ManyFailures_AreCounted) {
    std::vector<config::ProcessConfig> members;
    for (int i = 0; i < 8; ++i) {
        members.push_back(program("m" + std::to_string(i)));
        members.back().command = "missing";
    }
    add(group("many", std::move(members)));
    EXPECT_EQ(act("start", "many:*"),
              "ERROR: Group many started, except many:m0: no such file; many:m1: no such file; "
              "many:m2: no such file; many:m3: no such file; many:m4: no such file; and 3 more");
}

TEST(CtimeText, DaysBelowTen_HaveABlank) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    EXPECT_EQ(ctime_text(WallTime(std::chrono::seconds(0))), "Thu Jan  1 00:00:00 1970");
}

}  // namespace
}  // namespace svd::http
