// The verbs. Every door (XML-RPC, D-Bus, web page, signal) calls these and only translates.
//
// Verbs that may have to wait take a Done, which is called once, possibly before the verb returns.
// Names are Supervisor's namespecs: "process", "group:process", and where it says so "group:*".
// Not thread-safe; lives on the daemon's one loop.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/fault.h"
#include "control/host.h"
#include "control/observer.h"
#include "control/views.h"
#include "control/views_ends.h"
#include "process/fleet.h"

namespace svd::control {

enum class Wait : bool { No, Yes };
using MemberResults = std::vector<MemberResult>;

struct Namespec {
    std::string_view group;
    std::optional<std::string_view> process;  // empty: the whole group
};
[[nodiscard]] Namespec split_namespec(std::string_view name);

struct ReloadResult {
    std::vector<std::string> added;
    std::vector<std::string> changed;
    std::vector<std::string> removed;
};

class Supervisor {
  public:
    // `config` is what the running groups were made from.
    Supervisor(process::Fleet& fleet, Host& host, std::shared_ptr<const config::Config> config);
    ~Supervisor();

    // ShutdownState while the daemon stops or restarts. The doors ask it before any supervisor.*
    // verb but sendRemoteCommEvent.
    [[nodiscard]] Outcome<void> admit() const;

    // --- the daemon (verbs_daemon.cc)
    [[nodiscard]] process::DaemonState state() const { return fleet_.daemon_state(); }
    // The identifier that the daemon started with; a reread does not change it.
    [[nodiscard]] const std::string& identification() const { return identifier_; }
    Outcome<void> shutdown();
    Outcome<void> restart();
    void upgrade(Done<void> done);
    [[nodiscard]] DaemonInfo daemon_info() const { return host_.daemon_info(); }
    Outcome<ReloadResult> reload_config();
    // reload_config, and what has changed is carried out: groups that are gone or other are stopped
    // and removed, new ones added. `done` when that is complete, with what it was.
    void update(Done<ReloadResult> done);
    Outcome<void> add_group(std::string_view name);
    Outcome<void> remove_group(std::string_view name);
    void send_remote_comm_event(std::string_view type, std::string_view data);

    // --- looking (verbs_info.cc)
    [[nodiscard]] Outcome<ProcessInfo> process_info(std::string_view name);
    [[nodiscard]] std::size_t process_count() const { return fleet_.process_count(); }
    // Calls `visit` for every process in order of (group, name) without building a list.
    void each_process_info(const std::function<void(const ProcessInfo&)>& visit);
    // The same with what people look at alone. Description is what getProcessInfo says, and behind
    // it what the process says of itself.
    void each_status(
        const std::function<void(const process::Process&, std::string_view description)>& visit);
    // For doors that show processes one at a time; null: there is none. Valid until the next verb.
    [[nodiscard]] const process::Process* find(std::string_view group,
                                               std::string_view process) const {
        return fleet_.find(group, process);
    }
    [[nodiscard]] const process::Group* find_group(std::string_view name) const {
        return fleet_.find_group(name);
    }
    void each_process(const std::function<void(const process::Process&)>& visit) const;
    // By name.
    void each_group(const std::function<void(const process::Group&)>& visit) const;
    [[nodiscard]] ProcessInfo info(const process::Process& process) const;
    [[nodiscard]] Usage usage(const process::Process& process) const;
    // Why it is in its state, in one line.
    [[nodiscard]] std::string reason(const process::Process& process) const;
    [[nodiscard]] std::vector<ConfigInfo> all_config_info() const;
    [[nodiscard]] std::vector<EventPoolInfo> event_pools() const { return host_.event_pools(); }

    // --- looking back (verbs_ends.cc)
    // Visits the process, or all of "group:*" by name.
    Outcome<void> ends(std::string_view name, const std::function<void(const EndsView&)>& visit);
    void all_ends(const std::function<void(const EndsView&)>& visit);

