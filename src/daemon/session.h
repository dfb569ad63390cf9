// One life of the daemon between start and shutdown or restart: the loop, the fleet, the verbs and
// the doors, wired together.
//
// main() makes a Session per (re)start. All of its parts live and die with it; what goes on from
// one to the next is in Setup.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/load.h"
#include "control/host.h"
#include "control/supervisor.h"
#include "daemon/executor.h"
#include "daemon/journal_link.h"
#include "daemon/kept_state.h"
#include "daemon/servers.h"
#include "daemon/service_link.h"
#include "daemon/upgrade.h"
#include "dbus/door.h"
#include "http/server.h"
#include "state/model.h"

namespace svd::daemon {

// Where a successor looks. Two addresses take turns, so that after a crash the new keeper is there
// before the old one ends.
struct KeeperName {
    static constexpr int kAddresses = 2;
    std::string base;    // empty: no keeper
    int generation = 0;  // crashes in this row
    [[nodiscard]] std::string address() const {
        return fmt::format("{}.{}", base, generation % kAddresses);
    }
};

// A process that is taken over to be stopped.
struct Ending {
    std::string group;
    std::string process;
    bool start_again = false;
};

// What a daemon that has crashed left besides its state.
struct TakenOver {
    std::vector<os::Estate> estates;   // of this, and then of those who had it earlier
    std::map<pid_t, UniqueFd> pidfds;  // of its children
    std::unique_ptr<log::Flight> flight;
    log::Flight::Pipes pipes;                     // whose bytes are to be replayed
    os::CgroupPlace place;                        // where its subtree lies
    UniqueFd cgroup;                              // the subtree, locked
    std::shared_ptr<const config::Config> fresh;  // whose other groups are to start; may be null
    // Of a daemon whose keeper has ended too:
    std::vector<Ending> endings;
    std::string left_behind;  // a group of what is not configured any more; empty: none
};

struct Setup {
    std::shared_ptr<const config::Config> config;
    config::LoadRequest request;      // how to read the configuration again
    config::Environment environment;  // what children inherit
    std::vector<os::ResourceLimit> limits;
    std::vector<OpenServer> servers;
    std::uint64_t first_serial = 0;           // of the bus
    std::uint64_t first_listener_serial = 0;  // as event listeners see it
    std::vector<std::string> argv;            // as this program was called
    std::string pidfile;                      // that was written; empty: none
    int upgrades = 0;                         // how often svd has become another program
    WallTime started{};                       // of the first one
    std::optional<state::Snapshot> resume;    // to go on from instead of starting
    std::unique_ptr<TakenOver> taken_over;    // with `resume`, after a crash
    KeeperName keeper;                        // where a successor looks after one

    // The same for the next session, without what belongs to this one alone.
    [[nodiscard]] Setup for_restart() const {
        Setup next;
        next.request = request;
        next.environment = environment;
        next.limits = limits;
        next.argv = argv;
        next.upgrades = upgrades;
        next.started = started;
        next.keeper = keeper;
        return next;
    }
};

// A configuration with its groups again.
[[nodiscard]] std::shared_ptr<const config::Config> restore_config(
    const state::Configured& saved, const std::vector<config::GroupConfig>& groups);

class Session final : public control::Host {
  public:
    // Takes over signals and children. The log must outlive the session.
    static Result<std::unique_ptr<Session>> open(Setup setup, log::DaemonLog& log);
    ~Session() override;

    // Adds the groups, starts what is to start and serves until everything is stopped again.
    Result<process::DaemonState> run();
    // Of svd, after run() has answered Shutdown.
    [[nodiscard]] int exit_code() const { return exit_code_; }
    [[nodiscard]] std::uint64_t next_serial() const { return bus_.next_serial(); }
    [[nodiscard]] std::uint64_t next_listener_serial() const { return listeners_->next_serial(); }

