// Shared by the tests of process/: texts for events and effects, a clock moved by hand, and an
// Actuator that writes down what it is asked to do.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "process/fleet.h"

namespace svd::process::testing_support {

using namespace std::chrono_literals;

inline constexpr MonoTime kStart{std::chrono::hours(1000)};
inline constexpr WallTime kWall{std::chrono::seconds(1'700'000'000)};

// `after` the start of the test, on both clocks.
Now at(Duration after);

std::shared_ptr<config::ProcessConfig> program(std::string name);
std::shared_ptr<config::ProcessConfig> member(std::string name, int priority);
std::shared_ptr<config::GroupConfig> group(
    std::string name, int priority,
    std::vector<std::shared_ptr<config::ProcessConfig>> members = {});

ExitStatus code(int value);
ExitStatus killed_by(int signal, bool core = false);

std::string text(const Effect& effect);
std::vector<std::string> texts(const std::vector<Effect>& effects);
std::string text(const Event& event);

// One process and its machine, fed by hand.
struct Machine {
    config::ProcessConfig config = *program("x");
    Data data;
    Context context;
    Duration clock{0};
    std::vector<std::string> seen;  // effects of the last event

    // Feeds one event at clock; answers nothing.
    Machine& feed(const Event& event);
    Machine& after(Duration more);  // moves the clock
    // STARTING with pid 7, RUNNING, STOPPING, BACKOFF with one failure.
    Machine& starting();
    Machine& running();
    Machine& stopping();
    Machine& backoff();
};

// Lines such as "spawn a:x", "signal a:x 15", "a:x STOPPED>STARTING"; debug lines are left out.
class RecordingActuator : public Actuator {
  public:
    Event spawn(Process& process) override;
    std::optional<SignalFailed> signal(Process& process, int number, bool to_group) override;
    void kill_all(Process& process) override;
    void kill_remains(Process& process) override;
    void log(const Process& process, config::LogLevel level, std::string_view text) override;
    void published(Process& process, const Publish& change) override;
    void group_added(Group& group) override;
    void group_removed(const std::string& name) override;
    void shutdown_complete(DaemonState how) override;

    // Lines since the last call.
    std::vector<std::string> take() { return std::exchange(lines, {}); }
    // Those that begin with `prefix`.
    std::vector<std::string> take(std::string_view prefix);

    std::vector<std::string> lines;
    std::vector<std::string> logs;
    std::function<Event(Process&)> on_spawn;  // empty: Spawned with the next pid
    std::function<std::optional<SignalFailed>(Process&, int)> on_signal;
    std::function<void(Process&, const Publish&)> on_published;
    std::function<void(DaemonState)> on_complete;
    pid_t next_pid = 100;
};

}  // namespace svd::process::testing_support
