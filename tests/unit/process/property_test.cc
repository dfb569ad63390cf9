// Random lives of a process. Every failure names its seed and the step, and is the same each time.
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "unit/process/invariants.h"
#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

using Random = std::mt19937_64;

int below(Random& random, int limit) {
    return static_cast<int>(random() % static_cast<unsigned>(limit));
}

config::ProcessConfig any_config(Random& random) {
    config::ProcessConfig config = *program("x");
    config.startsecs = config::Seconds(below(random, 4) - 1);
    config.startretries = below(random, 4);
    config.stopwaitsecs = config::Seconds(below(random, 4));
    config.autorestart = static_cast<config::AutoRestart>(below(random, 3));
    config.stopasgroup = below(random, 2) == 0;
    config.killasgroup = below(random, 2) == 0;
    config.keep_descendants = below(random, 4) == 0;
    if (below(random, 3) == 0) {
        auto& readiness = config.readiness.edit();
        readiness.by = static_cast<config::ReadyBy>(below(random, 3));
        readiness.timeout = config::Seconds(below(random, 4));
    }
    if (below(random, 2) == 0)
        config.restart_limit = {below(random, 3), config::Seconds(1 + below(random, 3))};
    return config;
}

ExitStatus any_status(Random& random) {
    return below(random, 2) == 0 ? code(below(random, 3)) : killed_by(1 + below(random, 40));
}

std::uint64_t any_run(Random& random, const Data& data) {
    switch (below(random, 4)) {
        case 0:
            return data.run;
        case 1:
            return data.run == 0 ? 0 : data.run - 1;
        default:
            return 0;
    }
}

// Sensible or not.
Event any_event(Random& random, const Data& data) {
    switch (below(random, 15)) {
        case 0:
            return StartRequested{};
        case 1:
            return Spawned{below(random, 50)};
        case 2:
            return SpawnFailed{"no spawn"};
        case 3:
            return ExecFailed{"no exec", code(127), below(random, 2) == 0, any_run(random, data)};
        case 4:
            return Exited{any_status(random), below(random, 2) == 0, any_run(random, data)};
        case 5:
            return Emptied{any_run(random, data)};
        case 6:
            return StopRequested{};
        case 7:
            return DeadlineReached{};
        case 8:
            return SignalFailed{below(random, 20), "EPERM"};
        case 9:
            return Ready{any_run(random, data)};
        case 10:
            return TimeExtended{std::chrono::milliseconds(below(random, 5000)),
                                any_run(random, data)};
        case 11:
            return LeaderNamed{below(random, 5), any_run(random, data)};
        case 12:
            return EndAnnounced{any_run(random, data)};
        case 13:
            return Silent{any_run(random, data)};
        default:
            return ShutdownBegun{};
    }
}

struct Life {
    explicit Life(std::uint64_t life_seed) : seed(life_seed), random(life_seed) {}

    // False, and a failure recorded, when an invariant broke.
    bool feed(const Event& event) {
        const Now now{kStart + clock, kWall + wall_jump};
        Step result = step(config, data, event, now, context);
        const std::string wrong = invariants.check(data, event, now, context, result);
        trace += text(event) + " -> " + std::string(state_name(result.data.state)) + "\n";
        if (!wrong.empty()) {
            ADD_FAILURE() << "seed " << seed << ": " << wrong << "\n" << trace;
            return false;
        }
        data = std::move(result.data);
        effects = std::move(result.effects);
        for (const Effect& effect : effects)
            if (const auto* change = std::get_if<Publish>(&effect))
                edges.emplace(change->from, change->to);
        return true;
    }

    std::uint64_t seed;
    Random random;
    config::ProcessConfig config = any_config(random);
    Data data;
    Context context;
    Duration clock{0};
    std::chrono::seconds wall_jump{0};
    std::vector<Effect> effects;
    Invariants invariants{config};
    std::set<std::pair<State, State>> edges;
    std::string trace;
};

TEST(Property, AnyEventInAnyOrder_BreaksNoInvariant) {
    std::set<std::pair<State, State>> edges;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        Life life(seed);
        for (int i = 0; i < 100; ++i) {
            life.clock += std::chrono::milliseconds(below(life.random, 3) * 600);
            if (below(life.random, 40) == 0) life.context.daemon_running = false;
            // Most lives would hang in STARTING for an answer that never comes.
            const bool spawning = life.data.state == State::Starting && life.data.pid == 0;
            const bool answer = spawning && below(life.random, 2) == 0;
            if (!life.feed(answer ? Event{Spawned{7}} : any_event(life.random, life.data))) return;
        }
        edges.merge(life.edges);
    }
    EXPECT_EQ(edges.size(), kEdges.size()) << "some edge of the graph was never taken";
}

