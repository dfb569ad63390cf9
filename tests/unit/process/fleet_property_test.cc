// Random use of a Fleet, with callbacks that call back into it. The books must agree with the
// processes after every call; a sanitizer sees what is used after its end.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "unit/process/invariants.h"
#include "unit/process/support.h"

namespace svd::process {
namespace {

using namespace testing_support;

class Chaos {
  public:
    explicit Chaos(std::uint64_t seed) : random_(seed) {
        actuator_.on_spawn = [this](Process&) -> Event {
            meddle();
            if (below(4) == 0) return SpawnFailed{"no"};
            return Spawned{1 + below(1000)};
        };
        actuator_.on_signal = [this](Process&, int number) -> std::optional<SignalFailed> {
            meddle();
            if (below(10) == 0) return SignalFailed{number, "EPERM"};
            return std::nullopt;
        };
        actuator_.on_published = [this](Process& process, const Publish& change) {
            check_chain(process, change);
            meddle();
        };
        actuator_.on_complete = [this](DaemonState) {
            ++completions_;
            EXPECT_TRUE(fleet_.unstopped().empty());
            meddle();
        };
    }

    void act() {
        switch (below(14)) {
            case 0:
                add();
                break;
            case 1:
                fleet_.remove_group(any_name());
                break;
            case 2:
            case 3:
                fleet_.start_some(static_cast<std::size_t>(below(4)), now());
                break;
            case 4:
            case 5:
                clock_ += std::chrono::milliseconds(below(1500));
                fleet_.on_time(now(), static_cast<std::size_t>(below(3) == 0 ? 1 : 1000));
                break;
            case 6:
                if (below(60) == 0) fleet_.begin_shutdown(any_end(), now());
                break;
            case 7:
                if (Group* g = fleet_.find_group(any_name())) fleet_.queue_autostart(*g);
                break;
            case 8:
                if (Process* p = any_process()) fleet_.queue_start(*p);
                break;
            default:
                if (Process* p = any_process()) fleet_.feed(*p, any_event(*p), now());
        }
        actuator_.take();
        actuator_.logs.clear();
    }

    void check() const {
        std::optional<MonoTime> earliest;
        std::size_t processes = 0;
        std::size_t unstopped = 0;
        for (const Group* g : fleet_.groups_by_priority()) {
            std::size_t in_group = 0;
            for (const auto& p : g->processes) {
                ++processes;
                if (!is_stopped(p->data.state)) ++in_group;
                if (p->data.deadline && (!earliest || *p->data.deadline < *earliest))
                    earliest = p->data.deadline;
                ASSERT_FALSE(p->data.state == State::Starting && p->data.pid == 0)
                    << "Spawn was not answered";
            }
            ASSERT_EQ(g->unstopped, in_group);
            unstopped += in_group;
        }
        ASSERT_EQ(fleet_.next_deadline(), earliest);
        ASSERT_EQ(fleet_.process_count(), processes);
        ASSERT_EQ(fleet_.unstopped().size(), unstopped);
        const bool ends = fleet_.daemon_state() != DaemonState::Running;
        ASSERT_EQ(completions_, ends && unstopped == 0 ? 1 : completions_);
        ASSERT_LE(completions_, ends ? 1 : 0);
    }

    // Lets everything die, which must complete a shutdown.
    void end() {
        depth_ = 100;  // no more meddling
        fleet_.begin_shutdown(DaemonState::Shutdown, now());
        for (int turn = 0; turn < 1000 && !fleet_.unstopped().empty(); ++turn)
            for (Process* p : fleet_.processes_by_name())
                if (p->data.state == State::Stopping)
                    fleet_.feed(*p, p->data.leader_gone ? Event{Emptied{}} : Event{Exited{code(0)}},
                                now());
                else if (p->data.leader_gone)
                    fleet_.feed(*p, Emptied{}, now());
        check();
        EXPECT_EQ(completions_, 1);
    }

  private:
    int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
    Now now() const { return at(clock_); }
    std::string any_name() { return "g" + std::to_string(below(6)); }
    DaemonState any_end() {
        return below(2) == 0 ? DaemonState::Restarting : DaemonState::Shutdown;
    }

    Process* any_process() {
        const Group* g = fleet_.find_group(any_name());
        if (g == nullptr) return nullptr;
        return g->processes[static_cast<std::size_t>(below(static_cast<int>(g->processes.size())))]
            .get();
    }

    Event any_event(const Process& process) {
        switch (below(7)) {
            case 0:
            case 1:
                return StartRequested{};
            case 2:
                return StopRequested{};
            case 3:
                return Emptied{};
            case 4:
                return Exited{code(below(2)), below(3) == 0, process.data.run};
            case 5:
                return ExecFailed{"no", code(127), below(3) == 0, process.data.run};
            default:
                return DeadlineReached{};
        }
    }

    void add() {
        std::vector<std::shared_ptr<config::ProcessConfig>> members;
        for (int i = 0; i <= below(3); ++i) {
            auto config = program("p" + std::to_string(i));
            config->priority = below(3);
            config->startsecs = config::Seconds(below(3));
            config->stopwaitsecs = config::Seconds(below(3));
            config->autorestart = static_cast<config::AutoRestart>(below(3));
            members.push_back(std::move(config));
        }
        fleet_.add_group(group(any_name(), below(3), std::move(members)));
    }

    // What a callback may do.
    void meddle() {
        if (depth_ > 2 || below(4) != 0) return;
        ++depth_;
        act();
        --depth_;
    }

    // Publishes of one process follow each other, across steps and re-entrance.
    void check_chain(const Process& process, const Publish& change) {
        const auto [last, first_time] = last_.try_emplace(process.sequence, State::Stopped);
        EXPECT_EQ(last->second, change.from) << process.namespec();
        const std::pair edge{change.from, change.to};
        EXPECT_NE(std::find(kEdges.begin(), kEdges.end(), edge), kEdges.end());
        last->second = change.to;
    }

    std::mt19937_64 random_;
    RecordingActuator actuator_;
    Fleet fleet_{actuator_};
    Duration clock_{0};
    int depth_ = 0;
    int completions_ = 0;
    std::map<std::uint64_t, State> last_;
};

TEST(FleetProperty, RandomUseWithReentrance_KeepsTheBooks) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Chaos chaos(seed);
        for (int i = 0; i < 250; ++i) {
            chaos.act();
            chaos.check();
            if (::testing::Test::HasFailure()) return;
        }
        chaos.end();
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace svd::process
