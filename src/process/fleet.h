// All groups and processes, who is due when, and the order in which they start and stop.
//
// Pure like the machine below it: what has to be done goes to an Actuator, what has happened comes
// in through feed() and on_time(), and the time is an argument. daemon/ owns the one Fleet and
// implements the Actuator; the tests implement it with a list.
//
// An Actuator callback may call every function of the Fleet. What it feeds is queued and taken up
// when the event at hand is finished (the answer to Spawn included), before the outermost call
// returns; its effects are therefore not yet there when feed() returns to a callback. A group that
// a callback removes is gone at once for every look-up, and destroyed when the outermost call
// returns. Only destroying the Fleet itself is not allowed in a callback.
//
// Everything per event is O(log n) in the number of processes.
#pragma once

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/model.h"
#include "process/deaths.h"
#include "process/machine.h"
#include "process/start_queue.h"

namespace svd::process {

struct Group;

// What a room above keeps per process (descriptors, log files). Owned by the Process.
struct Attachment {
    virtual ~Attachment() = default;
};

struct Process {
    std::shared_ptr<const config::ProcessConfig> config;
    Group* group = nullptr;  // never null; outlives the process
    Data data;
    std::unique_ptr<DeathLog> deaths;  // null: no run has ended yet
    std::unique_ptr<Attachment> attachment;
    std::uint64_t sequence = 0;  // order of creation, unique; breaks ties the same way every time

    [[nodiscard]] const std::string& name() const { return config->name; }
    // Remembers how a run ended.
    void record(Death death, LastOutput output);
    // "name" when the group has the same name, else "group:name".
    [[nodiscard]] std::string namespec() const;
};

struct Group {
    std::shared_ptr<const config::GroupConfig> config;
    std::vector<std::unique_ptr<Process>> processes;  // configuration order
    std::uint64_t sequence = 0;                       // order of addition
    // Kept by the Fleet.
    std::vector<Process*> by_name;  // sorted; empty for one process: see members_by_name()
    std::size_t unstopped = 0;      // processes in no stopped state
    bool stopping_turn = false;     // its turn in the shutdown has come
    bool removed = false;           // waits for its destruction

    [[nodiscard]] const std::string& name() const { return config->name; }
    [[nodiscard]] Process* find(std::string_view process_name) const;
    void sort_names();
    [[nodiscard]] bool all_stopped() const { return unstopped == 0; }
    [[nodiscard]] std::vector<Process*> members_by_name() const;
    // By ascending (priority, configuration order).
    [[nodiscard]] std::vector<Process*> by_priority() const;
};

class Actuator {
  public:
    virtual ~Actuator() = default;
    // Answers with Spawned or SpawnFailed; the child itself may end at any later time.
    virtual Event spawn(Process& process) = 0;
    // Empty on success and for ESRCH ("it probably just exited on its own").
    virtual std::optional<SignalFailed> signal(Process& process, int number, bool to_group) = 0;
    virtual void kill_all(Process& process) = 0;
    virtual void kill_remains(Process& process) = 0;
    virtual void log(const Process& process, config::LogLevel level, std::string_view text) = 0;
    // After process.data holds the state at the end of the step: with several changes in one step
    // (see machine.h) that is not yet `change.to`.
    virtual void published(Process& process, const Publish& change) = 0;
    virtual void group_added(Group& group) = 0;
    virtual void group_removed(const std::string& name) = 0;
    // Every process of every group is stopped and the daemon may end or start over.
    virtual void shutdown_complete(DaemonState how) = 0;
};

class Fleet {
  public:
    explicit Fleet(Actuator& actuator);
    ~Fleet();
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    [[nodiscard]] DaemonState daemon_state() const { return daemon_state_; }

