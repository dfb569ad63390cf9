// Answers that lead straight to the next verb, as those of a multicall do.
#include "fixture.h"

namespace svd::control {

namespace {

class SettleTest : public SupervisorTest {
  protected:
    void SetUp() override {
        for (const auto* name : {"a", "b", "c"}) add(group(name, {program(name)}));
    }
    void start(std::string_view name) {
        supervisor.start(name, Wait::No, remember());
        ASSERT_TRUE(outcome && *outcome);
    }
    // It has ended, and nobody has been answered yet.
    void end(std::string_view name) { fleet.feed(at(name, name), exited_by(15), host.time); }
};

}  // namespace

TEST_F(SettleTest, AnAnswerThatRemovesAGroup_LeavesTheOtherWaitsWhole) {
    start("a");
    start("b");
    std::optional<Outcome<void>> removed;
    supervisor.stop("a", Wait::Yes, [&](const Outcome<MemberResults>& stopped) {
        EXPECT_TRUE(stopped);
        removed = supervisor.remove_group("c");
    });
    int answers = 0;
    supervisor.stop("b", Wait::Yes, [&](const Outcome<MemberResults>& stopped) {
        EXPECT_TRUE(stopped);
        ++answers;
    });
    end("a");
    end("b");
    supervisor.settle();
    supervisor.settle();
    ASSERT_TRUE(removed);
    EXPECT_TRUE(*removed);
    EXPECT_EQ(fleet.find_group("c"), nullptr);
    EXPECT_EQ(answers, 1);
}

TEST_F(SettleTest, AnAnswerThatSettles_FindsNothingHalfDone) {
    start("a");
    start("b");
    std::vector<std::string> answers;
    supervisor.stop("a", Wait::Yes, [&](const Outcome<MemberResults>&) {
        supervisor.settle();
        answers.emplace_back("a");
    });
    supervisor.stop("b", Wait::Yes,
                    [&](const Outcome<MemberResults>&) { answers.emplace_back("b"); });
    end("a");
    end("b");
    supervisor.settle();
    EXPECT_THAT(answers, testing::ElementsAre("a", "b"));
}

TEST_F(SettleTest, RemoveGroup_IsCompleteBeforeThoseAreAnsweredWhoWaitForIt) {
    start("a");
    std::optional<Outcome<void>> again;
    supervisor.stop("a", Wait::Yes, [&](const Outcome<MemberResults>& stopped) {
        EXPECT_TRUE(stopped);
        again = supervisor.remove_group("a");
    });
    end("a");
    EXPECT_TRUE(supervisor.remove_group("a"));
    EXPECT_FALSE(again);
    EXPECT_GT(host.settle_requests, 0);
    supervisor.settle();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->error().text(), "BAD_NAME: a");
}

TEST_F(SettleTest, RemoveGroup_OfOneThatIsBeingRestarted_LeavesNothingToStart) {
    start("a");
    supervisor.restart_group("a", Wait::Yes, remember());
    end("a");
    EXPECT_TRUE(supervisor.remove_group("a"));
    supervisor.settle();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().text(), "BAD_NAME: a");
    EXPECT_EQ(fleet.find_group("a"), nullptr);
}

TEST_F(SettleTest, RemoveGroup_TellsWhoWaitedForAStartWhyItFailed) {
    start("a");
    supervisor.stop("a", Wait::No, [](const Outcome<MemberResults>&) {});
    supervisor.start("a", Wait::Yes, remember());
    supervisor.stop("a", Wait::No, [](const Outcome<MemberResults>&) {});
    end("a");
    EXPECT_TRUE(supervisor.remove_group("a"));
    supervisor.settle();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error().text(), "ABNORMAL_TERMINATION: a");
}

}  // namespace svd::control
