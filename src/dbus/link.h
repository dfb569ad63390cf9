// Finds a bus, connects to it, and again after it went away.
//
// Connecting never waits: a first connection only knocks, and the one that serves is opened when
// the bus has answered that. Without a bus nothing wakes up where it would be a file that is not
// there; otherwise there is another try after 1, 2, 4, ... 60 seconds.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/model.h"
#include "dbus/address.h"
#include "dbus/pump.h"
#include "dbus/sdbus_link.h"
#include "linux/path_watch.h"

namespace svd::dbus {

class Link {
  public:
    struct Hooks {
        std::function<void(config::LogLevel level, std::string_view text)> log;
        config::LogLevel absent = config::LogLevel::Info;  // of the line that there is no bus
        std::function<Status(SdbusLink& bus)> opened;      // puts what is served on the bus
        std::function<void()> closed;                      // lost, or closed by us
        std::function<void()> after_turn;                  // of a bus that serves
    };
    [[nodiscard]] static Result<std::unique_ptr<Link>> create(os::Loop& loop, BusKind kind,
                                                              BusAddress address, Hooks hooks);
    ~Link();

    void start();
    // Closes the connection; start() opens another one.
    void stop();

    [[nodiscard]] SdbusLink* bus() const { return bus_.get(); }
    [[nodiscard]] BusPump* pump() const { return pump_.get(); }

  private:
    enum class Phase { Stopped, Waiting, Knocking, Serving };
    Link(os::Loop& loop, BusKind kind, BusAddress address, Hooks hooks);
    [[nodiscard]] std::string_view kind_name() const;
    void step();
    void knock();
    void look_at_knock();
    [[nodiscard]] Status serve();
    void named(const Result<bool>& ours);
    void fail_with(const Error& error);
    void wait_for_bus();
    void close();
    void drop_knock();

    static constexpr Duration kFirstDelay = std::chrono::seconds(1);
    static constexpr Duration kLongestDelay = std::chrono::seconds(60);
    static constexpr Duration kKnockPatience = std::chrono::seconds(10);
    static constexpr Duration kAfterCame = std::chrono::milliseconds(20);

    os::Loop& loop_;
    BusKind kind_;
    BusAddress address_;
    Hooks hooks_;
    Phase phase_ = Phase::Stopped;
    std::optional<Error> lost_;
    Duration delay_ = kFirstDelay;
    bool told_ = false;  // that there is no bus
    sd_bus* knocking_ = nullptr;
    std::unique_ptr<SdbusLink> bus_;
    std::unique_ptr<BusPump> pump_;  // of either
    os::PathWatch watch_;
    os::Timer timer_;
    os::Defer step_;
};

}  // namespace svd::dbus
