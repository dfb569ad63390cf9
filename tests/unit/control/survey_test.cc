// Looking at what all processes use, without keeping everybody else waiting.
#include "unit/control/fixture.h"

namespace svd::control {
namespace {

class SurveyTest : public SupervisorTest {
  protected:
    SurveyTest() {
        for (const char* name : {"a", "b", "c", "d"}) add(group(name, {program(name)}));
    }
    void ask() {
        supervisor.each_usage([this](const UsageView& view) { seen += view.process->name(); },
                              [this] { ++answers; });
    }

    std::string seen;
    int answers = 0;
};

TEST_F(SurveyTest, WhatTakesNoTime_IsAnsweredAtOnce) {
    ask();
    EXPECT_EQ(seen, "abcd");
    EXPECT_EQ(answers, 1);
}

TEST_F(SurveyTest, WhatTakesLong_GoesOnInLaterTurns) {
    host.usage_takes = 2ms;
    host.settle_requests = 0;
    ask();
    EXPECT_EQ(seen, "ab");
    EXPECT_EQ(host.settle_requests, 1);
    supervisor.settle();
    EXPECT_EQ(seen, "abcd");
    EXPECT_EQ(answers, 0) << "the time of this turn is over";
    supervisor.settle();
    EXPECT_EQ(answers, 1);
    supervisor.settle();
    EXPECT_EQ(answers, 1);
}

TEST_F(SurveyTest, TheFirstWhoAsks_IsAnsweredFirst) {
    host.usage_takes = 5ms;
    std::string order;
    supervisor.each_usage([](const auto&) {}, [&] { order += "first "; });
    supervisor.group_usage([&](const auto& groups) { order += std::to_string(groups.size()); });
    for (int turn = 0; turn < 12; ++turn) supervisor.settle();
    EXPECT_EQ(order, "first 4");
}

TEST_F(SurveyTest, AGroupThatIsRemovedMeanwhile_IsLeftOut) {
    host.usage_takes = 5ms;
    ask();
    EXPECT_EQ(seen, "a");
    ASSERT_TRUE(supervisor.remove_group("c"));
    for (int turn = 0; turn < 8; ++turn) supervisor.settle();
    EXPECT_EQ(seen, "abd");
    EXPECT_EQ(answers, 1);
}

TEST_F(SurveyTest, AnAnswerMayAskAgain) {
    supervisor.each_usage([](const auto&) {}, [this] { ask(); });
    EXPECT_EQ(seen, "abcd");
    EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace svd::control
