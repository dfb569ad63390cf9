// What svd tells the world: one struct per Supervisor event type, with its payload text.
//
// Events are values with a serial number from one counter. daemon/ publishes them on the Bus; the
// log, D-Bus, event listeners and web streams are subscribers and projections of the same event.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/clock.h"

namespace svd::event {

// One row per type of Supervisor's tree; `parent` is an index name or empty for EVENT.
struct TypeRow {
    std::string_view name;
    std::string_view parent;
    bool abstract;
    std::string_view doc;  // what it means and what its payload has, for the manual
};

// The whole tree, parents before their children.
[[nodiscard]] std::span<const TypeRow> all_types();
// Row for an upper-case name; null when there is no such type.
[[nodiscard]] const TypeRow* find_type(std::string_view name);
// True when `type` is `ancestor` or below it.
[[nodiscard]] bool is_a(std::string_view type, std::string_view ancestor);

// Serials, those of pools too, go from 0 to 2^63 - 1 and start over, as Supervisor's listeners know
// it.
[[nodiscard]] constexpr std::uint64_t serial_after(std::uint64_t serial) {
    constexpr std::uint64_t kLast = std::numeric_limits<std::int64_t>::max();
    return serial >= kLast ? 0 : serial + 1;
}

struct Event {
    std::uint64_t serial = 0;  // assigned by the Bus, from 0
    std::string type;          // concrete type, "PROCESS_STATE_RUNNING"
    std::string payload;       // Supervisor's payload text
    WallTime at{};
    // Facts for subscribers that do not parse payloads; empty where they do not apply.
    std::string group;
    std::string process;
    bool operator==(const Event&) const = default;
};

// --- events with Supervisor's payloads
// ------------------------------------------------------------ Everything below takes plain values,
// so that this room knows nothing of processes. Serial numbers are given by the Bus.

// Names are those of process::state_name(); `to` decides which of the last three are shown.
struct StateChange {
    std::string_view process;
    std::string_view group;
    std::string_view from;
    std::string_view to;
    int tries = 0;         // STARTING, BACKOFF
    pid_t pid = 0;         // RUNNING, STOPPING, EXITED, STOPPED
    bool expected = true;  // EXITED
};
[[nodiscard]] Event process_state(const StateChange& change, WallTime at);

enum class Channel { Stdout, Stderr };
[[nodiscard]] std::string_view channel_name(Channel channel);  // "stdout"

// Output of a process. Bytes that are not UTF-8 are shown as "Undecodable: b'...'".
struct Output {
    std::string_view process;
    std::string_view group;
    pid_t pid = 0;
    Channel channel = Channel::Stdout;
    std::string_view data;
};
[[nodiscard]] Event process_log(const Output& output, WallTime at);
[[nodiscard]] Event process_communication(const Output& output, WallTime at);

[[nodiscard]] Event remote_communication(std::string_view type, std::string_view data, WallTime at);
[[nodiscard]] Event group_added(std::string_view group, WallTime at);
[[nodiscard]] Event group_removed(std::string_view group, WallTime at);
[[nodiscard]] Event supervisor_running(WallTime at);
[[nodiscard]] Event supervisor_stopping(WallTime at);

// Periods of the TICK types in seconds, ascending: 5, 60, 3600.
[[nodiscard]] std::span<const std::int64_t> tick_periods();
// TICK_<period>; `when` is `at` rounded down to the period.
[[nodiscard]] Event tick(std::int64_t period, WallTime at);

}  // namespace svd::event
