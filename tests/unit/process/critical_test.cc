#include "process/critical.h"

#include <gtest/gtest.h>

namespace svd::process {
namespace {

Data ended(State state, std::optional<ExitStatus> exit) {
    Data data;
    data.state = state;
    data.exit = exit;
    return data;
}

ExitStatus with_code(int code) {
    return {.code = code, .signal = 0, .core_dumped = false};
}

TEST(Critical, EndForGood_IsExitedOrFatalOnly) {
    for (const State state : {State::Exited, State::Fatal})
        EXPECT_TRUE(has_ended_for_good(ended(state, with_code(0))));
    for (const State state : {State::Stopped, State::Starting, State::Running, State::Backoff,
                              State::Stopping, State::Unknown})
        EXPECT_FALSE(has_ended_for_good(ended(state, with_code(0))));
}

TEST(Critical, ExitCode_IsThatOfTheProgram) {
    EXPECT_EQ(daemon_exit_code(ended(State::Exited, with_code(0))), 0);
    EXPECT_EQ(daemon_exit_code(ended(State::Exited, with_code(7))), 7);
    EXPECT_EQ(daemon_exit_code(ended(State::Fatal, with_code(3))), 3);
    EXPECT_EQ(daemon_exit_code(ended(State::Exited, ExitStatus{std::nullopt, 9, false})), 137);
}

TEST(Critical, ExitCodeOfAFailure_IsNever0) {
    EXPECT_EQ(daemon_exit_code(ended(State::Fatal, with_code(0))), 1);
    EXPECT_EQ(daemon_exit_code(ended(State::Fatal, std::nullopt)), 127);
}

}  // namespace
}  // namespace svd::process
