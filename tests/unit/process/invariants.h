// What must hold after every step of the machine, whatever the events. Used by the property test
// and the fuzzer, so it knows no test framework: check() gives a sentence, empty when all is well.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "process/machine.h"

namespace svd::process::testing_support {

// Supervisor's graph, and UNKNOWN -> EXITED where Supervisor dies of an assertion.
inline constexpr auto kEdges = std::to_array<std::pair<State, State>>({
    {State::Stopped, State::Starting},
    {State::Exited, State::Starting},
    {State::Fatal, State::Starting},
    {State::Backoff, State::Starting},
    {State::Starting, State::Running},
    {State::Starting, State::Backoff},
    {State::Starting, State::Stopping},
    {State::Starting, State::Unknown},
    {State::Backoff, State::Fatal},
    {State::Backoff, State::Stopped},
    {State::Exited, State::Fatal},  // restart_limit
    {State::Running, State::Exited},
    {State::Running, State::Stopping},
    {State::Running, State::Unknown},
    {State::Stopping, State::Stopped},
    {State::Stopping, State::Unknown},
    {State::Unknown, State::Exited},
});

class Invariants {
  public:
    explicit Invariants(const config::ProcessConfig& checked) : config_(checked) {}
    std::string check(const Data& before, const Event& event, const Now& now,
                      const Context& context, const Step& step) {
        std::string wrong = check_data(step.data);
        if (wrong.empty()) wrong = check_chain(before, step);
        if (wrong.empty()) wrong = check_effects(before, event, context, step);
        if (wrong.empty()) wrong = check_time(before, event, now, step);
        return wrong;
    }

  private:
    const config::ProcessConfig& config_;
    std::string check_data(const Data& d) const {
        const bool spawning = d.state == State::Starting && d.pid == 0;
        const bool alive = d.state == State::Starting || d.state == State::Running ||
                           d.state == State::Stopping || d.state == State::Unknown;
        if (!spawning && alive != (d.pid > 0))
            return fmt::format("pid {} in {}", d.pid, state_name(d.state));
        if (d.leader_gone && (!alive || spawning)) return "leader gone without a run";
        if (d.leader_gone && (!d.exit || !d.deadline)) return "remains would be stuck";
        if (d.ended_early && !d.leader_gone) return "an early end that is over";
        if (d.restart_wanted && d.state != State::Stopping)
            return "restart wanted while not stopping";
        if (d.stop_wanted && d.state != State::Unknown) return "stop wanted while not unknown";
        if (d.state == State::Stopping && !d.deadline) return "stop without a deadline";
        const bool for_ever = config_.readiness->by != config::ReadyBy::Startsecs &&
                              config_.readiness->timeout.count() <= 0 && !d.ready &&
                              d.doom == Doom::None;
        if (d.state == State::Starting && !spawning && !d.deadline && !for_ever)
            return "start without a deadline";
        const bool timeless = d.state == State::Stopped || d.state == State::Fatal || spawning;
        const bool ended_or_alone = !d.leader_gone;
        if (d.deadline && timeless) return "deadline without a meaning";
        if (d.deadline && ended_or_alone &&
            ((d.state == State::Running && d.doom == Doom::None) || d.state == State::Unknown))
            return "deadline of an earlier state";
        if (d.state == State::Running && d.doom != Doom::None && !d.deadline)
            return "a doomed run would be stuck";
        if (d.state == State::Running && !d.ready &&
            config_.readiness->by != config::ReadyBy::Startsecs)
            return "RUNNING before it was ready";
        if ((d.state == State::Backoff || d.state == State::Fatal) && d.spawnerr.empty())
            return "failure without a reason";
        if (d.backoff < 0) return "negative backoff";
        return "";
    }

    static std::string check_chain(const Data& before, const Step& step) {
        State at = before.state;
        for (const Effect& effect : step.effects) {
            const auto* change = std::get_if<Publish>(&effect);
            if (change == nullptr) continue;
            if (change->from != at) return "published transitions are no chain";
            const std::pair edge{change->from, change->to};
            if (std::find(kEdges.begin(), kEdges.end(), edge) == kEdges.end())
                return fmt::format("no edge {}>{}", state_name(edge.first),
                                   state_name(edge.second));
            at = change->to;
        }
        return at == step.data.state ? "" : "a change of state was not published";
    }

    static std::string check_effects(const Data& before, const Event& event, const Context& context,
                                     const Step& step) {
        int spawns = 0;
        int stops = 0;
        for (const Effect& effect : step.effects) {
            const bool is_signal = std::holds_alternative<Signal>(effect);
            if (std::holds_alternative<Spawn>(effect)) ++spawns;
            if (is_signal || std::holds_alternative<KillAll>(effect)) ++stops;
            if (is_signal && before.leader_gone) return "signal to a pid that is gone";
        }
        if (spawns > 1) return "two spawns in one step";
        if (spawns > 0 && stops > 0) return "a start and a stop in one step";
        if (spawns > 0 && !std::holds_alternative<Spawn>(step.effects.back()))
            return "something follows Spawn";
        if (spawns > 0 && !context.daemon_running) return "a start while the daemon stops";
        if (spawns > 0 && before.state == State::Starting && before.pid == 0 &&
            !std::holds_alternative<Spawned>(event) && !std::holds_alternative<SpawnFailed>(event))
            return "a spawn before the last one was answered";
        if (step.data.run != before.run + static_cast<unsigned>(spawns)) return "runs miscounted";
        return "";
    }

    static std::string check_time(const Data& before, const Event& event, const Now& now,
                                  const Step& step) {
        // startsecs count from the request, so a late answer may find them over.
        if (std::holds_alternative<Spawned>(event)) return "";
        const auto& deadline = step.data.deadline;
        if (deadline && deadline != before.deadline && *deadline < now.mono)
            return "a new deadline in the past";
        return "";
    }
};

}  // namespace svd::process::testing_support
