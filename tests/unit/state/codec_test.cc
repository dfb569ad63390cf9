#include "state/codec.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace svd::state {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const config::ProcessConfig> program() {
    config::ProcessConfig config;
    config.name = "web";
    config.command = "/bin/cat \xff\x01 bytes that are no text";
    config.startsecs = config::Seconds::max();
    config.restart_limit = {5, 60s};
    config.user = config::Credentials{"u", 5, 6, {6, 7}, "/home/u", "/bin/sh"};
    config.environment = {{"A", "1"}, {"B", ""}};
    config.umask = 022;
    config.fcgi_socket = config::FcgiSocket{"unix:///x", 5, config::SocketOwner{1, {}}, 0700};
    config.limits.edit().cpu_max = config::CpuQuota{50000, 100000};
    config.limits.edit().ionice = config::IoPriority{config::IoClass::Idle, 0};
    config.limits.edit().rlimits = {{config::Resource::Core, 0, config::kUnlimited}};
    config.limits.edit().memory_restart = 1ULL << 60U;
    config.stdout_log.edit().more_paths = std::vector<std::string>{"/a", "/b"};
    return std::make_shared<const config::ProcessConfig>(config);
}

Process process() {
    Process one;
    one.name = "web";
    one.data.state = process::State::Stopping;
    one.data.pid = 4711;
    one.data.run = 1ULL << 60U;
    one.data.deadline = MonoTime(123456789012345ns);
    one.data.laststart = WallTime(1700000000123456us);
    one.data.exit = process::ExitStatus{{}, 9, true};
    one.data.spawnerr = "why";
    one.deaths.emplace();
    process::Death death;
    death.kind = process::EndKind::OomKill;
    death.at = WallTime(1700000000123456us);
    death.ran = 5ns;
    death.asked = process::Asked::Shutdown;
    death.stage = "exec";
    death.memory = {true, 3, 600, true, 612};
    death.breach = {5, 4};
    death.cpu_usec = 1ULL << 60U;
    one.deaths->add(death, {std::string("\0\xff", 2), "err"});
    one.deaths->at_end = {1, 2, 3, 4, 5, 6, 7, 8};
    one.signal_on_request = 9;
    one.paused = true;
    one.queued = true;
    one.out = {5, "/auto", {{3, true, 7}, {true, 4, "message"}, "half a line", 99, 88, "\xff"}};
    one.in = 7;
    one.in_queue = std::string("\0\xff\n", 3);
    one.lingering = {{true, {9, "", {}}}};
    one.walking = true;
    one.walk_marker = "SVD_SCOPE=x";
    one.breach = {612, 600};
    one.quick_breaches = 3;
    return one;
}

Snapshot snapshot() {
    Snapshot saved;
    saved.program_version = "1.2.3";
    saved.upgrades = 3;
    config::GroupConfig group;
    group.name = "web";
    group.kind = config::ProgramKind::EventListener;
    group.processes = {program()};
    group.listener_pool = config::ListenerPool{{"TICK"}, 7, "x", true};
    saved.group_configs = {group};
    saved.configured.groups = {0};
    saved.configured.config.daemon.identifier = "me";
    saved.configured.config.unix_servers = {
        {"unix_http_server", "/s", 0700, {}, config::HttpAuth{"u", "p"}}};
    saved.last_read = saved.configured;
    saved.child_limits = {{7, 1024, ~0ULL}};
    saved.servers = {{"unix_http_server", 11, "/s"}};
    saved.fcgi_sockets = {{*program()->fcgi_socket, "web", true, 12, "/x"}};
    auto& socket = saved.sockets.emplace_back();
    socket.config.name = "web";
    socket.config.listen = {{"/y", "", 0}, {"", "::1", 80}};
    socket.listeners = {{15, "/y"}, {16, ""}};
    saved.next_serial = 1ULL << 62U;
    saved.ticks = {{5, 340000000}};
    event::PoolState pool;
    pool.queue = {{{5, "TICK_5", "when:5", WallTime(1us), "", ""}, 4}};
    pool.listeners = {{"web", {2, "REA", 17}, pool.queue.front()}};
    pool.holding = true;
    saved.groups = {{0, {process()}, pool}};
    return saved;
}

TEST(State, WhatIsWritten_IsReadAgain) {
    const auto before = snapshot();
    const auto bytes = encode(before);
    const auto after = decode(bytes);
    ASSERT_TRUE(after) << after.error().text;
    EXPECT_EQ(after->group_configs, before.group_configs);
    EXPECT_EQ(after->group_configs[0].processes[0]->user->groups, (std::vector<gid_t>{6, 7}));
    EXPECT_EQ(after->groups, before.groups);
    EXPECT_EQ(after->servers, before.servers);
    EXPECT_EQ(after->fcgi_sockets, before.fcgi_sockets);
    EXPECT_EQ(after->sockets, before.sockets);
    EXPECT_EQ(after->child_limits, before.child_limits);
    EXPECT_EQ(after->next_serial, before.next_serial);
    EXPECT_EQ(after->ticks, before.ticks);
    EXPECT_EQ(after->configured.config.daemon.identifier, "me");
    EXPECT_EQ(after->last_read->config.unix_servers[0].auth, (config::HttpAuth{"u", "p"}));
    EXPECT_EQ(encode(*after), bytes);
}

