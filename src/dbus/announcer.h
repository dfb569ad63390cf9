// What svd tells the bus by itself: state changes with their serials, changed properties, programs
// that come and go.
//
// Changes of one turn of the loop become one PropertiesChanged for each object. Nothing about
// processes is even noted while nobody has subscribed, but that they come and go. What a bus that
// does not keep up leaves here is bounded; what was dropped is said by SignalsLost.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "control/supervisor.h"
#include "dbus/pump.h"
#include "dbus/subscribers.h"
#include "event/bus.h"
#include "linux/loop.h"

struct sd_bus;

namespace svd::dbus {

class Announcer {
  public:
    // `flush_soon` asks for flush() at the end of the turn.
    Announcer(const control::Supervisor& supervisor, sd_bus* bus, std::function<void()> flush_soon);

    void note(const event::Event& event);
    // Something changed that no event tells of.
    void changed(const process::Process& process);
    void leaving(const process::Group& group);
    void reloading(bool active);
    [[nodiscard]] Subscribers& subscribers() { return subscribers_; }
    [[nodiscard]] const Subscribers& subscribers() const { return subscribers_; }
    // Sends some, as many as the pump takes; true when more is left for which there is room.
    bool flush(const BusPump& pump);
    [[nodiscard]] bool is_empty() const;

  private:
    enum class Kind { State, GroupAdded, GroupRemoved, ProcessAdded, ProcessRemoved, Reloading };
    struct Notice {
        Kind kind;
        std::uint64_t serial = 0;
        std::string group = {};
        std::string process = {};
        std::string state = {};
        std::string from = {};
        std::uint64_t at = 0;  // microseconds since the epoch
        bool active = false;
    };
    using Name = std::pair<std::string, std::string>;  // group and process

    [[nodiscard]] bool has_listeners() const { return !subscribers_.is_empty(); }
    void note_state(const event::Event& event);
    void put(Notice notice);
    void send(const Notice& notice);
    void send_lost();
    bool send_one();

    static constexpr std::size_t kMostNotices = 16384;
    static constexpr int kPerTurn = 64;

    const control::Supervisor& supervisor_;
    sd_bus* bus_;
    std::function<void()> flush_soon_;
    Subscribers subscribers_;
    std::deque<Notice> notices_;
    std::set<Name> processes_;  // whose properties have changed
    std::set<std::string> groups_;
    bool manager_ = false;
    std::uint64_t lost_ = 0;
};

}  // namespace svd::dbus
