// The whole table: every situation of a process, every event, every setting that matters. Rows of
// a variant that equal those of the default are left out. SVD_UPDATE_GOLDEN=1 rewrites the file.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

struct Situation {
    std::string name;
    std::function<void(Machine&)> reach;
};

// How a fresh process gets there.
const std::vector<Situation>& situations() {
    static const std::vector<Situation> all{
        {"STOPPED", [](Machine&) {}},
        {"STARTING, not spawned yet", [](Machine& m) { m.feed(StartRequested{}); }},
        {"STARTING", [](Machine& m) { m.starting().after(500ms); }},
        {"STARTING, startsecs over", [](Machine& m) { m.starting().after(1s); }},
        {"STARTING, startsecs over, not ready",
         [](Machine& m) {
             m.config.readiness.edit().by = config::ReadyBy::Notify;
             m.starting().after(2s);
         }},
        {"STARTING, ready",
         [](Machine& m) {
             m.config.readiness.edit().by = config::ReadyBy::Notify;
             m.starting().feed(Ready{}).after(500ms);
         }},
        {"STARTING, ready_timeout over",
         [](Machine& m) {
             m.config.readiness.edit().by = config::ReadyBy::Notify;
             m.starting().after(90s);
         }},
        {"STARTING, stopped for ready_timeout",
         [](Machine& m) {
             m.config.readiness.edit().by = config::ReadyBy::Notify;
             m.starting().after(90s).feed(DeadlineReached{}).after(10s);
         }},
        {"STARTING, leader gone early",
         [](Machine& m) { m.starting().feed(Exited{code(0), true}).after(1s); }},
        {"STARTING, leader gone late",
         [](Machine& m) { m.starting().after(1s).feed(Exited{code(0), true}).after(1s); }},
        {"RUNNING", [](Machine& m) { m.running().after(1min); }},
        {"RUNNING, killed for its silence",
         [](Machine& m) { m.running().after(1min).feed(Silent{}).after(10s); }},
        {"RUNNING, stopping by itself",
         [](Machine& m) { m.running().after(1min).feed(EndAnnounced{}).after(1s); }},
        {"RUNNING, leader gone",
         [](Machine& m) { m.running().after(1min).feed(Exited{code(1), true}).after(1s); }},
        {"BACKOFF, waiting", [](Machine& m) { m.backoff(); }},
        {"BACKOFF, due", [](Machine& m) { m.backoff().after(1s); }},
        {"STOPPING", [](Machine& m) { m.stopping(); }},
        {"STOPPING, stopwaitsecs over", [](Machine& m) { m.stopping().after(10s); }},
        {"STOPPING, to be restarted", [](Machine& m) { m.stopping().feed(StartRequested{}); }},
        {"STOPPING, leader gone",
         [](Machine& m) { m.stopping().feed(Exited{code(0), true}).after(1s); }},
        {"EXITED",
         [](Machine& m) {
             m.running().after(1min);
             m.data.state = State::Exited;
             m.data.pid = 0;
             m.data.exit = code(0);
         }},
        {"EXITED, restart due",
         [](Machine& m) {
             m.running().after(1min);
             m.data.state = State::Exited;
             m.data.pid = 0;
             m.data.exit = code(0);
             m.data.deadline = kStart + m.clock;
         }},
        {"FATAL", [](Machine& m) { m.backoff().feed(ShutdownBegun{}); }},
        {"UNKNOWN", [](Machine& m) { m.running().feed(SignalFailed{1, "EPERM"}).after(1min); }},
        {"UNKNOWN after a stop",
         [](Machine& m) { m.stopping().feed(SignalFailed{15, "EPERM"}).after(1min); }},
        {"UNKNOWN, leader gone",
         [](Machine& m) {
             m.running().feed(SignalFailed{1, "EPERM"}).feed(Exited{code(0), true}).after(1s);
         }},
    };
    return all;
}

const std::vector<Event>& events() {
    static const std::vector<Event> all{
        StartRequested{},
        Spawned{9},
        SpawnFailed{"no spawn"},
        ExecFailed{"no exec", code(127)},
        ExecFailed{"no exec", code(127), true},
        Exited{code(0)},
        Exited{code(0), true},
        Exited{code(1)},
        Exited{killed_by(15)},
        Emptied{},
        StopRequested{},
        DeadlineReached{},
        SignalFailed{15, "EPERM"},
        ShutdownBegun{},
        Ready{},
        TimeExtended{20s},
        LeaderNamed{8},
        EndAnnounced{},
        Silent{},
    };
    return all;
}

struct Variant {
    std::string name;
    std::function<void(Machine&)> set;  // before the event, after the situation was reached
};

