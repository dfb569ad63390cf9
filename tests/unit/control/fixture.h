// A Supervisor over a real Fleet, with a pretended daemon that notes what it is asked to do.
#pragma once

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/supervisor.h"

namespace svd::control {

using namespace std::chrono_literals;

[[nodiscard]] inline process::Exited exited_by(int signal) {
    return {{std::nullopt, signal}};
}

struct FakeActuator : process::Actuator {
    process::Event spawn(process::Process& process) override {
        if (fail_spawn.contains(process.name())) return process::SpawnFailed{"no luck"};
        return process::Spawned{next_pid++};
    }
    std::optional<process::SignalFailed> signal(process::Process& process, int number,
                                                bool) override {
        signals.emplace_back(process.name(), number);
        return std::nullopt;
    }
    void kill_all(process::Process&) override {}
    void kill_remains(process::Process&) override {}
    void log(const process::Process&, config::LogLevel, std::string_view) override {}
    void published(process::Process&, const process::Publish&) override {}
    void group_added(process::Group&) override {}
    void group_removed(const std::string&) override {}
    void shutdown_complete(process::DaemonState) override {}

    std::set<std::string> fail_spawn;
    std::vector<std::pair<std::string, int>> signals;
    pid_t next_pid = 100;
};

struct FakeHost : Host {
    [[nodiscard]] Now now() const override { return time; }
    void log(config::LogLevel, std::string_view text) override { lines.emplace_back(text); }
    void collect_children() override {}
    void settle_soon() override { ++settle_requests; }
    Result<std::shared_ptr<const config::Config>> read_config() override { return on_disk; }
    void limits_changed(process::Group& group, const config::GroupConfig& before) override {
        relimited.push_back(group.name() + ": " +
                            config::describe_changes(before.limits, group.config->limits));
        for (std::size_t i = 0; i < group.processes.size(); ++i)
            relimited.push_back(group.processes[i]->name() + ": " +
                                config::describe_changes(before.processes[i]->limits,
                                                         group.processes[i]->config->limits));
    }
    std::optional<Fault> check_command(const process::Process& process) override {
        if (process.config->command == "missing")
            return Fault{FaultCode::NoFile, "can't find command 'missing'"};
        return std::nullopt;
    }
    std::optional<std::string> send_signal(process::Process& process, int number) override {
        sent.emplace_back(process.name(), number);
        return std::nullopt;
    }
    Status order_pause(process::Process& process, bool pause) override {
        if (!can_pause) return fail("pausing needs a cgroup");
        pause_orders.emplace_back(process.namespec(), pause);
        pauses[&process] = {.paused = pause, .changing = true, .failed = false, .trouble = {}};
        return {};
    }
    [[nodiscard]] const PauseState& pause_state(const process::Process& process) const override {
        static const PauseState none;
        const auto found = pauses.find(&process);
        return found == pauses.end() ? none : found->second;
    }
    [[nodiscard]] const process::Told& told(const process::Process& process) const override {
        static const process::Told nothing;
        const auto found = said.find(&process);
        return found == said.end() ? nothing : found->second;
    }
    Outcome<void> write_stdin(process::Process&, std::string_view text) override {
        stdin_text += text;
        return {};
    }
    [[nodiscard]] std::string log_path(const process::Process& process,
                                       Channel channel) const override {
        return channel == Channel::Stdout ? log_directory + "/" + process.name() : "";
    }
    Status clear_logs(process::Process&) override { return {}; }
    Status rotate_logs(process::Process& process) override {
        rotated.push_back(process.namespec());
        return log_trouble;
    }
    Status reopen_logs(process::Process& process) override {
        reopened.push_back(process.namespec());
        return log_trouble;
    }
    [[nodiscard]] std::string main_log_path() const override { return main_log; }
    Status clear_main_log() override { return {}; }
    Status rotate_main_log() override {
        rotated.emplace_back("main log");
        return log_trouble;
    }
    Outcome<void> request_shutdown(process::DaemonState how) override {
        requested = how;
        return {};
    }
    void upgrade(Done<void> done) override { done({}); }
    [[nodiscard]] DaemonInfo daemon_info() const override { return {"1.2.3", 7, 0, {}}; }
    void remote_communication(std::string_view type, std::string_view data) override {
        remote.emplace_back(type, data);
    }
    [[nodiscard]] Usage usage(const process::Process& process, bool) const override {
        time.mono += usage_takes;
        const auto known = usages.find(process.name());
        return known == usages.end() ? Usage{} : known->second;
    }
    [[nodiscard]] std::vector<EventPoolInfo> event_pools() const override { return {}; }

    mutable Now time{MonoTime(1000s), WallTime(1'700'000'000s)};
    Result<std::shared_ptr<const config::Config>> on_disk{nullptr};
    std::string log_directory = "/log";
    std::string main_log;  // empty: none
    std::vector<std::string> lines;
    std::vector<std::pair<std::string, int>> sent;
    std::vector<std::pair<std::string, std::string>> remote;
    bool can_pause = true;
    std::vector<std::pair<std::string, bool>> pause_orders;
    std::map<const process::Process*, PauseState> pauses;
    std::map<const process::Process*, process::Told> said;
    std::vector<std::string> relimited;
    std::string stdin_text;
    std::vector<std::string> rotated;
    std::vector<std::string> reopened;
    Status log_trouble{};
    std::map<std::string, Usage> usages;
    Duration usage_takes{};
    std::optional<process::DaemonState> requested;
    int settle_requests = 0;
};

class SupervisorTest : public testing::Test {
  protected:
    static config::ProcessConfig program(std::string name) {
        config::ProcessConfig config;
        config.name = config.program = std::move(name);
        config.command = "/bin/true";
        return config;
    }
    static config::GroupConfig group(std::string name, std::vector<config::ProcessConfig> members) {
        config::GroupConfig config;
        config.name = std::move(name);
        for (auto& member : members)
            config.processes.push_back(
                std::make_shared<const config::ProcessConfig>(std::move(member)));
        return config;
    }
    void add(config::GroupConfig config) {
        fleet.add_group(std::make_shared<const config::GroupConfig>(std::move(config)));
    }
    // Remembers the outcome of a verb that may wait.
    Done<MemberResults> remember() {
        outcome.reset();
        return [this](Outcome<MemberResults> result) { outcome = std::move(result); };
    }
    process::Process& at(std::string_view group_name, std::string_view name) {
        return *fleet.find(group_name, name);
    }
    void feed(process::Process& process, const process::Event& event) {
        fleet.feed(process, event, host.time);
        supervisor.settle();
    }
    void pass(Duration time) {
        host.time.mono += time;
        host.time.wall += std::chrono::duration_cast<std::chrono::microseconds>(time);
        fleet.on_time(host.time);
        supervisor.on_time(host.time);
        supervisor.settle();
    }

    FakeActuator actuator;
    FakeHost host;
    process::Fleet fleet{actuator};
    Supervisor supervisor{fleet, host, std::make_shared<const config::Config>()};
    std::optional<Outcome<MemberResults>> outcome;
};

}  // namespace svd::control
