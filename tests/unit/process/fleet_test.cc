#include "process/fleet.h"

#include <gmock/gmock.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FleetTest : public ::testing::Test {
  protected:
    // Starts everything that is queued, and lets the starts succeed.
    void start_all() {
        for (Group* g : fleet.groups_by_priority()) fleet.queue_autostart(*g);
        while (fleet.start_some(100, at(clock))) {
        }
        clock += 1s;
        fleet.on_time(at(clock));
        actuator.take();
    }
    RecordingActuator actuator;
    Fleet fleet{actuator};
    Duration clock{0};
};

TEST_F(FleetTest, AddGroup_MakesItsProcessesAndStartsNothing) {
    Group& added = fleet.add_group(group("web", 5, {member("a", 1), member("b", 2)}));
    EXPECT_THAT(actuator.take(), ElementsAre("added web"));
    EXPECT_EQ(fleet.find_group("web"), &added);
    EXPECT_EQ(fleet.find("web", "b"), added.processes[1].get());
    EXPECT_EQ(fleet.find("web", "c"), nullptr);
    EXPECT_EQ(fleet.find("mail", "a"), nullptr);
    EXPECT_EQ(fleet.process_count(), 2U);
    EXPECT_TRUE(added.all_stopped());
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
    EXPECT_EQ(added.processes[0]->namespec(), "web:a");
}

TEST_F(FleetTest, Namespec_OfAGroupOfItsOwnIsTheBareName) {
    Group& added = fleet.add_group(group("web", 5));
    EXPECT_EQ(added.processes[0]->namespec(), "web");
}

TEST_F(FleetTest, AddGroupTwice_GivesTheOneThatIsThere) {
    Group& first = fleet.add_group(group("web", 5));
    EXPECT_EQ(&fleet.add_group(group("web", 7)), &first);
    EXPECT_EQ(fleet.process_count(), 1U);
    EXPECT_THAT(actuator.take(), ElementsAre("added web"));
}

TEST_F(FleetTest, ProcessesByName_AreSortedByGroupThenName) {
    fleet.add_group(group("b", 1, {member("z", 1), member("a", 2)}));
    fleet.add_group(group("a", 9));
    std::vector<std::string> names;
    for (const Process* p : fleet.processes_by_name()) names.push_back(p->namespec());
    EXPECT_THAT(names, ElementsAre("a", "b:a", "b:z"));
}

TEST_F(FleetTest, Autostart_FollowsGroupPriorityThenAdditionThenMemberPriority_Defect19) {
    fleet.add_group(group("late", 999, {member("q", 2), member("p", 1)}));
    fleet.add_group(group("first", 1));
    fleet.add_group(group("again", 999, {member("n", 5), member("m", 5), member("o", 4)}));
    actuator.take();
    // In any order of the calls.
    for (const char* name : {"again", "late", "first"})
        fleet.queue_autostart(*fleet.find_group(name));
    EXPECT_FALSE(fleet.start_some(100, at(0s)));
    EXPECT_THAT(actuator.take("spawn"),
                ElementsAre("spawn first", "spawn late:p", "spawn late:q", "spawn again:o",
                            "spawn again:n", "spawn again:m"));
}

TEST_F(FleetTest, StartSome_TakesASliceAtATime) {
    for (const char* name : {"a", "b", "c"}) fleet.queue_autostart(fleet.add_group(group(name, 1)));
    actuator.take();
    EXPECT_TRUE(fleet.start_some(2, at(0s)));
    EXPECT_THAT(actuator.take("spawn"), ElementsAre("spawn a", "spawn b"));
    EXPECT_FALSE(fleet.start_some(2, at(0s)));
    EXPECT_THAT(actuator.take("spawn"), ElementsAre("spawn c"));
    EXPECT_FALSE(fleet.start_some(2, at(0s)));
}

TEST_F(FleetTest, QueueAutostart_TakesOnlyThoseWithAutostartThatNeverRan) {
    auto manual = member("manual", 1);
    manual->autostart = false;
    Group& g = fleet.add_group(group("g", 1, {manual, member("auto", 1)}));
    start_all();
    Process& p = *g.find("auto");
    fleet.feed(p, StopRequested{}, at(clock));
    fleet.feed(p, Exited{code(0)}, at(clock));
    actuator.take();
    fleet.queue_autostart(g);
    EXPECT_FALSE(fleet.start_some(10, at(clock)));
    EXPECT_THAT(actuator.take(), IsEmpty());
    EXPECT_EQ(g.find("manual")->data.state, State::Stopped);
}

TEST_F(FleetTest, StopRequestBeforeItsTurn_TakesAProcessOutOfTheQueue) {
    Group& g = fleet.add_group(group("g", 1));
    fleet.queue_autostart(g);
    fleet.feed(*g.processes[0], StopRequested{}, at(0s));
    EXPECT_FALSE(fleet.start_some(10, at(0s)));
    EXPECT_THAT(actuator.take("spawn"), IsEmpty());
}

