#include "state/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::state {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

KeptDaemon daemon() {
    KeptDaemon kept;
    kept.snapshot.program_version = "1.2.3";
    kept.snapshot.servers = {{"unix_http_server", 4, "/run/s"}};
    kept.cgroup_parent = "/sys/fs/cgroup/x";
    kept.flight = 6;
    kept.staging = 7;
    kept.descriptors = {{4, 40}, {6, 60}};
    return kept;
}

config::GroupConfig group(const std::string& name, const std::vector<std::string>& processes) {
    config::GroupConfig config;
    config.name = name;
    for (const auto& process : processes) {
        auto one = std::make_shared<config::ProcessConfig>();
        one->name = process;
        config.processes.push_back(std::move(one));
    }
    return config;
}

KeptProcess process(const std::string& name, int pid) {
    KeptProcess kept;
    kept.process.name = name;
    kept.process.data.pid = pid;
    kept.process.out.pipe = pid + 1;
    kept.pidfd = pid + 2;
    kept.descriptors = {{pid + 1, 77}};
    return kept;
}

std::vector<std::string> names(const Kept& kept) {
    std::vector<std::string> all;
    for (const auto& one : kept.daemon.snapshot.groups)
        for (const auto& member : one.processes)
            all.push_back(kept.daemon.snapshot.group_configs[one.config].name + ":" + member.name +
                          " " + std::to_string(member.data.pid));
    return all;
}

TEST(Journal, WhatWasWritten_IsReadAgain) {
    const std::string text = daemon_record(daemon()) + group_record(group("web", {"a", "b"})) +
                             process_record("web", process("b", 20)) +
                             process_record("web", process("a", 10));
    const auto kept = replay(text).value();
    EXPECT_EQ(kept.daemon.snapshot.program_version, "1.2.3");
    EXPECT_EQ(kept.daemon.cgroup_parent, "/sys/fs/cgroup/x");
    EXPECT_EQ(kept.daemon.flight, 6);
    EXPECT_EQ(kept.daemon.staging, 7);
    EXPECT_FALSE(kept.daemon.complete);
    EXPECT_THAT(kept.daemon.descriptors, ElementsAre(Identity{4, 40}, Identity{6, 60}));
    EXPECT_THAT(names(kept), ElementsAre("web:a 10", "web:b 20"));
    EXPECT_THAT(kept.daemon.snapshot.configured.groups, ElementsAre(0U));
    EXPECT_EQ(kept.processes.at({"web", "a"}).pidfd, 12);
}

TEST(Journal, TheLastRecordOfEachKey_Counts) {
    auto later = daemon();
    later.complete = true;
    const std::string text = daemon_record(daemon()) + group_record(group("web", {"a"})) +
                             process_record("web", process("a", 10)) + daemon_record(later) +
                             process_record("web", process("a", 11));
    const auto kept = replay(text).value();
    EXPECT_TRUE(kept.daemon.complete);
    EXPECT_THAT(names(kept), ElementsAre("web:a 11"));
}

TEST(Journal, GroupThatIsGone_TakesItsProcessesWithIt) {
    std::string text = daemon_record(daemon()) + group_record(group("web", {"a"})) +
                       process_record("web", process("a", 10)) +
                       group_record(group("webby", {"a"})) +
                       process_record("webby", process("a", 30)) + group_gone_record("web");
    EXPECT_THAT(names(replay(text).value()), ElementsAre("webby:a 30"));
    text += group_record(group("web", {"a"}));
    EXPECT_THAT(names(replay(text).value()), ElementsAre("webby:a 30")) << "its processes are new";
}

TEST(Journal, CutOffAnywhere_IsWhatWasWholeBefore) {
    const std::string before = daemon_record(daemon()) + group_record(group("web", {"a"})) +
                               process_record("web", process("a", 10));
    const std::string last = process_record("web", process("a", 11));
    for (std::size_t size = 0; size < last.size(); ++size)
        EXPECT_THAT(names(replay(before + last.substr(0, size)).value()), ElementsAre("web:a 10"));
}

TEST(Journal, Compacted_SaysTheSame) {
    std::string text = daemon_record(daemon()) + group_record(group("web", {"a"})) +
                       group_record(group("old", {"x"}));
    for (int i = 0; i < 100; ++i) text += process_record("web", process("a", i));
    text += group_gone_record("old");
    const std::string small = compact(text);
    EXPECT_LT(small.size() * 5, text.size());
    EXPECT_EQ(names(replay(small).value()), names(replay(text).value()));
    EXPECT_EQ(compact(small), small);
}

TEST(Journal, WithoutADaemon_IsAnError) {
    EXPECT_THAT(replay("").error().text, HasSubstr("not written its state yet"));
    EXPECT_THAT(replay(group_record(group("web", {}))).error().text, HasSubstr("not written"));
}

TEST(Journal, OfAnotherVersion_IsAnError) {
    auto kept = daemon();
    kept.version = kVersion + 1;
    EXPECT_THAT(replay(daemon_record(kept)).error().text, HasSubstr("has version"));
}

TEST(Journal, Rubbish_IsAnError) {
    EXPECT_FALSE(replay(std::string("\x03\0\0\0\x01\0\0abc", 10)));
    EXPECT_FALSE(replay("rubbish that is no record at all"));
}

TEST(Journal, Descriptors_AreAllMeant) {
    Snapshot snapshot;
    snapshot.servers = {{"s", 3, ""}};
    snapshot.fcgi_sockets.emplace_back().fd = 4;
    snapshot.sockets.emplace_back().listeners = {{13, ""}, {14, "/run/x"}};
    auto& one = snapshot.groups.emplace_back().processes.emplace_back();
    one.out.pipe = 5;
    one.err.pipe = 6;
    one.in = 7;
    one.notify.socket = 8;
    one.notify.ready_pipe = 9;
    one.notify.stored = {{"a", 10, true}, {"b", 11, false}};
    one.lingering.emplace_back().output.pipe = 12;
    std::vector<int> seen;
    for_each_descriptor(snapshot, [&](int& fd) { seen.push_back(std::exchange(fd, fd + 100)); });
    EXPECT_THAT(seen, ElementsAre(3, 4, 13, 14, 5, 6, 7, 8, 9, 10, 11, 12));
    EXPECT_EQ(one.lingering.front().output.pipe, 112);
}

}  // namespace
}  // namespace svd::state