    // --- control::Host
    [[nodiscard]] Now now() const override { return os::Loop::now(); }
    void log(config::LogLevel level, std::string_view text) override;
    void collect_children() override;
    void settle_soon() override;
    Result<std::shared_ptr<const config::Config>> read_config() override;
    void limits_changed(process::Group& group, const config::GroupConfig& before) override;
    std::optional<control::Fault> check_command(const process::Process& process) override;
    std::optional<std::string> send_signal(process::Process& process, int number) override;
    control::Outcome<void> write_stdin(process::Process& process, std::string_view text) override;
    [[nodiscard]] std::string log_path(const process::Process& process,
                                       control::Channel channel) const override;
    Status order_pause(process::Process& process, bool pause) override;
    [[nodiscard]] const process::Told& told(const process::Process& process) const override;
    [[nodiscard]] const control::PauseState& pause_state(
        const process::Process& process) const override;
    Status clear_logs(process::Process& process) override;
    Status rotate_logs(process::Process& process) override;
    Status reopen_logs(process::Process& process) override;
    [[nodiscard]] std::string main_log_path() const override;
    Status clear_main_log() override;
    Status rotate_main_log() override;
    control::Outcome<void> request_shutdown(process::DaemonState how) override;
    void upgrade(control::Done<void> done) override;
    [[nodiscard]] control::DaemonInfo daemon_info() const override;
    void remote_communication(std::string_view type, std::string_view data) override;
    [[nodiscard]] Usage usage(const process::Process& process, bool limits) const override;
    [[nodiscard]] std::vector<control::EventPoolInfo> event_pools() const override;

  private:
    Session(Setup setup, log::DaemonLog& log, os::Loop loop);
    Status open_parts();
    Status open_sources();
    Status open_doors();
    Status open_listeners();
    Status open_upgrade();
    [[nodiscard]] state::Snapshot save() const;
    void take_up(state::Snapshot saved);
    void finish_taking_over(TakenOver taken);
    void settle_estates(std::vector<os::Estate>& estates);
    void end_as_decided(const std::vector<Ending>& endings);
    void forget_left_behind();
    void no_keeper(const Error& why);
    void open_kept_state();
    [[nodiscard]] state::KeptDaemon save_for_a_crash() const;
    [[nodiscard]] state::Snapshot save_daemon() const;
    Status take_signals();
    void on_signal(int number);
    void exit_on_signal(int number);
    void restart_on_hangup();
    void upgrade_on_signal();
    void reopen_logs();
    bool settle_turn();
    bool start_turn();
    void on_timer();
    void rearm();
    void end_with(const process::Process& critical);
    void begin_shutdown();
    void report_dying(const Now& now);
    [[nodiscard]] Status open_dbus();
    void tell_ending(const std::string& waiting_for);
    void finish(process::DaemonState how);

    Setup setup_;
    log::DaemonLog& log_;
    os::Loop loop_;
    std::unique_ptr<os::ChildTable> children_;
    std::unique_ptr<os::Scopes> scopes_;
    std::unique_ptr<Controllers> controllers_;
    std::unique_ptr<log::Flight> flight_;
    log::FileRegistry files_;
    std::unique_ptr<JournalLink> journal_;
    event::Bus bus_;
    std::unique_ptr<Listeners> listeners_;
    std::unique_ptr<Executor> executor_;
    std::unique_ptr<process::Fleet> fleet_;
    std::unique_ptr<control::Supervisor> supervisor_;
    std::unique_ptr<ServiceLink> service_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<dbus::Door> dbus_;  // null: none
    std::unique_ptr<Upgrade> upgrade_;
    std::unique_ptr<KeptState> kept_;  // null: programs do not outlive a crash
    os::Timer timer_;
    os::Timer last_words_;
    os::Defer settle_;
    os::Defer start_;
    os::Defer tidy_;  // after starts, when nothing else is left to do
    std::vector<os::SignalWatch> signals_;

    std::optional<process::DaemonState> requested_;  // shutdown or restart, from the next turn on
    std::optional<process::DaemonState> outcome_;
    int exit_code_ = 0;
    std::string left_behind_;  // a group that goes when it is stopped; empty: none
    std::optional<MonoTime> next_dying_report_;
    MonoTime give_up_sending_{};
};

}  // namespace svd::daemon
