// The D-Bus door: org.svd1 on the system's or the user's bus.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "control/supervisor.h"
#include "event/bus.h"
#include "linux/loop.h"

namespace svd::dbus {

struct DoorOptions {
    config::DbusChoice choice = config::DbusChoice::Auto;
    std::string config_file;
    std::string log_file;              // empty: none
    std::vector<std::string> clients;  // that had subscribed before an upgrade
    std::function<void(config::LogLevel level, std::string_view text)> log;
};

class Door {
  public:
    virtual ~Door() = default;
    // Connects when there is a bus, now or later.
    virtual void open() = 0;
    // Answers what still waits with an error that says why, and lets the bus go.
    virtual void close(std::string_view why) = 0;
    // Something about the process changed that no event tells of.
    virtual void changed(const process::Process& process) = 0;
    [[nodiscard]] virtual bool has_unsent() const = 0;
    // Unique names of the clients that have subscribed.
    [[nodiscard]] virtual std::vector<std::string> subscribers() const = 0;
};

// Null when there is to be none, or svd was built without D-Bus. Everything outlives the door.
[[nodiscard]] Result<std::unique_ptr<Door>> make_door(os::Loop& loop,
                                                      control::Supervisor& supervisor,
                                                      event::Bus& bus, DoorOptions options);

}  // namespace svd::dbus
