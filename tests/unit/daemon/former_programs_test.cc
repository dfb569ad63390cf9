#include "daemon/former_programs.h"

#include <gtest/gtest.h>

namespace svd::daemon {
namespace {

config::GroupConfig group(std::string name, const std::vector<std::string>& processes,
                          bool keep = false) {
    config::GroupConfig made;
    made.name = std::move(name);
    for (const auto& process : processes) {
        auto one = std::make_shared<config::ProcessConfig>();
        one->name = process;
        one->keep_descendants = keep;
        made.processes.push_back(std::move(one));
    }
    return made;
}

LeafMark mark(pid_t leader, bool keep = false) {
    LeafMark made;
    made.leader = leader;
    made.keep_descendants = keep;
    return made;
}

os::FormerLeaf leaf(std::string name, const LeafMark& mark, std::vector<pid_t> pids) {
    return {std::move(name), write_mark(mark), false, std::move(pids)};
}

std::vector<Fate> fates(const std::vector<config::GroupConfig>& groups,
                        const std::vector<os::FormerLeaf>& leaves) {
    std::vector<Fate> all;
    for (const auto& program : decide_former_programs(groups, leaves)) all.push_back(program.fate);
    return all;
}

TEST(FormerPrograms, Mark_IsReadAsItWasWritten) {
    LeafMark all;
    all.leader = 4711;
    all.in = 1;
    all.out = 18446744073709551615U;
    all.err = 3;
    all.stopsignal = 2;
    all.stopwaitsecs = 30;
    all.stopasgroup = all.keep_descendants = true;
    all.out_log = "/var/log/a b-stdout---x.log";
    all.notify = "@svd/notify/0123456789abcdef";
    EXPECT_EQ(read_mark(write_mark(all)), all);
    EXPECT_EQ(read_mark(write_mark(mark(1))), mark(1));
}

TEST(FormerPrograms, Mark_OfSomebodyElseIsNone) {
    for (const char* text :
         {"", "\n\n\n", "1 2 3\n\n\n", "2 5 1 1 1 15 10 0 0 0\n\n\n", "1 0 1 1 1 15 10 0 0 0\n\n\n",
          "1 5 1 1 1 99 10 0 0 0\n\n\n", "1 5 1 1 1 15 10 0 0 0\n\n", "1 5 1 1 1 15 10 0 0 x\n\n\n",
          "1 5 1 1 1 15 99999999999 0 0 0\n\n\n", "1 5 1 1 1 4294967311 10 0 0 0\n\n\n",
          "1 99999999999999999999999 1 1 1 15 10 0 0 0\n\n\n"})
        EXPECT_FALSE(read_mark(text)) << text;
}

TEST(FormerPrograms, Configured_AreTakenOverAtTheirPlaces) {
    const auto groups = {group("a", {"a"}), group("many", {"m0", "m1", "m/2"})};
    const auto programs =
        decide_former_programs(groups, {leaf("many/m1", mark(7), {6, 7}), leaf("a:a", mark(5), {5}),
                                        leaf("many/m%2F2", mark(8), {8})});
    ASSERT_EQ(programs.size(), 3U);
    EXPECT_EQ(programs[0].fate, Fate::TakeOver);
    EXPECT_EQ(programs[0].group, 1U);
    EXPECT_EQ(programs[0].process, 1U);
    EXPECT_EQ(programs[0].mark->leader, 7);
    EXPECT_TRUE(programs[0].in_place);
    EXPECT_EQ(programs[1].fate, Fate::TakeOver);
    EXPECT_EQ(programs[1].group, 0U);
    EXPECT_TRUE(programs[1].in_place);
    EXPECT_EQ(programs[2].fate, Fate::TakeOver);
    EXPECT_EQ(programs[2].process, 2U);
}

TEST(FormerPrograms, GroupOfAnotherShape_IsTakenOverWhereItIs) {
    const auto programs =
        decide_former_programs({group("a", {"a", "b"}), group("c", {"c"})},
                               {leaf("a:a", mark(5), {5}), leaf("c/c", mark(6), {6})});
    EXPECT_EQ(programs[0].fate, Fate::TakeOver);
    EXPECT_FALSE(programs[0].in_place);
    EXPECT_EQ(programs[1].fate, Fate::TakeOver);
    EXPECT_FALSE(programs[1].in_place);
}

TEST(FormerPrograms, LongNames_AreKnownAsWell) {
    const std::string name(300, 'x');
    EXPECT_EQ(
        fates({group(name, {name})}, {leaf(os::cgroup_leaf_name({name, name}), mark(5), {5})}),
        std::vector{Fate::TakeOver});
}

TEST(FormerPrograms, NotConfigured_AreEnded) {
    EXPECT_EQ(fates({group("a", {"a"})}, {leaf("b:b", mark(5), {5}), leaf("a/x", mark(6), {6}),
                                          leaf("gone:gone", mark(7), {8})}),
              (std::vector{Fate::End, Fate::End, Fate::End}));
}

TEST(FormerPrograms, WithoutTheirLeader_TheRestIsEnded) {
    EXPECT_EQ(fates({group("a", {"a"}), group("b", {"b"})},
                    {leaf("a:a", mark(5), {6}), {"b:b", "no mark", false, {7}}}),
              (std::vector{Fate::EndRest, Fate::EndRest}));
}

TEST(FormerPrograms, DescendantsToBeKept_AreLeftAlone) {
    const auto groups = {group("a", {"a"}, true), group("b", {"b"}, true)};
    EXPECT_EQ(fates(groups, {leaf("a:a", mark(5), {6}), leaf("b:b", mark(7), {7, 8}),
                             leaf("gone:gone", mark(9, true), {10}),
                             leaf("gone:too", mark(11, true), {11})}),
              (std::vector{Fate::Leave, Fate::TakeOver, Fate::Leave, Fate::End}));
}

TEST(FormerPrograms, TwoLeavesOfOneProcess_OneIsTakenOver) {
    EXPECT_EQ(fates({group("a", {"a"})}, {leaf("a:a", mark(5), {5}), leaf("a/a", mark(6), {6})}),
              (std::vector{Fate::TakeOver, Fate::End}));
}

TEST(FormerPrograms, NamesOfWhatIsLeftBehind_HoldNoSeparators) {
    EXPECT_EQ(name_of_left_behind("web:worker"), "web.worker");
    EXPECT_EQ(name_of_left_behind("web/worker%2F1"), "web.worker%2F1");
}

}  // namespace
}  // namespace svd::daemon
