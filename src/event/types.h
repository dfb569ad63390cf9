// What svd tells the world: one struct per Supervisor event type, with its payload text.
//
// Events are values with a serial number from one counter. daemon/ publishes them on the Bus; the
// log, D-Bus, event listeners and web streams are subscribers and projections of the same event.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace svd::event {

// One row per type of Supervisor's tree; `parent` is an index name or empty for EVENT.
struct TypeRow {
    std::string_view name;
    std::string_view parent;
    bool abstract;
};

// Row for an upper-case name; null when there is no such type.
[[nodiscard]] const TypeRow* find_type(std::string_view name);
// True when `type` is `ancestor` or below it.
[[nodiscard]] bool is_a(std::string_view type, std::string_view ancestor);

struct Event {
    std::uint64_t serial = 0;   // assigned by the Bus, from 0
    std::string type;           // concrete type, "PROCESS_STATE_RUNNING"
    std::string payload;        // Supervisor's payload text
    WallTime at{};
    // Facts for subscribers that do not parse payloads; empty where they do not apply.
    std::string group;
    std::string process;
};

}  // namespace svd::event
