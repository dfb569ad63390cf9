// Carries out what the Fleet decides: forks, signals, kills, pipes, logs and events.
//
// It owns nothing but buffers; the parts it works with live in the Session. Every child's end comes
// back from here as an event for the Fleet.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "config/model.h"
#include "daemon/command.h"
#include "daemon/controllers.h"
#include "daemon/fcgi_sockets.h"
#include "daemon/journal_link.h"
#include "daemon/listeners.h"
#include "daemon/memory_guard.h"
#include "daemon/program_sockets.h"
#include "daemon/runtime.h"
#include "event/bus.h"
#include "linux/children.h"
#include "linux/descendants.h"
#include "linux/loop.h"
#include "linux/spawn.h"
#include "log/daemon_log.h"
#include "log/file_registry.h"
#include "log/syslog_socket.h"
#include "process/fleet.h"
#include "state/journal.h"
#include "state/model.h"

namespace svd::daemon {

// What the executor works with; all of it outlives the executor.
struct Parts {
    os::Loop& loop;
    os::ChildTable& children;
    os::Scopes& scopes;
    log::DaemonLog& log;
    log::FileRegistry& files;
    log::Flight& flight;
    Controllers& controllers;
    event::Bus& bus;
    Listeners& listeners;
    JournalLink& journal;
    const config::Config& config;            // of this session
    const config::Environment& environment;  // what children inherit
    const std::vector<os::ResourceLimit>& limits;
};

class KeptState;

class Executor final : public process::Actuator {
  public:
    explicit Executor(Parts parts);
    ~Executor() override;

    // Before anything else; the Fleet is made with this executor and so comes later.
    void attach(process::Fleet& fleet) { fleet_ = &fleet; }
    // What is told of every change that a successor must know after a crash; null: nobody keeps it.
    void attach(KeptState* kept) { kept_ = kept; }
    // Called after every change of a process's state, possibly several times in a turn.
    void on_change(std::function<void()> call) { on_change_ = std::move(call); }
    // Called when a process was paused or resumed, or has told something of itself.
    void on_detail_change(std::function<void(const process::Process&)> call) {
        on_detail_change_ = std::move(call);
    }
    // What was read last from the configuration file.
    using LastRead = std::function<std::shared_ptr<const config::Config>()>;
    void last_read_by(LastRead last_read) { last_read_ = std::move(last_read); }
    // A process of a program with critical=true has ended for good.
    void on_critical_end(std::function<void(const process::Process&)> call) {
        on_critical_end_ = std::move(call);
    }
    void on_shutdown_complete(std::function<void(process::DaemonState)> call) {
        on_shutdown_complete_ = std::move(call);
    }

    process::Event spawn(process::Process& process) override;
    std::optional<process::SignalFailed> signal(process::Process& process, int number,
                                                bool to_group) override;
    void kill_all(process::Process& process) override;
    void kill_remains(process::Process& process) override;
    void log(const process::Process& process, config::LogLevel level,
             std::string_view text) override;
    void published(process::Process& process, const process::Publish& change) override;
    void group_added(process::Group& group) override;
    void group_removed(const std::string& name) override;
    void shutdown_complete(process::DaemonState how) override;

    // Path of a channel's log; empty when there is none.
    [[nodiscard]] std::string log_path(const process::Process& process, log::Channel channel) const;
    // Both logs and their copies; those of a process that does not run too (executor_logs.cc).
    Status clear_logs(process::Process& process);
    Status rotate_logs(process::Process& process);
    Status reopen_logs(process::Process& process);
    void reopen_logs();
    // control::Host's, about Runtime::pause (executor_pause.cc).
    Status order_pause(process::Process& process, bool pause);
    // The process is frozen and cannot handle this signal now.
    [[nodiscard]] static bool holds_back(const process::Process& process, int number);
    // The group has a new configuration, and nothing but limits differs from the one before.
    void limits_changed(process::Group& group, const config::GroupConfig& before);

    // The process as a successor of this svd needs it, and taking it up there: in a new executor,
    // after the groups were added between begin_taking_up and end_taking_up.
    [[nodiscard]] state::Process save(const process::Process& process) const;
    [[nodiscard]] state::KeptProcess save_for_a_crash(const process::Process& process) const;
    void save_sockets(state::Snapshot& saved) const;
    void begin_taking_up(state::Snapshot& saved);
    // The same after a crash, when they are children of somebody else.
    void begin_taking_over(std::map<pid_t, UniqueFd> pidfds, log::Flight::Pipes pipes);
    void take_up(process::Process& process, state::Process saved);
    void end_taking_up();

    // Says in the log which program a reaped orphan belonged to.
    void report_stray(const os::StrayReport& stray);

