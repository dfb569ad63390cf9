// All groups and processes, who is due when, and the order in which they start and stop.
//
// Pure like the machine below it: what has to be done goes to an Actuator, what has happened comes
// in through feed() and on_time(), and the time is an argument. daemon/ owns the one Fleet and
// implements the Actuator; the tests implement it with a list.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/model.h"
#include "process/machine.h"

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
    std::unique_ptr<Attachment> attachment;

    [[nodiscard]] const std::string& name() const { return config->name; }
    // "name" when the group has the same name, else "group:name".
    [[nodiscard]] std::string namespec() const;
};

struct Group {
    std::shared_ptr<const config::GroupConfig> config;
    std::vector<std::unique_ptr<Process>> processes;  // configuration order
    std::uint64_t sequence = 0;                       // order of addition

    [[nodiscard]] const std::string& name() const { return config->name; }
    [[nodiscard]] Process* find(std::string_view process_name) const;
    [[nodiscard]] bool all_stopped() const;
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
    virtual void log(config::LogLevel level, std::string_view text) = 0;
    // After process.data holds the new state.
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

    // Takes a group in; the name must be new. Nothing starts before queue_autostart.
    Group& add_group(std::shared_ptr<const config::GroupConfig> config);
    // False, and nothing done, unless the group exists and all its processes are stopped.
    bool remove_group(std::string_view name);
    [[nodiscard]] Group* find_group(std::string_view name) const;
    [[nodiscard]] Process* find(std::string_view group, std::string_view process) const;
    // By ascending (priority, order of addition).
    [[nodiscard]] std::vector<Group*> groups_by_priority() const;
    // By group name, then process name (the order of getAllProcessInfo).
    [[nodiscard]] std::vector<Process*> processes_by_name() const;
    [[nodiscard]] std::size_t process_count() const;

    // Runs the machine for one event and everything that follows from it.
    void feed(Process& process, const Event& event, const Now& now);

    // Earliest deadline of any process; empty when nothing is due, ever.
    [[nodiscard]] std::optional<MonoTime> next_deadline() const;
    // Feeds DeadlineReached to every process whose deadline is not after now.mono.
    void on_time(const Now& now);

    // Processes to start, in priority order, a slice at a time so that a loop with ten thousand
    // programs goes on answering. queue_autostart takes those with autostart that never ran.
    void queue_autostart(const Group& group);
    void queue_start(Process& process);
    // Starts up to `limit` queued processes; true while more are waiting.
    bool start_some(std::size_t limit, const Now& now);

    // Stops everything: groups in descending priority, groups of equal priority together, the next
    // ones only when those are stopped; inside a group by descending member priority, at once.
    // Later calls can only turn Restarting into Shutdown. No process starts from here on.
    void begin_shutdown(DaemonState how, const Now& now);
    // Unstopped processes in group order ("waiting for a, b to die").
    [[nodiscard]] std::vector<const Process*> unstopped() const;

  private:
    void apply(Process& process, const Event& event, const Now& now, std::deque<Event>& follow_up);
    void reschedule(Process& process, std::optional<MonoTime> before);
    void advance_shutdown(const Now& now);

    Actuator& actuator_;
    DaemonState daemon_state_ = DaemonState::Running;
    std::map<std::string, std::unique_ptr<Group>, std::less<>> groups_;
    std::uint64_t next_sequence_ = 0;
    std::set<std::pair<MonoTime, Process*>> deadlines_;
    std::deque<Process*> start_queue_;
    std::vector<Group*> stopping_now_;
    bool complete_reported_ = false;
    bool advancing_ = false;
};

}  // namespace svd::process