TEST(Property, WallClockJumps_ChangeNoDecision) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        Life steady(seed);
        Life jumping(seed);
        Random jumps(seed);
        for (int i = 0; i < 100; ++i) {
            const auto pause = std::chrono::milliseconds(below(steady.random, 3) * 600);
            const Event event = any_event(steady.random, steady.data);
            steady.clock += pause;
            jumping.clock += pause;
            jumping.wall_jump = std::chrono::seconds(below(jumps, 2'000'000) - 1'000'000);
            if (!steady.feed(event) || !jumping.feed(event)) return;
            ASSERT_EQ(texts(steady.effects), texts(jumping.effects)) << "seed " << seed;
            ASSERT_EQ(steady.data.state, jumping.data.state);
            ASSERT_EQ(steady.data.deadline, jumping.data.deadline);
        }
    }
}

TEST(Property, SameEvents_GiveTheSameLife) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Life first(seed);
        Life second(seed);
        for (int i = 0; i < 100; ++i) {
            const Event a = any_event(first.random, first.data);
            const Event b = any_event(second.random, second.data);
            if (!first.feed(a) || !second.feed(b)) return;
            ASSERT_EQ(first.data, second.data);
            ASSERT_EQ(texts(first.effects), texts(second.effects));
        }
    }
}

// A world that keeps its promises: spawns are answered, deadlines come, what is killed dies.
class World {
  public:
    explicit World(std::uint64_t seed) : life_(seed) {}
    Life& life() { return life_; }

    bool feed(const Event& event) {
        if (!life_.feed(event)) return false;
        const std::vector<Effect> effects = life_.effects;
        for (const Effect& effect : effects) {
            if (std::holds_alternative<Spawn>(effect)) {
                descendants_ = below(life_.random, 2) == 0;
                const bool works = below(life_.random, 5) != 0;
                if (!feed(works ? Event{Spawned{7}} : Event{SpawnFailed{"no"}})) return false;
            } else if (std::holds_alternative<KillAll>(effect)) {
                killed_ = true;
            } else if (std::holds_alternative<KillRemains>(effect)) {
                descendants_ = false;
            }
        }
        return true;
    }

    // One thing that may happen next.
    bool advance() {
        const Data& data = life_.data;
        if (data.leader_gone && !descendants_) return feed(Emptied{data.run});
        if (killed_ && data.pid != 0 && !data.leader_gone) {
            killed_ = false;
            return feed(Exited{killed_by(9), descendants_, data.run});
        }
        if (data.deadline) {
            life_.clock = std::max(life_.clock, *data.deadline - kStart);
            return feed(DeadlineReached{});
        }
        return true;
    }

    bool wander() {
        switch (below(life_.random, 9)) {
            case 0:
                return feed(StartRequested{});
            case 1:
                if (life_.data.pid == 0 || life_.data.leader_gone) return true;
                return feed(Exited{any_status(life_.random), descendants_, life_.data.run});
            case 2:
                return feed(Ready{});
            case 3:
                return feed(Silent{});
            case 4:
                return feed(EndAnnounced{});
            default:
                return advance();
        }
    }

  private:
    Life life_;
    bool descendants_ = false;
    bool killed_ = false;
};

TEST(Property, StopRequest_IsOverWithinStopwaitsecsInAWorldThatObeysSigkill) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        World world(seed);
        for (int i = 0; i < 30; ++i)
            if (!world.wander()) return;
        Life& life = world.life();
        if (!world.feed(StopRequested{})) return;
        const Duration begun = life.clock;
        for (int i = 0; i < 5 && life.data.state == State::Stopping; ++i)
            if (!world.advance()) return;
        ASSERT_NE(life.data.state, State::Stopping) << "seed " << seed << "\n" << life.trace;
        ASSERT_TRUE(is_stopped(life.data.state)) << "seed " << seed << "\n" << life.trace;
        ASSERT_LE(life.clock - begun, life.config.stopwaitsecs + 1s) << "seed " << seed;
        ASSERT_EQ(life.data.deadline, std::nullopt) << "nothing may start it again";
    }
}

TEST(Property, Failures_NeverExceedRetriesPlusOneSpawns) {
    for (int retries = 0; retries < 6; ++retries) {
        Machine m;
        m.config.startretries = retries;
        m.feed(StartRequested{});
        while (m.data.state == State::Starting) {
            m.feed(SpawnFailed{"no"});
            if (m.data.state != State::Backoff) break;
            m.clock = *m.data.deadline - kStart;
            m.feed(DeadlineReached{});
        }
        EXPECT_EQ(m.data.state, State::Fatal);
        EXPECT_EQ(m.data.run, static_cast<std::uint64_t>(retries) + 1);
        EXPECT_EQ(m.clock, std::chrono::seconds(retries * (retries + 1) / 2));
    }
}

}  // namespace
}  // namespace svd::process