const std::vector<Variant>& variants() {
    static const std::vector<Variant> all{
        {"default: startsecs=1 startretries=3 autorestart=unexpected stopwaitsecs=10",
         [](Machine&) {}},
        {"startsecs=0", [](Machine& m) { m.config.startsecs = 0s; }},
        {"ready=notify",
         [](Machine& m) { m.config.readiness.edit().by = config::ReadyBy::Notify; }},
        {"ready=notify ready_timeout=0",
         [](Machine& m) {
             m.config.readiness.edit().by = config::ReadyBy::Notify;
             m.config.readiness.edit().timeout = 0s;
         }},
        {"startretries=0", [](Machine& m) { m.config.startretries = 0; }},
        {"autorestart=true",
         [](Machine& m) { m.config.autorestart = config::AutoRestart::Always; }},
        {"autorestart=false",
         [](Machine& m) { m.config.autorestart = config::AutoRestart::Never; }},
        {"restart_limit=0/60", [](Machine& m) { m.config.restart_limit = {0, 60s}; }},
        {"exitcodes=1", [](Machine& m) { m.config.exitcodes = {1}; }},
        {"stopasgroup killasgroup",
         [](Machine& m) { m.config.stopasgroup = m.config.killasgroup = true; }},
        {"stopwaitsecs=0", [](Machine& m) { m.config.stopwaitsecs = 0s; }},
        {"keep_descendants", [](Machine& m) { m.config.keep_descendants = true; }},
        {"the daemon stops", [](Machine& m) { m.context.daemon_running = false; }},
    };
    return all;
}

// What is remembered apart from state and effects, as far as the event changed it.
std::string changes(const Data& before, const Data& after, MonoTime now) {
    std::vector<std::string> parts;
    const auto note = [&](bool differs, std::string value) {
        if (differs) parts.push_back(std::move(value));
    };
    note(before.pid != after.pid, fmt::format("pid={}", after.pid));
    note(before.run != after.run, "next run");
    note(before.backoff != after.backoff, fmt::format("backoff={}", after.backoff));
    if (before.deadline != after.deadline)
        parts.push_back(after.deadline
                            ? fmt::format("deadline=+{}ms", (*after.deadline - now) / 1ms)
                            : "deadline=none");
    note(before.restarts != after.restarts, fmt::format("restarts={}", after.restarts));
    note(before.exit != after.exit,
         fmt::format("exit={}", after.exit ? describe(*after.exit) : "none"));
    note(before.spawnerr != after.spawnerr, fmt::format("spawnerr='{}'", after.spawnerr));
    note(before.laststop != after.laststop, "laststop");
    note(before.leader_gone != after.leader_gone,
         after.leader_gone ? "leader gone" : "leader forgotten");
    note(before.ended_early != after.ended_early,
         fmt::format("ended_early={:d}", after.ended_early));
    note(before.restart_wanted != after.restart_wanted,
         fmt::format("restart_wanted={:d}", after.restart_wanted));
    note(before.killed != after.killed, fmt::format("killed={:d}", after.killed));
    note(before.stop_wanted != after.stop_wanted,
         fmt::format("stop_wanted={:d}", after.stop_wanted));
    note(before.ready != after.ready, fmt::format("ready={:d}", after.ready));
    note(before.new_leader != after.new_leader, fmt::format("new_leader={:d}", after.new_leader));
    note(before.doom != after.doom, fmt::format("doom={}", static_cast<int>(after.doom)));
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string row(const Situation& situation, const Event& event, const Variant& variant) {
    Machine m;
    situation.reach(m);
    variant.set(m);
    const Data before = m.data;
    m.feed(event);
    std::string out = fmt::format("  {}: {}", text(event), state_name(m.data.state));
    const std::string remembered = changes(before, m.data, at(m.clock).mono);
    if (!remembered.empty()) out += " {" + remembered + "}";
    if (before == m.data && m.seen.empty()) out += " (nothing)";
    out += "\n";
    for (const std::string& effect : m.seen) out += "      " + effect + "\n";
    return out;
}

std::string table() {
    std::string out =
        "Every transition of process/machine, printed by tests/unit/process/golden_test.cc.\n"
        "Situation, then event: next state {what else changed} and the effects in order.\n";
    std::map<std::string, std::string> defaults;
    for (const Variant& variant : variants()) {
        out += fmt::format("\n=== {}\n", variant.name);
        for (const Situation& situation : situations()) {
            std::string rows;
            for (const Event& event : events()) {
                const std::string line = row(situation, event, variant);
                const auto [known, is_new] =
                    defaults.try_emplace(situation.name + text(event), line);
                if (is_new || known->second != line) rows += line;
            }
            if (!rows.empty()) out += fmt::format("\n{}\n{}", situation.name, rows);
        }
    }
    return out;
}

TEST(Golden, Transitions_AreTheReviewedOnes) {
    const std::string path = SVD_SOURCE_DIR "/tests/golden/transitions.txt";
    const std::string actual = table();
    if (std::getenv("SVD_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << actual;
        GTEST_SKIP() << "rewrote " << path;
    }
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file) << path;
    std::stringstream expected;
    expected << file.rdbuf();
    std::istringstream a(actual);
    int number = 0;
    for (std::string is, should; std::getline(expected, should);) {
        ++number;
        ASSERT_TRUE(std::getline(a, is)) << path << " goes on at line " << number;
        ASSERT_EQ(is, should) << path << ":" << number
                              << " (SVD_UPDATE_GOLDEN=1 rewrites it for review)";
    }
    EXPECT_EQ(actual.size(), expected.str().size());
}

}  // namespace
}  // namespace svd::process