TEST(State, Descriptors_AreAllThatItMeans) {
    EXPECT_THAT(descriptors_of(snapshot()), ElementsAre(11, 12, 15, 16, 5, 7, 9));
}

// What an svd of the oldest version wrote must be read for ever, or kOldestVersion be raised.
TEST(State, RecordedStateOfTheOldestVersion_IsRead) {
    std::ifstream file(SVD_SOURCE_DIR "/tests/data/state/version-1.cbor", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto read = decode(bytes);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->version, kOldestVersion);
    ASSERT_EQ(read->groups.size(), 4U);
    const auto& never = read->groups[0].processes[0];
    EXPECT_EQ(read->group_configs[read->groups[0].config].name, "a_never");
    EXPECT_EQ(never.data.state, process::State::Stopped);
    EXPECT_EQ(read->groups[2].processes[0].data.exit->code, 3);
    EXPECT_EQ(read->group_configs[read->groups[3].config].listener_pool->events,
              std::vector<std::string>{"TICK_5"});
}

// They are not written, so a state of today would be read with the defaults of tomorrow.
TEST(State, Defaults_AreThoseOfThisVersion) {
    const std::string path = SVD_SOURCE_DIR "/tests/golden/state_defaults.txt";
    if (std::getenv("SVD_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << plain_values();
        GTEST_SKIP() << "wrote " << path;
    }
    std::ifstream file(path);
    const std::string recorded{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(plain_values(), recorded)
        << "a new member: SVD_UPDATE_GOLDEN=1 rewrites it; another default: another kVersion";
}

TEST(State, MembersThatAnOlderOneDidNotHave_KeepTheirDefaults) {
    auto document = nlohmann::json::from_cbor(encode(snapshot()));
    document["state"].erase("upgrades");
    document["state"]["groups"][0]["processes"][0]["data"].erase("restarts");
    document["state"]["unknown to this one"] = 5;
    std::string bytes;
    nlohmann::json::to_cbor(document, bytes);
    const auto read = decode(bytes);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->upgrades, 0);
    EXPECT_EQ(read->groups[0].processes[0].data.pid, 4711);
}

// An enumeration was appended to.
TEST(State, ListOfAnOlderOneThatIsShorter_KeepsTheDefaultsOfTheRest) {
    auto document = nlohmann::json::from_cbor(encode(snapshot()));
    auto& counts = document["state"]["groups"][0]["processes"][0]["deaths"]["counts"];
    ASSERT_EQ(counts.size(), process::kEndKinds);
    counts.erase(process::kEndKinds - 1);
    std::string bytes;
    nlohmann::json::to_cbor(document, bytes);
    const auto read = decode(bytes);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read->groups, snapshot().groups);
}

std::string refusal(std::string_view bytes) {
    const auto read = decode(bytes);
    return read ? "read" : read.error().text;
}

TEST(State, OtherVersions_AreRefusedByName) {
    auto document = nlohmann::json::from_cbor(encode(snapshot()));
    document["version"] = kVersion + 1;
    std::string bytes;
    nlohmann::json::to_cbor(document, bytes);
    EXPECT_EQ(refusal(bytes), fmt::format("the state has version {}, this svd reads {} to {}",
                                          kVersion + 1, kOldestVersion, kVersion));
}

TEST(State, WhatIsNoState_IsRefused) {
    const auto bytes = encode(snapshot());
    for (const std::string& text : {std::string(), std::string("hello"), bytes + "x"})
        EXPECT_EQ(refusal(text), "this is not the state of an svd");
    for (std::size_t size = 0; size < bytes.size(); size += 97)
        EXPECT_EQ(refusal(std::string_view(bytes).substr(0, size)),
                  "this is not the state of an svd");
    auto document = nlohmann::json::from_cbor(bytes);
    document["state"]["groups"][0]["config"] = 5;
    std::string damaged;
    nlohmann::json::to_cbor(document, damaged);
    EXPECT_EQ(refusal(damaged), "the state is damaged: a group without a configuration");
    document["state"]["groups"] = "x";
    damaged.clear();
    nlohmann::json::to_cbor(document, damaged);
    EXPECT_THAT(refusal(damaged), HasSubstr("the state is damaged: "));
    document["version"] = 1e300;
    damaged.clear();
    nlohmann::json::to_cbor(document, damaged);
    EXPECT_EQ(refusal(damaged), "the state is damaged: a number is no whole one");
}

}  // namespace
}  // namespace svd::state
