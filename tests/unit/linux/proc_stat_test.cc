#include <gtest/gtest.h>

#include "linux/proc_info.h"

namespace svd::os {
namespace {

const std::string kRest = " S 10 20 30 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200 1 1";

TEST(ProcStat, OrdinaryLine_IsRead) {
    const auto stat = parse_proc_stat("42 (cat)" + kRest);
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->pid, 42);
    EXPECT_EQ(stat->name, "cat");
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->parent, 10);
    EXPECT_EQ(stat->process_group, 20);
    EXPECT_EQ(stat->session, 30);
    EXPECT_EQ(stat->start_ticks, 987654U);
    EXPECT_FALSE(stat->is_dead());
}

TEST(ProcStat, NameThatImitatesFields_IsOnlyAName) {
    const auto stat = parse_proc_stat("42 (a) Z 1 1 1 (b)" + kRest);
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->name, "a) Z 1 1 1 (b");
    EXPECT_EQ(stat->state, 'S');
}

TEST(ProcStat, BrokenLines_AreRefused) {
    for (const char* text : {"", "42", "42 (cat", ") S (", "42 (cat) S 1 2", "x (cat)"})
        EXPECT_FALSE(parse_proc_stat(text).has_value()) << text;
    EXPECT_FALSE(
        parse_proc_stat("42 (cat) S ten 20 30 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 9 1").has_value());
}

}  // namespace
}  // namespace svd::os
