// What a ListenerPool remembers, as plain values: an upgrade writes it down, and no event is lost,
// sent twice or given another serial.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/types.h"

namespace svd::event {

// How far one listener's half of the conversation is; see listener_protocol.h.
struct ProtocolState {
    int state = 0;  // ListenerState
    std::string held;
    std::optional<std::uint64_t> missing;
    bool operator==(const ProtocolState&) const = default;
};

struct QueuedEvent {
    Event event;
    std::uint64_t pool_serial = 0;
    bool operator==(const QueuedEvent&) const = default;
};

struct PoolListenerState {
    std::string process;
    ProtocolState protocol;
    std::optional<QueuedEvent> event;  // while BUSY
    bool operator==(const PoolListenerState&) const = default;
};

// Counted since the pool was made.
struct ListenerPoolTotals {
    std::uint64_t accepted = 0;   // every event that the pool took in
    std::uint64_t delivered = 0;  // answered with OK
    std::uint64_t rejected = 0;   // answers other than OK; the event is kept
    std::uint64_t dropped = 0;    // lost to a full queue
    bool operator==(const ListenerPoolTotals&) const = default;
};

struct PoolState {
    std::vector<QueuedEvent> queue;
    std::vector<PoolListenerState> listeners;
    std::uint64_t next_pool_serial = 0;
    ListenerPoolTotals totals;
    unsigned rejects_in_a_row = 0;
    bool holding = false;
    bool operator==(const PoolState&) const = default;
};

}  // namespace svd::event
