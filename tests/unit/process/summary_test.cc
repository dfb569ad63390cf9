#include "process/summary.h"

#include <gtest/gtest.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

class SummaryTest : public ::testing::Test {
  protected:
    Process& add(std::string name, State state) {
        auto& process = *fleet.add_group(group(std::move(name), 1)).processes.front();
        Data data = process.data;
        data.state = state;
        fleet.restore(process, data);
        return process;
    }
    RecordingActuator actuator;
    Fleet fleet{actuator};
};

TEST_F(SummaryTest, EmptyFleet_SaysSo) {
    EXPECT_EQ(summary(fleet), "no programs");
}

TEST_F(SummaryTest, States_AreCountedAndTroubleIsNamed) {
    add("stopped", State::Stopped);
    add("a", State::Running);
    add("web", State::Backoff);
    add("b", State::Running);
    EXPECT_EQ(summary(fleet), "2 running, 1 stopped, 1 backoff: web");
}

TEST_F(SummaryTest, MembersOfGroups_HaveTheirWholeName) {
    fleet.add_group(group("g", 1, {program("one"), program("two")}));
    Data data;
    data.state = State::Fatal;
    fleet.restore(*fleet.find("g", "two"), data);
    EXPECT_EQ(summary(fleet), "1 stopped, 1 fatal: g:two");
}

TEST_F(SummaryTest, OfManyInTrouble_ThreeAreNamed) {
    for (const auto* name : {"a", "b", "c", "d", "e"}) add(name, State::Fatal);
    EXPECT_EQ(summary(fleet), "5 fatal: a, b, c and 2 more");
}

}  // namespace
}  // namespace svd::process
