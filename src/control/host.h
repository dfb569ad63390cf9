// What the verbs need from the daemon around them. daemon/ implements it; the tests fake it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/usage.h"
#include "config/model.h"
#include "control/fault.h"
#include "control/views.h"
#include "process/announcement.h"
#include "process/fleet.h"

namespace svd::control {

class Host {
  public:
    virtual ~Host() = default;

    [[nodiscard]] virtual Now now() const = 0;
    virtual void log(config::LogLevel level, std::string_view text) = 0;
    // Takes note of every child that has ended, so that no verb sees a dead process as running.
    virtual void collect_children() = 0;
    // Calls Supervisor::settle() once, soon, from the event loop.
    virtual void settle_soon() = 0;

    // Reads the configuration from disk; the text of the first error on failure.
    virtual Result<std::shared_ptr<const config::Config>> read_config() = 0;
    // The group has a new configuration, and nothing but limits differs from the one before: they
    // are to hold for its running processes.
    virtual void limits_changed(process::Group& group, const config::GroupConfig& before) = 0;
    // Whether the command can be run now; the fault startProcess answers with when it cannot.
    virtual std::optional<Fault> check_command(const process::Process& process) = 0;

    // Sends the signal to the leader alone; the reason when that failed for good.
    virtual std::optional<std::string> send_signal(process::Process& process, int number) = 0;
    // Orders everything of a running process to stand still, or to go on. What becomes of it is
    // in pause_state(), and settle_soon() follows. An error when it cannot be done here.
    virtual Status order_pause(process::Process& process, bool pause) = 0;
    [[nodiscard]] virtual const PauseState& pause_state(const process::Process& process) const = 0;
    // What it has told of itself; nothing of one that does not run.
    [[nodiscard]] virtual const process::Told& told(const process::Process& process) const = 0;
    // Queues text for the process's stdin; NoFile when it has none.
    virtual Outcome<void> write_stdin(process::Process& process, std::string_view text) = 0;
    // Path of the channel's log as it is now; empty when there is none.
    [[nodiscard]] virtual std::string log_path(const process::Process& process,
                                               Channel channel) const = 0;
    // Empties both logs of the process, running or not.
    virtual Status clear_logs(process::Process& process) = 0;
    // Rotates both logs whatever their size and age, running or not.
    virtual Status rotate_logs(process::Process& process) = 0;
    // Opens both logs again by their paths, when they are open.
    virtual Status reopen_logs(process::Process& process) = 0;
    [[nodiscard]] virtual std::string main_log_path() const = 0;  // empty: no file
    virtual Status clear_main_log() = 0;
    virtual Status rotate_main_log() = 0;

    // Begins shutdown or restart on the next turn of the loop. A restart is refused with CantReread
    // when the configuration on disk is broken: everything goes on as it is.
    virtual Outcome<void> request_shutdown(process::DaemonState how) = 0;
    // Goes on as the program that is on disk now; `done` when it has looked at the state and can.
    virtual void upgrade(Done<void> done) = 0;
    [[nodiscard]] virtual DaemonInfo daemon_info() const = 0;
    // Publishes REMOTE_COMMUNICATION.
    virtual void remote_communication(std::string_view type, std::string_view data) = 0;
    // What the process and all that came from it uses now; nothing while it is not there. With
    // `limits` those in force as well.
    [[nodiscard]] virtual Usage usage(const process::Process& process, bool limits) const = 0;
    // The event listeners, in the order in which their groups were added.
    [[nodiscard]] virtual std::vector<EventPoolInfo> event_pools() const = 0;
};

}  // namespace svd::control
