// What the service manager above us (systemd) hears while a session lives: readiness, a live
// summary as the status, reloads, slow starts and stops, the watchdog. Nothing happens where none
// listens.
#pragma once

#include <memory>
#include <string>

#include "linux/loop.h"
#include "linux/notify.h"
#include "process/fleet.h"

namespace svd::daemon {

class ServiceLink {
  public:
    // Both must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<ServiceLink>> open(os::Loop& loop,
                                                                   const process::Fleet& fleet);

    // What was to start has been started. Again: no effect.
    void ready();
    // Some program is in another state. The status follows, once a second at most; and until
    // ready() the manager is asked for more time with it, for the start goes on.
    void programs_changed();
    // The configuration is being read, and then: it was, or why not. The reason stays in the
    // status until it is read successfully.
    void reading();
    void read(const Status& result);
    // The end has begun or goes on; repeated while it lasts. For the manager a restart is a reload:
    // it would not take back a stop. `in_time`: some program still has time of its own, so the
    // manager must not lose its patience before.
    void ending(process::DaemonState how, const std::string& waiting_for, bool in_time);

  private:
    ServiceLink(os::Loop& loop, const process::Fleet& fleet) : loop_(loop), fleet_(fleet) {}
    [[nodiscard]] std::string status() const;
    void send_status();
    void feed_watchdog();
    void send_rest();

    os::Loop& loop_;
    const process::Fleet& fleet_;
    os::Notifier manager_;
    bool ready_ = false;
    std::optional<process::DaemonState> ending_;
    std::string refused_;  // why the configuration was
    std::string sent_;     // status
    MonoTime next_status_{};
    os::Timer status_timer_;
    Duration watchdog_{};  // between two signs of life
    os::Timer watchdog_timer_;
    os::Timer again_;  // while the manager's queue is full
};

}  // namespace svd::daemon
