#include "config/diff.h"

#include <functional>

#include <gtest/gtest.h>

namespace svd::config {
namespace {

GroupConfig group(
    const std::string& name,
    const std::function<void(ProcessConfig&)>& change = [](ProcessConfig&) {}) {
    GroupConfig made;
    made.name = name;
    ProcessConfig process;
    process.name = name;
    process.stdout_log.edit().target = LogTarget::File;
    process.stdout_log.edit().path = "/tmp/a";
    change(process);
    made.processes.push_back(std::make_shared<const ProcessConfig>(process));
    return made;
}

std::vector<std::string> changed(const GroupConfig& before, const GroupConfig& after) {
    return diff_groups({&before}, {after}).changed;
}

TEST(Diff, NamesAlone_TellAddedFromRemoved) {
    const GroupConfig a = group("a");
    const GroupConfig b = group("b");
    const auto diff = diff_groups({&b, &a}, {group("c"), group("a"), group("d")});
    EXPECT_EQ(diff.added, (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(diff.removed, (std::vector<std::string>{"b"}));
    EXPECT_TRUE(diff.changed.empty());
    EXPECT_FALSE(diff.empty());
}

TEST(Diff, EqualValuesInOtherObjects_AreNoChange) {
    EXPECT_TRUE(changed(group("a"), group("a")).empty());
}

TEST(Diff, AnyOptionOfAProcess_IsAChange) {
    const std::vector<std::function<void(ProcessConfig&)>> changes = {
        [](auto& p) { p.command = "x"; },
        [](auto& p) { p.priority = 1; },
        [](auto& p) { p.exitcodes = {0, 2}; },
        [](auto& p) { p.environment.edit()["A"] = "1"; },
        [](auto& p) { p.keep_descendants = true; },
        [](auto& p) { p.restart_limit = {5, Seconds{60}}; },
        [](auto& p) { p.umask = 022; },
        [](auto& p) { p.user = Credentials{}; },
        [](auto& p) { p.stderr_log.edit().backups = 1; },
        [](auto& p) { p.fcgi_socket = FcgiSocket{}; },
    };
    for (const auto& change : changes)
        EXPECT_EQ(changed(group("a"), group("a", change)), (std::vector<std::string>{"a"}));
}

TEST(Diff, LogFileToAutoAndBack_IsAChange) {
    const auto to_auto = [](ProcessConfig& process) {
        process.stdout_log.edit().target = LogTarget::Auto;
        process.stdout_log.edit().path.clear();
    };
    EXPECT_EQ(changed(group("a"), group("a", to_auto)).size(), 1U);
    EXPECT_EQ(changed(group("a", to_auto), group("a")).size(), 1U);
}

TEST(Diff, SocketAndPoolOptions_AreChanges) {
    GroupConfig before = group("a");
    before.fcgi_socket.emplace().url = "unix:///a";
    GroupConfig after = before;
    after.fcgi_socket->backlog = 5;
    EXPECT_EQ(changed(before, after).size(), 1U);
    before.listener_pool.emplace().events = {"TICK"};
    after = before;
    after.listener_pool->buffer_size = 11;
    EXPECT_EQ(changed(before, after).size(), 1U);
}

TEST(Diff, OtherGroupsOfTheSameUser_AreNoChange) {
    const auto user = [](std::vector<gid_t> groups) {
        return [groups](ProcessConfig& process) {
            process.user = Credentials{"u", 5, 5, groups, "/", "/bin/sh"};
        };
    };
    EXPECT_TRUE(changed(group("a", user({5})), group("a", user({5, 6}))).empty());
}

}  // namespace
}  // namespace svd::config
