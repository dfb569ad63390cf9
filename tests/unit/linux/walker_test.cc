// Who belongs to whom, on invented process tables.
#include "linux/walker.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace svd::os::detail {
namespace {

constexpr pid_t kSelf = 100;

ProcStat process(pid_t pid, pid_t parent, pid_t group, pid_t session, char state = 'S') {
    ProcStat stat;
    stat.pid = pid;
    stat.parent = parent;
    stat.process_group = group;
    stat.session = session;
    stat.state = state;
    stat.start_ticks = static_cast<std::uint64_t>(pid) * 10;
    return stat;
}

class WalkerTest : public testing::Test {
  protected:
    WalkerTest() {
        for (const char* marker : {"S=1", "S=2"}) {
            scopes_.push_back(std::make_shared<WalkScope>());
            scopes_.back()->marker = marker;
        }
        table_.push_back(process(kSelf, 1, kSelf, kSelf));
    }
    void lead(std::size_t scope, pid_t pid) {
        scopes_[scope]->members[pid] = static_cast<std::uint64_t>(pid) * 10;
        scopes_[scope]->groups.insert(pid);
    }
    std::vector<pid_t> members(std::size_t scope) {
        auto found = attribute_processes(scopes_, table_, kSelf,
                                         [this](pid_t pid, const std::string& marker) {
                                             const auto own = markers_.find(pid);
                                             return own != markers_.end() && own->second == marker;
                                         });
        std::vector<pid_t> pids;
        for (const ProcStat& stat : found[scopes_[scope].get()]) pids.push_back(stat.pid);
        std::sort(pids.begin(), pids.end());
        return pids;
    }
    WalkScopes scopes_;
    std::vector<ProcStat> table_;
    std::unordered_map<pid_t, std::string> markers_;
};
using Pids = std::vector<pid_t>;

TEST_F(WalkerTest, DescendantsOfALiveLeader_AreMembersWhateverTheirSession) {
    lead(0, 200);
    table_.insert(table_.end(), {process(200, kSelf, 200, kSelf), process(201, 200, 201, 201),
                                 process(202, 201, 202, 202), process(300, 1, 200, 300)});
    EXPECT_EQ(members(0), (Pids{200, 201, 202}));
    EXPECT_EQ(members(1), Pids{});
}

TEST_F(WalkerTest, Orphan_IsKnownByItsMarker) {
    table_.push_back(process(201, kSelf, 201, 201));
    table_.push_back(process(202, 201, 202, 202));
    markers_[201] = "S=2";
    EXPECT_EQ(members(1), (Pids{201, 202}));
}

TEST_F(WalkerTest, OrphanWithoutMarker_IsKnownByTheGroupOfTheLeader) {
    lead(0, 200);
    table_.push_back(process(201, kSelf, 200, kSelf));
    EXPECT_EQ(members(0), Pids{201});
}

TEST_F(WalkerTest, OrphanSeenEarlier_IsRememberedEvenWhenItMovedAway) {
    lead(0, 200);
    table_.insert(table_.end(), {process(200, kSelf, 200, kSelf), process(201, 200, 200, kSelf)});
    EXPECT_EQ(members(0), (Pids{200, 201}));
    table_ = {process(kSelf, 1, kSelf, kSelf), process(201, kSelf, 201, 201)};
    EXPECT_EQ(members(0), Pids{201});
}

TEST_F(WalkerTest, RecycledNumber_IsAStranger) {
    lead(0, 200);
    scopes_[0]->groups.clear();
    ProcStat other = process(200, kSelf, 999, 999);
    other.start_ticks += 1;
    table_.push_back(other);
    EXPECT_EQ(members(0), Pids{});
}

TEST_F(WalkerTest, Zombies_DoNotCountButTheirChildrenDo) {
    lead(0, 200);
    table_.insert(table_.end(),
                  {process(200, kSelf, 200, kSelf, 'Z'), process(201, 200, 200, kSelf)});
    EXPECT_EQ(members(0), Pids{201});
}

TEST_F(WalkerTest, DaemonsOwnGroupAndSession_SayNothing) {
    lead(0, 200);
    table_.insert(table_.end(), {process(200, kSelf, kSelf, kSelf)});
    EXPECT_EQ(members(0), Pids{200});
    table_.push_back(process(300, kSelf, kSelf, kSelf));
    EXPECT_EQ(members(0), Pids{200});
}

TEST_F(WalkerTest, TableThatContradictsItself_EndsAllTheSame) {
    lead(0, 200);
    table_.insert(table_.end(), {process(200, kSelf, 200, 200), process(201, 202, 200, 200),
                                 process(202, 201, 200, 200), process(200, 200, 200, 200)});
    EXPECT_EQ(members(0), Pids{200});
}

TEST_F(WalkerTest, GroupNumbersOfAFinishedScope_AreForgotten) {
    lead(0, 200);
    EXPECT_EQ(members(0), Pids{});
    table_.push_back(process(201, kSelf, 200, 200));
    EXPECT_EQ(members(0), Pids{});
}

}  // namespace
}  // namespace svd::os::detail