TEST_F(FleetTest, QueuedProcessThatRunsAlready_IsLeftAlone) {
    Group& g = fleet.add_group(group("g", 1));
    start_all();
    fleet.queue_start(*g.processes[0]);
    EXPECT_FALSE(fleet.start_some(10, at(clock)));
    EXPECT_THAT(actuator.logs,
                ::testing::Not(::testing::Contains(::testing::HasSubstr("already running"))));
}

TEST_F(FleetTest, NextDeadline_IsTheEarliestOfAll) {
    auto slow = member("slow", 1);
    slow->startsecs = 30s;
    fleet.queue_autostart(fleet.add_group(group("g", 1, {slow, member("quick", 1)})));
    fleet.start_some(10, at(0s));
    EXPECT_EQ(fleet.next_deadline(), at(1s).mono);
    fleet.on_time(at(500ms));
    EXPECT_EQ(fleet.find("g", "quick")->data.state, State::Starting);
    fleet.on_time(at(1s));
    EXPECT_EQ(fleet.find("g", "quick")->data.state, State::Running);
    EXPECT_EQ(fleet.next_deadline(), at(30s).mono);
    fleet.on_time(at(31s));
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
}

TEST_F(FleetTest, OnTime_StopsAtItsLimitAndLeavesTheRestDue) {
    for (const char* name : {"a", "b", "c"}) fleet.queue_autostart(fleet.add_group(group(name, 1)));
    fleet.start_some(10, at(0s));
    actuator.take();
    fleet.on_time(at(5s), 2);
    EXPECT_THAT(actuator.take(), ElementsAre("a STARTING>RUNNING", "b STARTING>RUNNING"));
    EXPECT_EQ(fleet.next_deadline(), at(1s).mono);
    fleet.on_time(at(5s), 2);
    EXPECT_THAT(actuator.take(), ElementsAre("c STARTING>RUNNING"));
}

TEST_F(FleetTest, FailedSpawn_IsTriedAgainInTime) {
    actuator.on_spawn = [](Process&) -> Event { return SpawnFailed{"no"}; };
    fleet.queue_autostart(fleet.add_group(group("g", 1)));
    fleet.start_some(10, at(0s));
    EXPECT_EQ(fleet.next_deadline(), at(1s).mono);
    actuator.take();
    fleet.on_time(at(1s));
    EXPECT_THAT(actuator.take(),
                ElementsAre("g BACKOFF>STARTING", "spawn g", "g STARTING>BACKOFF"));
    EXPECT_EQ(fleet.next_deadline(), at(3s).mono);
}

TEST_F(FleetTest, SenselessAnswerToSpawn_CountsAsAFailure) {
    actuator.on_spawn = [](Process&) -> Event { return Emptied{}; };
    Group& g = fleet.add_group(group("g", 1));
    fleet.feed(*g.processes[0], StartRequested{}, at(0s));
    EXPECT_EQ(g.processes[0]->data.state, State::Backoff);
}

TEST_F(FleetTest, FailedSignal_MakesTheProcessUnknown) {
    Group& g = fleet.add_group(group("g", 1));
    start_all();
    actuator.on_signal = [](Process&, int number) { return SignalFailed{number, "EPERM"}; };
    fleet.feed(*g.processes[0], StopRequested{}, at(clock));
    EXPECT_EQ(g.processes[0]->data.state, State::Unknown);
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
}

TEST_F(FleetTest, RemoveGroup_NeedsItStopped) {
    Group& g = fleet.add_group(group("g", 1));
    start_all();
    EXPECT_FALSE(fleet.remove_group("g"));
    EXPECT_FALSE(fleet.remove_group("none"));
    fleet.feed(*g.processes[0], StopRequested{}, at(clock));
    EXPECT_FALSE(fleet.remove_group("g"));
    fleet.feed(*g.processes[0], Exited{code(0)}, at(clock));
    actuator.take();
    EXPECT_TRUE(fleet.remove_group("g"));
    EXPECT_THAT(actuator.take(), ElementsAre("removed g"));
    EXPECT_EQ(fleet.find_group("g"), nullptr);
    EXPECT_EQ(fleet.process_count(), 0U);
}

TEST_F(FleetTest, RemoveGroup_LeavesNothingInTheQueue) {
    Group& g = fleet.add_group(group("g", 1, {member("queued", 2)}));
    fleet.queue_start(*g.find("queued"));
    ASSERT_TRUE(fleet.remove_group("g"));
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
    actuator.take();
    EXPECT_FALSE(fleet.start_some(10, at(2s)));
    EXPECT_THAT(actuator.take(), IsEmpty());
}

TEST_F(FleetTest, FeedInsideACallback_IsTakenUpAfterTheEventAtHand) {
    Group& g = fleet.add_group(group("g", 1));
    actuator.take();
    actuator.on_published = [&](Process& p, const Publish& change) {
        if (change.to != State::Starting) return;
        fleet.feed(p, StopRequested{}, at(0s));
        actuator.lines.emplace_back("fed");
    };
    fleet.feed(*g.processes[0], StartRequested{}, at(0s));
    EXPECT_THAT(actuator.take(), ElementsAre("g STOPPED>STARTING", "fed", "spawn g",
                                             "g STARTING>STOPPING", "signal g 15"));
}