    // --- accounting (verbs_usage.cc); reads files for every process, and nothing between calls
    using VisitUsage = std::function<void(const ProcessInfo&, const UsageView&)>;
    Outcome<void> process_info_ex(std::string_view name, const VisitUsage& visit);
    // Of all processes by group and name, some in each turn of the loop; `done` when all that still
    // exist have been visited, possibly before this returns.
    void each_process_info_ex(VisitUsage visit, std::function<void()> done);
    // The same without limits and without what getProcessInfo says.
    void each_usage(std::function<void(const UsageView&)> visit, std::function<void()> done);
    void group_usage(std::function<void(const std::vector<GroupUsage>&)> done);

    // --- acting (verbs_action.cc)
    // A name of a whole group gives MemberResults, a process an empty list.
    void start(std::string_view name, Wait wait, Done<MemberResults> done);
    void start_group(std::string_view name, Wait wait, Done<MemberResults> done);
    void start_all(Wait wait, Done<MemberResults> done);
    void stop(std::string_view name, Wait wait, Done<MemberResults> done);
    void stop_group(std::string_view name, Wait wait, Done<MemberResults> done);
    void stop_all(Wait wait, Done<MemberResults> done);
    // What does not run is started. Without waiting the outcome of many is an empty list.
    void restart_process(std::string_view name, Wait wait, Done<MemberResults> done);
    void restart_group(std::string_view name, Wait wait, Done<MemberResults> done);
    void restart_all(Wait wait, Done<MemberResults> done);
    Outcome<MemberResults> signal(std::string_view name, std::string_view signal);
    // A BadName fault shows `name_as_sent` when it differs from the group's name.
    Outcome<MemberResults> signal_group(std::string_view group, std::string_view signal,
                                        std::string_view name_as_sent = {});
    MemberResults signal_all(std::string_view signal);
    // svd's own (verbs_pause.cc). They answer when the kernel has done it.
    void pause(std::string_view name, Done<MemberResults> done);
    void pause_all(Done<MemberResults> done);
    void resume(std::string_view name, Done<MemberResults> done);
    void resume_all(Done<MemberResults> done);
    Outcome<void> send_stdin(std::string_view name, std::string_view text);

    // --- logs (verbs_log.cc)
    Outcome<std::string> read_log(std::int64_t offset, std::int64_t length);
    Outcome<void> clear_log();
    Outcome<std::string> read_process_log(std::string_view name, Channel channel,
                                          std::int64_t offset, std::int64_t length);
    Outcome<TailChunk> tail_process_log(std::string_view name, Channel channel, std::int64_t offset,
                                        std::int64_t length);
    // Where the log is, for those who follow it; NoFile when there is none.
    [[nodiscard]] Outcome<std::string> log_path_of(std::string_view name, Channel channel) const;
    [[nodiscard]] Outcome<std::string> main_log_path() const;
    Outcome<void> clear_process_logs(std::string_view name);
    MemberResults clear_all_process_logs();
    // svd's own. A name of a whole group gives MemberResults, a process an empty list.
    Outcome<void> rotate_log();
    Outcome<MemberResults> rotate_process_logs(std::string_view name);
    MemberResults rotate_all_process_logs();
    Outcome<MemberResults> reopen_process_logs(std::string_view name);
    MemberResults reopen_all_process_logs();

    // --- called by the doors
    // Null: nobody any more.
    void observe(Observer* observer) { observer_ = observer; }

    // --- called by the daemon
    // Completes every wait whose condition holds now. What the answers lead to is looked at when
    // this is called again.
    void settle();
    // When to call on_time next ("waiting for x to stop" is repeated); empty: never.
    [[nodiscard]] std::optional<MonoTime> next_deadline() const;
    void on_time(const Now& now);
    // Before a group and its processes go away.
    void forget_group(const process::Group& group);
    // The configuration that add_group takes groups from.
    [[nodiscard]] const std::shared_ptr<const config::Config>& last_read() const { return config_; }
    // After an upgrade: what had been read before it.
    void restore_last_read(std::shared_ptr<const config::Config> config) {
        config_ = std::move(config);
    }

