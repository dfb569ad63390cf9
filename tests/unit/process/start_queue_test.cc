#include "process/start_queue.h"

#include <gtest/gtest.h>

#include "process/fleet.h"

namespace svd::process {
namespace {

TEST(StartQueue, Pop_GivesGroupPriorityThenGroupThenMemberPriorityThenMember) {
    Process a, b, c, d, e;
    StartQueue queue;
    queue.push(e, {20, 0, 1, 9});
    queue.push(d, {10, 2, 0, 8});
    queue.push(c, {10, 1, 7, 3});
    queue.push(b, {10, 1, 5, 6});
    queue.push(a, {10, 1, 5, 4});
    for (Process* expected : {&a, &b, &c, &d, &e}) EXPECT_EQ(queue.pop(), expected);
    EXPECT_EQ(queue.pop(), nullptr);
}

TEST(StartQueue, PushTwice_KeepsTheFirstPlace) {
    Process a, b;
    StartQueue queue;
    queue.push(a, {1, 0, 0, 1});
    queue.push(b, {2, 0, 0, 2});
    queue.push(a, {3, 0, 0, 1});
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.pop(), &a);
    EXPECT_EQ(queue.pop(), &b);
    EXPECT_TRUE(queue.empty());
}

TEST(StartQueue, Erase_TakesOneOutAndForgivesStrangers) {
    Process a, b;
    StartQueue queue;
    queue.push(a, {1, 0, 0, 1});
    queue.push(b, {2, 0, 0, 2});
    queue.erase(a);
    queue.erase(a);
    EXPECT_EQ(queue.pop(), &b);
    queue.push(a, {1, 0, 0, 1});
    queue.clear();
    EXPECT_TRUE(queue.empty());
    queue.push(a, {1, 0, 0, 1});
    EXPECT_EQ(queue.pop(), &a);
}

}  // namespace
}  // namespace svd::process