TEST_F(FleetTest, OnTimeInsideACallback_DoesNotLoop) {
    fleet.queue_autostart(fleet.add_group(group("a", 1)));
    fleet.queue_autostart(fleet.add_group(group("b", 1)));
    fleet.start_some(10, at(0s));
    actuator.on_published = [&](Process&, const Publish&) { fleet.on_time(at(1s)); };
    fleet.on_time(at(1s));
    EXPECT_EQ(fleet.find("a", "a")->data.state, State::Running);
    EXPECT_EQ(fleet.find("b", "b")->data.state, State::Running);
}

TEST_F(FleetTest, RemoveGroupInsideItsOwnCallback_IsSafe) {
    Group& g = fleet.add_group(group("g", 1));
    Process& p = *g.processes[0];
    start_all();
    actuator.on_published = [&](Process& changed, const Publish& change) {
        if (change.to != State::Stopped) return;
        fleet.feed(changed, StartRequested{}, at(clock));  // queued, and then dropped
        EXPECT_TRUE(fleet.remove_group("g"));
        EXPECT_EQ(fleet.find_group("g"), nullptr);
        EXPECT_EQ(changed.name(), "g") << "alive until the outermost call returns";
        fleet.feed(changed, StartRequested{}, at(clock));
        fleet.queue_start(changed);
    };
    fleet.feed(p, StopRequested{}, at(clock));
    actuator.take();
    fleet.feed(p, Exited{code(0)}, at(clock));
    EXPECT_THAT(actuator.take(), ElementsAre("g STOPPING>STOPPED", "removed g"));
    EXPECT_FALSE(fleet.start_some(10, at(clock)));
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
}

TEST_F(FleetTest, Attachment_DiesWithItsProcess) {
    struct Flag : Attachment {
        explicit Flag(bool& flag) : gone(flag) {}
        ~Flag() override { gone = true; }
        bool& gone;
    };
    bool gone = false;
    Group& g = fleet.add_group(group("g", 1));
    g.processes[0]->attachment = std::make_unique<Flag>(gone);
    fleet.remove_group("g");
    EXPECT_TRUE(gone);
}

TEST_F(FleetTest, Restore_TakesUpStateAndDeadline) {
    Group& g = fleet.add_group(group("g", 1));
    actuator.take();
    Data data;
    data.state = State::Stopping;
    data.pid = 55;
    data.run = 3;
    data.deadline = at(4s).mono;
    fleet.restore(*g.processes[0], data);
    EXPECT_THAT(actuator.take(), IsEmpty());
    EXPECT_FALSE(g.all_stopped());
    EXPECT_EQ(fleet.next_deadline(), at(4s).mono);
    fleet.on_time(at(4s));
    EXPECT_THAT(actuator.take(), ElementsAre("kill_all g"));
    fleet.feed(*g.processes[0], Exited{killed_by(9), false, 3}, at(5s));
    EXPECT_TRUE(g.all_stopped());
}

TEST_F(FleetTest, TenThousandProcesses_LiveAndDie) {
    constexpr int kGroups = 100;
    constexpr int kMembers = 100;
    for (int i = 0; i < kGroups; ++i) {
        std::vector<std::shared_ptr<config::ProcessConfig>> members;
        for (int k = 0; k < kMembers; ++k) members.push_back(member("m" + std::to_string(k), k));
        fleet.add_group(group("g" + std::to_string(i), i % 7, members));
    }
    EXPECT_EQ(fleet.process_count(), 10'000U);
    start_all();
    for (const Process* p : fleet.processes_by_name()) ASSERT_EQ(p->data.state, State::Running);
    EXPECT_THAT(fleet.unstopped(), SizeIs(10'000));

    for (Process* p : fleet.processes_by_name()) fleet.feed(*p, Exited{code(1)}, at(clock));
    EXPECT_THAT(actuator.take("spawn"), SizeIs(10'000));

    int completions = 0;
    actuator.on_complete = [&](DaemonState) { ++completions; };
    fleet.begin_shutdown(DaemonState::Shutdown, at(clock));
    for (int batch = 6; batch >= 0; --batch) {
        EXPECT_EQ(completions, 0);
        const auto signals = actuator.take("signal");
        EXPECT_THAT(signals, SizeIs(batch < 2 ? 1500U : 1400U)) << "batch " << batch;
        for (const auto& line : signals) {
            const std::string namespec = line.substr(7, line.find(' ', 7) - 7);
            const auto colon = namespec.find(':');
            Process* p = fleet.find(namespec.substr(0, colon), namespec.substr(colon + 1));
            ASSERT_NE(p, nullptr) << line;
            fleet.feed(*p, Exited{killed_by(15)}, at(clock));
        }
    }
    EXPECT_EQ(completions, 1);
    EXPECT_EQ(fleet.next_deadline(), std::nullopt);
    for (int i = 0; i < kGroups; ++i) EXPECT_TRUE(fleet.remove_group("g" + std::to_string(i)));
    EXPECT_EQ(fleet.process_count(), 0U);
}

}  // namespace
}  // namespace svd::process