    // Takes a group in. Nothing starts before queue_autostart. The name must be new: a group that
    // is there already is returned as it is.
    Group& add_group(std::shared_ptr<const config::GroupConfig> config);
    // False, and nothing done, unless the group exists and all its processes are stopped.
    bool remove_group(std::string_view name);
    // The same processes in the same order go on with other values of their options.
    void replace_config(Group& group, std::shared_ptr<const config::GroupConfig> config);
    [[nodiscard]] Group* find_group(std::string_view name) const;
    [[nodiscard]] Process* find(std::string_view group, std::string_view process) const;
    // By ascending (priority, order of addition).
    [[nodiscard]] std::vector<Group*> groups_by_priority() const;
    // By group name, then process name (the order of getAllProcessInfo).
    [[nodiscard]] std::vector<Process*> processes_by_name() const;
    [[nodiscard]] std::size_t process_count() const;

    // Replaces what is known about a process (an upgrade goes on with the children of the old
    // daemon). Nothing is published; deadlines hold from here on.
    void restore(Process& process, Data data);

    // Runs the machine for one event and everything that follows from it.
    void feed(Process& process, const Event& event, const Now& now);

    // Earliest deadline of any process; empty when nothing is due, ever.
    [[nodiscard]] std::optional<MonoTime> next_deadline() const;
    // Feeds DeadlineReached to every process whose deadline is not after now.mono, the earliest
    // first; to `limit` of them at most, the others stay due.
    void on_time(const Now& now, std::size_t limit = std::numeric_limits<std::size_t>::max());

    // Processes to start, in priority order, a slice at a time so that a loop with ten thousand
    // programs goes on answering: by group priority, order of groups, member priority, order of
    // members, whatever the order of the calls. queue_autostart takes those with autostart that
    // never ran. A start or stop request that is fed meanwhile takes a process out of the queue.
    void queue_autostart(const Group& group);
    void queue_start(Process& process);
    [[nodiscard]] bool is_queued(const Process& process) const {
        return start_queue_.contains(process);
    }
    // Starts up to `limit` queued processes; true while more are waiting.
    bool start_some(std::size_t limit, const Now& now);

    // Stops everything: groups in descending priority, groups of equal priority together, the next
    // ones only when those are stopped; inside a group by descending member priority, at once.
    // Later calls can only turn Restarting into Shutdown. No process starts from here on.
    // Actuator::shutdown_complete comes once, maybe before this returns.
    void begin_shutdown(DaemonState how, const Now& now);
    // Unstopped processes in group order ("waiting for a, b to die").
    [[nodiscard]] std::vector<const Process*> unstopped() const;

  private:
    struct Pending {
        Process* process;
        Event event;
        Now now;
    };
    using DeadlineKey = std::pair<MonoTime, std::uint64_t>;  // second: Process::sequence

    void run_pending(const Now& now);
    void run(Process& process, const Event& event, const Now& now);
    void apply(Process& process, const Event& event, const Now& now, std::deque<Event>& follow_up);
    void carry_out(Process& process, const Effect& effect, std::deque<Event>& follow_up);
    void assign(Process& process, Data data);
    void forget(Process& process);
    [[nodiscard]] bool advance_shutdown(const Now& now);
    void stop_group(Group& group, const Now& now);

    Actuator& actuator_;
    DaemonState daemon_state_ = DaemonState::Running;
    // By name, which a group keeps whatever configuration it is given.
    struct ByName {
        using is_transparent = void;
        static std::string_view name(std::string_view name) { return name; }
        static std::string_view name(const std::unique_ptr<Group>& group) { return group->name(); }
        bool operator()(const auto& a, const auto& b) const { return name(a) < name(b); }
    };
    std::set<std::unique_ptr<Group>, ByName> groups_;
    std::uint64_t next_group_sequence_ = 0;
    std::uint64_t next_process_sequence_ = 0;
    std::size_t process_count_ = 0;
    std::map<DeadlineKey, Process*> deadlines_;
    StartQueue start_queue_;
    std::deque<Pending> pending_;
    bool running_ = false;
    std::vector<std::unique_ptr<Group>> removed_;  // until the outermost call returns

    std::vector<Group*> to_stop_;    // groups whose turn is to come, the last one first
    std::size_t unstopped_now_ = 0;  // processes of the current turn that are not stopped
    bool complete_reported_ = false;
};

}  // namespace svd::process