  private:
    struct Pipes;
    [[nodiscard]] static Result<Pipes> make_pipes(const process::Process& process);
    [[nodiscard]] os::SpawnSpec make_spec(const process::Process& process, const Command& command,
                                          const Pipes& pipes);
    // The error is the process's spawnerr.
    [[nodiscard]] std::expected<os::Child, std::string> start_child(process::Process& process,
                                                                    const Command& command);
    void settle_launches();
    void touch(process::Process& process);
    void replay_flight(Output& output, int pipe);
    void make_scopes(process::Group& group);
    void enter_own_leaf(process::Process& process);
    void enter_former_leaf(process::Process& process, std::string leaf);
    // For a successor that finds nothing else (former_programs.h).
    static void mark_leaf(const process::Process& process, int directory, pid_t leader,
                          const os::SpawnSpec& spec);
    static void mark_leader(const process::Process& process, pid_t leader);
    [[nodiscard]] Status apply_cgroup_limits(process::Process& process);
    [[nodiscard]] os::ProcessLimits inherited_limits() const;
    void limit_live(process::Process& process, const config::Limits& from,
                    const config::Limits& to);
    using LogWork = std::function<Status(const std::string& path, log::FileOptions options)>;
    // Until the first error; a file that is not there is none.
    [[nodiscard]] Status each_log(const process::Process& process, const LogWork& work) const;
    [[nodiscard]] Status adopt(process::Process& process, os::Child child);
    void take_up_leader(process::Process& process, pid_t leader);
    void watch_output(process::Process& process, log::Channel channel, UniqueFd pipe);
    void watch_input(process::Process& process, UniqueFd pipe);
    [[nodiscard]] std::unique_ptr<log::OutputChannel> make_channel(process::Process& process,
                                                                   log::Channel channel);
    void write_to_journal(const process::Process& process, log::Channel channel,
                          std::string_view line, Now now);
    void open_channel(process::Process& process, log::Channel channel);
    void make_auto_log(process::Process& process, log::Channel channel);
    void end_output(process::Process& process);
    void linger(process::Process& process, Lingering output);
    void take_up_output(process::Process& process, log::Channel channel, state::Output saved);
    void take_up_lingering(process::Process& process, state::Lingering saved);
    // What a process tells of itself (executor_notify.cc).
    [[nodiscard]] Status open_notify(process::Process& process);
    // `ready_pipe`: its writing end, -1 without.
    void add_notify(const process::Process& process, int ready_pipe, os::SpawnSpec& spec) const;
    [[nodiscard]] Status listen_to(process::Process& process);
    [[nodiscard]] Status listen_for_line(process::Process& process, UniqueFd pipe);
    // When there is nothing to be heard afterwards: all that the kernel queues, and a bound.
    static constexpr int kLastMessages = 1024;
    void hear(process::Process& process, int most);
    void heard(process::Process& process, os::NotifySocket::Message message);
    void heard_line(process::Process& process);
    [[nodiscard]] bool may_tell(const process::Process& process,
                                const os::NotifySocket::Message& message) const;
    void name_leader(process::Process& process, pid_t pid);
    void store(process::Process& process, const process::Announcement& told,
               std::vector<UniqueFd> fds);
    [[nodiscard]] bool keep(process::Process& process, std::string name, UniqueFd fd, bool poll);
    void wind_watchdog(process::Process& process);
    void close_notify(process::Process& process);
    void take_up_notify(process::Process& process, state::Notify saved);
    // Sockets that processes are given (executor_sockets.cc).
    [[nodiscard]] std::expected<void, std::string> open_sockets(const process::Process& process);
    void add_descriptors(const process::Process& process, os::SpawnSpec& spec) const;
    void add_socket_users(const process::Group& group);
    void remove_socket_users(const std::string& group);
    // Waits for somebody to come where that is to start a program, and not elsewhere.
    void attend(const std::string& socket);
    void attend_all(const process::Process& process);
    void somebody_came(const std::string& socket);
    void close_unused_sockets(bool even_if_configured);
    // The process's hold on its FastCGI socket, unless it is to start again.
    static void release_socket(process::Process& process);
    void pause_settled(process::Process& process, const Status& status);
    // Lets go on whatever a pause holds; `why` is for those who still wait for it.
    void lift_pause(process::Process& process, std::string_view why);
    // Null: nobody's.
    [[nodiscard]] const process::Process* owner_of(const os::StrayReport& stray) const;
    // For memory_restart; false while svd ends.
    bool restart_for_memory(process::Process& process, const process::MemoryBreach& breach);
    void child_ended(process::Process& process, std::uint64_t run, const os::ExitReport& report);
    // Notes why there is no process, for whoever asks later.
    process::Event not_started(process::Process& process, std::string stage, std::string why);
    [[nodiscard]] Now now() const { return os::Loop::now(); }

    Parts parts_;
    process::Fleet* fleet_ = nullptr;
    KeptState* kept_ = nullptr;
    std::function<void()> on_change_;
    std::function<void(const process::Process&)> on_detail_change_;
    std::function<void(const process::Process&)> on_critical_end_;
    std::function<void(process::DaemonState)> on_shutdown_complete_;
    std::shared_ptr<log::SyslogSocket> syslog_;  // made when the first program wants it
    FcgiSockets fcgi_sockets_;
    ProgramSockets sockets_;
    std::map<std::string, std::set<process::Process*>> socket_users_;  // who names it
    os::Timer unused_sockets_;  // made when a group with sockets is removed
    LastRead last_read_;
    bool taking_up_ = false;
    bool taking_over_ = false;
    std::map<pid_t, UniqueFd> pidfds_;       // of those that are taken over
    log::Flight::Pipes pipes_;               // of which bytes are to be replayed
    std::vector<process::Process*> lost_;    // ended, and nobody knows how
    std::vector<FcgiHandle> taken_sockets_;  // until their processes have them
    os::Timer launches_;
    MemoryGuard memory_;
};

}  // namespace svd::daemon
