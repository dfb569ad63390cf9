#include "event/types.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>

namespace svd::event {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kAt{std::chrono::seconds(1'700'003'723)};

TEST(Types, EveryParent_StandsBeforeItsChildrenAndIsAbstract) {
    for (const TypeRow& row : all_types()) {
        const TypeRow* parent = find_type(row.parent);
        if (row.name == "EVENT") {
            EXPECT_EQ(parent, nullptr);
            continue;
        }
        ASSERT_NE(parent, nullptr) << row.name;
        EXPECT_TRUE(parent->abstract) << row.name;
        EXPECT_LT(parent, find_type(row.name)) << row.name;
    }
}

TEST(Types, Tree_HoldsAllTwentySevenTypesOfSupervisor) {
    EXPECT_EQ(all_types().size(), 27U);
    for (const char* concrete : {"PROCESS_STATE_STOPPED",
                                 "PROCESS_STATE_EXITED",
                                 "PROCESS_STATE_STARTING",
                                 "PROCESS_STATE_STOPPING",
                                 "PROCESS_STATE_BACKOFF",
                                 "PROCESS_STATE_FATAL",
                                 "PROCESS_STATE_RUNNING",
                                 "PROCESS_STATE_UNKNOWN",
                                 "PROCESS_COMMUNICATION_STDOUT",
                                 "PROCESS_COMMUNICATION_STDERR",
                                 "PROCESS_LOG_STDOUT",
                                 "PROCESS_LOG_STDERR",
                                 "REMOTE_COMMUNICATION",
                                 "SUPERVISOR_STATE_CHANGE_RUNNING",
                                 "SUPERVISOR_STATE_CHANGE_STOPPING",
                                 "TICK_5",
                                 "TICK_60",
                                 "TICK_3600",
                                 "PROCESS_GROUP_ADDED",
                                 "PROCESS_GROUP_REMOVED"}) {
        const TypeRow* row = find_type(concrete);
        ASSERT_NE(row, nullptr) << concrete;
        EXPECT_FALSE(row->abstract) << concrete;
        EXPECT_TRUE(is_a(concrete, "EVENT")) << concrete;
    }
    EXPECT_EQ(find_type("process_state"), nullptr);
    EXPECT_EQ(find_type(""), nullptr);
}

TEST(Types, IsA_FollowsTheTreeUpwardsOnly) {
    EXPECT_TRUE(is_a("TICK_5", "TICK_5"));
    EXPECT_TRUE(is_a("TICK_5", "TICK"));
    EXPECT_FALSE(is_a("TICK", "TICK_5"));
    EXPECT_FALSE(is_a("TICK_5", "PROCESS_STATE"));
    EXPECT_FALSE(is_a("NOTHING", "EVENT"));
}

struct StateRow {
    const char* to;
    const char* tail;
};

class ProcessState : public ::testing::TestWithParam<StateRow> {};

TEST_P(ProcessState, Payload_ShowsWhatSupervisorShows) {
    StateChange change{"p", "g", "RUNNING", GetParam().to};
    change.tries = 3;
    change.pid = 77;
    change.expected = false;
    const Event event = process_state(change, kAt);
    EXPECT_EQ(event.type, std::string("PROCESS_STATE_") + GetParam().to);
    EXPECT_EQ(event.payload,
              std::string("processname:p groupname:g from_state:RUNNING") + GetParam().tail);
    EXPECT_EQ(event.process, "p");
    EXPECT_EQ(event.group, "g");
    EXPECT_EQ(event.at, kAt);
    EXPECT_NE(find_type(event.type), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    All, ProcessState,
    ::testing::Values(StateRow{"STARTING", " tries:3"}, StateRow{"BACKOFF", " tries:3"},
                      StateRow{"RUNNING", " pid:77"}, StateRow{"STOPPING", " pid:77"},
                      StateRow{"STOPPED", " pid:77"}, StateRow{"EXITED", " expected:0 pid:77"},
                      StateRow{"FATAL", ""}, StateRow{"UNKNOWN", ""}),
    [](const auto& row) { return row.param.to; });

TEST(Payload, ProcessLog_NamesTheChannelAndKeepsTheData) {
    const Event event = process_log({"p", "g", 5, Channel::Stderr, "a\nb"}, kAt);
    EXPECT_EQ(event.type, "PROCESS_LOG_STDERR");
    EXPECT_EQ(event.payload, "processname:p groupname:g pid:5 channel:stderr\na\nb");
}

TEST(Payload, ProcessCommunication_HasNoChannel) {
    const Event event = process_communication({"p", "g", 5, Channel::Stdout, "h\xC3\xA9"}, kAt);
    EXPECT_EQ(event.type, "PROCESS_COMMUNICATION_STDOUT");
    EXPECT_EQ(event.payload, "processname:p groupname:g pid:5\nh\xC3\xA9");
}

TEST(Payload, BytesThatAreNotUtf8_AreShownAsPythonShowsThem) {
    const Event event = process_log({"p", "g", 5, Channel::Stdout, "a\xFF\n"}, kAt);
    EXPECT_EQ(event.payload,
              "processname:p groupname:g pid:5 channel:stdout\nUndecodable: b'a\\xff\\n'");
}

TEST(Payload, RemoteCommunication_HoldsTypeAndData) {
    const Event event = remote_communication("kind", "data\n", kAt);
    EXPECT_EQ(event.type, "REMOTE_COMMUNICATION");
    EXPECT_EQ(event.payload, "type:kind\ndata\n");
}

TEST(Payload, GroupEvents_EndWithANewline) {
    EXPECT_EQ(group_added("g", kAt).type, "PROCESS_GROUP_ADDED");
    EXPECT_EQ(group_added("g", kAt).payload, "groupname:g\n");
    EXPECT_EQ(group_removed("g", kAt).type, "PROCESS_GROUP_REMOVED");
    EXPECT_EQ(group_removed("g", kAt).group, "g");
}

TEST(Payload, SupervisorStateChange_IsEmpty) {
    EXPECT_EQ(supervisor_running(kAt).type, "SUPERVISOR_STATE_CHANGE_RUNNING");
    EXPECT_EQ(supervisor_stopping(kAt).type, "SUPERVISOR_STATE_CHANGE_STOPPING");
    EXPECT_EQ(supervisor_stopping(kAt).payload, "");
}

TEST(Payload, Tick_RoundsDownToItsPeriod) {
    EXPECT_THAT(tick_periods(), ::testing::ElementsAre(5, 60, 3600));
    EXPECT_EQ(tick(5, kAt).payload, "when:1700003720");
    EXPECT_EQ(tick(60, kAt).payload, "when:1700003700");
    EXPECT_EQ(tick(3600, kAt).payload, "when:1700002800");
    for (const std::int64_t period : tick_periods())
        EXPECT_TRUE(is_a(tick(period, kAt).type, "TICK"));
}

}  // namespace
}  // namespace svd::event
