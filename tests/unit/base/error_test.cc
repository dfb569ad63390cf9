#include "base/error.h"

#include <cerrno>
#include <memory>

#include <gtest/gtest.h>

namespace svd {
namespace {

TEST(ErrorTest, Fail_WithArguments_FormatsTextAndHasNoErrno) {
    const Result<int> result = fail("not a port: {}", "abc");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, 0);
    EXPECT_EQ(result.error().text, "not a port: abc");
}

TEST(ErrorTest, FailErrno_NamesWhatWasTriedAndWhy) {
    const Status status = fail_errno(ENOENT, "open {}", "/x");
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ENOENT);
    EXPECT_EQ(status.error().text, "open /x: No such file or directory");
}

TEST(ErrorTest, ErrnoText_UnknownNumber_IsStillASentence) {
    EXPECT_EQ(errno_text(EACCES), "Permission denied");
    EXPECT_EQ(errno_text(4711), "Unknown error 4711");
    EXPECT_EQ(errno_text(-1), "Unknown error -1");
}

TEST(ErrorTest, ErrnoName_IsTheSymbol) {
    EXPECT_EQ(errno_name(ENOENT), "ENOENT");
    EXPECT_EQ(errno_name(EACCES), "EACCES");
    EXPECT_EQ(errno_name(4711), "errno 4711");
}

Result<int> half(int n) {
    if (n % 2 != 0) return fail("{} is odd", n);
    return n / 2;
}

Result<int> quarter(int n) {
    SVD_TRY(const int once, half(n));
    SVD_TRY(const int twice, half(once));
    return twice;
}

TEST(ErrorTest, Try_OnSuccess_GivesTheValue) {
    EXPECT_EQ(quarter(12), 3);
}

TEST(ErrorTest, Try_OnFailure_ReturnsTheFirstError) {
    const auto first = quarter(7);
    ASSERT_FALSE(first.has_value());
    EXPECT_EQ(first.error().text, "7 is odd");
    const auto second = quarter(14);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().text, "7 is odd");
}

Result<std::unique_ptr<int>> make_box(bool works) {
    if (!works) return fail("no box");
    return std::make_unique<int>(5);
}

Result<int> open_box(bool works) {
    SVD_TRY(const std::unique_ptr<int> box, make_box(works));
    return *box;
}

TEST(ErrorTest, Try_MoveOnlyValue_IsMovedOut) {
    EXPECT_EQ(open_box(true), 5);
    EXPECT_FALSE(open_box(false).has_value());
}

Status require_even(int n, int& checks) {
    ++checks;
    if (n % 2 != 0) return fail("{} is odd", n);
    return {};
}

Status require_both_even(int a, int b, int& checks) {
    SVD_CHECK(require_even(a, checks));
    SVD_CHECK(require_even(b, checks));
    return {};
}

TEST(ErrorTest, Check_StopsAtTheFirstFailureAndEvaluatesOnce) {
    int checks = 0;
    EXPECT_TRUE(require_both_even(2, 4, checks).has_value());
    EXPECT_EQ(checks, 2);
    checks = 0;
    EXPECT_FALSE(require_both_even(1, 4, checks).has_value());
    EXPECT_EQ(checks, 1);
}

}  // namespace
}  // namespace svd
