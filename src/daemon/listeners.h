// Event listeners: one event::ListenerPool for each group of kind EventListener, between the Bus
// and the pipes of its processes; and the TICK events, which exist only while a pool wants them.
//
// Listeners see their own serial numbers, given to events that some pool takes, as Supervisor does;
// the Bus numbers every event.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/views.h"
#include "event/bus.h"
#include "event/listener_pool.h"
#include "event/tick_schedule.h"
#include "linux/loop.h"
#include "log/daemon_log.h"
#include "process/fleet.h"

namespace svd::daemon {

[[nodiscard]] inline bool is_listener(const process::Process& process) {
    return process.group->config->kind == config::ProgramKind::EventListener;
}

class Listeners {
  public:
    // All arguments outlive this.
    static Result<std::unique_ptr<Listeners>> open(os::Loop& loop, event::Bus& bus,
                                                   log::DaemonLog& log, std::string identifier,
                                                   std::uint64_t first_serial);
    ~Listeners();

    // Groups of other kinds are ignored. The group stays until it is removed here.
    void add(const process::Group& group);
    void remove(std::string_view group);
    // After a change of a process's state; processes of other kinds are ignored.
    void changed(const process::Process& process, process::State to);
    // What restarts a listener that has broken the protocol. It gets the event it had, and all that
    // came meanwhile, when it says READY again.
    void on_broken(std::function<void(process::Process&)> call) { on_broken_ = std::move(call); }
    // A listener has read all that it had been sent.
    void writable(const process::Process& process, std::uint64_t run);
    // Bytes of a listener's standard output; those of an earlier run count no more.
    void output(const process::Process& process, std::uint64_t run, std::string_view bytes);

    // For a successor: a pool's events and how far its listeners are, and the ticks that are due.
    // Restored before and after the groups are added, in this order.
    [[nodiscard]] std::optional<event::PoolState> save(const process::Group& group) const;
    [[nodiscard]] const event::TickSchedule::Seen& save_ticks() const { return ticks_.save(); }
    void restore_ticks(event::TickSchedule::Seen seen) { ticks_.restore(std::move(seen)); }
    void restore(const process::Group& group, event::PoolState saved);
    // Losses that are still to be said.
    void report_overflow();

    [[nodiscard]] std::uint64_t next_serial() const { return next_serial_; }
    // Every pool, in order of addition.
    [[nodiscard]] std::vector<control::EventPoolInfo> info() const;

  private:
    class Pool;
    Listeners(event::Bus& bus, log::DaemonLog& log, std::string identifier,
              std::uint64_t first_serial);
    [[nodiscard]] Pool* find(std::string_view group) const;
    void on_event(const event::Event& event);
    void watch_ticks();
    void on_timer();
    void resume();
    void restart_broken();

    event::Bus& bus_;
    log::DaemonLog& log_;
    std::string identifier_;
    std::uint64_t next_serial_;
    std::vector<std::unique_ptr<Pool>> pools_;  // order of addition
    event::Bus::Subscription subscription_;     // while there are pools
    event::TickSchedule ticks_;
    os::Timer timer_;
    os::Timer overflow_timer_;  // set while a total is still to be logged
    os::Timer patience_timer_;  // set while a pool holds its events back
    os::Timer restart_timer_;   // set while a listener that broke the protocol waits
    std::function<void(process::Process&)> on_broken_;
};

}  // namespace svd::daemon