  private:
    struct Pending;  // one verb that waits for one or more processes
    struct Member;
    struct Update {
        ReloadResult result;
        std::deque<std::string> leaving;
        std::deque<std::string> entering;
        Outcome<void> outcome;   // the first fault; the rest is carried out all the same
        bool stopping = false;   // the group in front has been told to
        bool advancing = false;  // advance_update is on the stack
        Done<ReloadResult> done;
    };
    // Looks at processes one after the other.
    struct Survey {
        std::deque<const process::Process*> left;
        std::function<void(const process::Process&, const Now&)> visit;
        std::function<void()> done;
    };
    enum class Action { Start, Stop, Pause, Resume };

    using LogWork = Status (Host::*)(process::Process&);
    Outcome<MemberResults> work_on_logs(std::string_view name, LogWork work);
    MemberResults work_on_logs(const std::vector<process::Process*>& members, LogWork work);
    [[nodiscard]] Outcome<process::Process*> find_one(std::string_view name) const;
    [[nodiscard]] std::string description_of(const process::Process& process, const Now& now) const;
    // What a process says of itself: "reloading, 12 clients".
    [[nodiscard]] std::string told_text(const process::Process& process) const;
    [[nodiscard]] Outcome<std::vector<process::Process*>> find_named(std::string_view name) const;
    [[nodiscard]] UsageView usage_of(const process::Process& process, const Now& now,
                                     bool whole) const;
    [[nodiscard]] ProcessInfo info_of(const process::Process& process, const Now& now) const;
    // Begins the action: true when it is complete already, false when it has to be waited for.
    Outcome<bool> begin(Action action, process::Process& process, std::string_view name);
    // Empty while it has to be waited for.
    [[nodiscard]] std::optional<Outcome<void>> check(Action action, const process::Process& process,
                                                     std::string_view name) const;
    Outcome<bool> begin_pause(Action action, process::Process& process, std::string_view name);
    [[nodiscard]] std::optional<Outcome<void>> check_pause(Action action,
                                                           const process::Process& process,
                                                           std::string_view name) const;
    // Whether the verb on many takes this one.
    [[nodiscard]] bool concerns(Action action, const process::Process& process) const;
    using StopOrStart = std::function<void(Wait wait, Done<MemberResults> done)>;
    void restart_one(std::string_view name, Wait wait, Done<MemberResults> done);
    static void restart_many(const StopOrStart& stop_them, const StopOrStart& start_them, Wait wait,
                             Done<MemberResults> done);
    void tell_reloading(bool active);
    void advance_update();
    [[nodiscard]] bool leave_next();
    void enter_next();
    void finish_update();
    void act_on_one(Action action, std::string_view name, Wait wait, Done<MemberResults> done);
    void act_on_many(Action action, const std::vector<process::Process*>& members, Wait wait,
                     Done<MemberResults> done);
    void submit(Pending pending);
    void begin_survey(Survey survey);
    void advance_surveys();
    void advance(Pending& pending);
    Outcome<void> signal_one(process::Process& process, std::string_view name,
                             std::string_view signal);
    MemberResults signal_many(const std::vector<process::Process*>& members,
                              std::string_view signal);
    void take_limits(const std::string& name);
    void report_waiting(const process::Process& process);
    [[nodiscard]] std::vector<process::Process*> all_by_priority() const;

    process::Fleet& fleet_;
    Host& host_;
    std::shared_ptr<const config::Config> config_;
    std::string identifier_;
    std::list<Pending> pending_;
    std::list<Survey> surveys_;
    std::unique_ptr<Update> update_;  // under way
    Observer* observer_ = nullptr;
    int reloading_ = 0;  // verbs that read or carry out the configuration
    std::optional<MonoTime> next_report_;

    static constexpr std::chrono::seconds kReportEvery{2};
    static constexpr std::chrono::milliseconds kSurveySlice{3};  // in one turn
};

}  // namespace svd::control
