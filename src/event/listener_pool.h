// The events of one [eventlistener:x] and the processes that share them.
//
// An event waits in a queue of bounded length for the first process, in configuration order, that
// is running and has said READY. What a process rejects, or leaves behind when it ends, comes back
// to the head of this pool's queue. When the queue is full its oldest event is dropped, logged and
// counted.
//
// Pure: the world is behind ListenerHost, which must not call the pool from inside its functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "event/listener_protocol.h"
#include "event/pool_state.h"
#include "event/types.h"

namespace svd::event {

enum class ListenerSeverity { Debug, Warn, Error };

// Processes are meant by their place in the configuration.
class ListenerHost {
  public:
    virtual ~ListenerHost() = default;
    // True when the process may get events at all; READY or not is the pool's knowledge.
    [[nodiscard]] virtual bool is_running(std::size_t process) const = 0;
    enum class Written {
        Yes,     // taken whole; the host keeps what does not fit into the pipe
        Full,    // the process does not read what it has got already
        Closed,  // it has closed its standard input
    };
    virtual Written write(std::size_t process, std::string_view text) = 0;
    virtual void log(ListenerSeverity severity, std::string_view text) = 0;
    // False when a line of this severity goes nowhere; it is then not even put together.
    [[nodiscard]] virtual bool wants_log(ListenerSeverity severity) const = 0;
    // An event has been lost because the queue was full; it is counted already.
    virtual void overflowed() = 0;
    // The pool holds its events back; resume() after kPatience lets it go on.
    virtual void holding() = 0;
};

// What `len` of an envelope counts. Payloads are UTF-8, so it matters beyond ASCII only.
enum class EventLength { Characters, Bytes };

struct ListenerPoolOptions {
    std::string name;                 // of the group
    std::string server;               // identifier of the daemon
    std::vector<std::string> events;  // types, or ancestors of types
    std::size_t buffer_size = 10;     // at least one event is kept
    std::vector<std::string> processes;
    EventLength length = EventLength::Characters;
};

class ListenerPool {
  public:
    // A listener that rejects kRejectsAtOnce times in a row gets the next event after kPatience:
    // one that always fails must not keep the daemon busy, nor fill its log.
    static constexpr unsigned kRejectsAtOnce = 20;
    static constexpr std::chrono::milliseconds kPatience{100};

    // The host must outlive the pool.
    ListenerPool(ListenerPoolOptions options, ListenerHost& host);

    [[nodiscard]] bool wants(std::string_view type) const;
    // Takes an event with its serial in and hands on what can be.
    void accept(std::shared_ptr<const Event> event);

    // The process is about to be started.
    void starting(std::size_t process);
    // The process may be able to take events from now on.
    void running(std::size_t process);
    // The process is gone; an event it was working on is delivered again.
    void ended(std::size_t process);
    // Bytes of its standard output.
    void output(std::size_t process, std::string_view bytes);

    // The process can be written to again.
    void writable(std::size_t process);
    // kPatience after holding().
    void resume();

    [[nodiscard]] PoolState save() const;
    // In a new pool of the same processes. Nothing is sent before the next event, answer or
    // resume(), which a pool that holds its events back asks for again.
    void restore(PoolState saved);

    [[nodiscard]] ListenerState state(std::size_t process) const;
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    [[nodiscard]] std::size_t buffer_size() const { return options_.buffer_size; }
    [[nodiscard]] std::uint64_t answers() const { return totals_.delivered + totals_.rejected; }
    [[nodiscard]] const ListenerPoolTotals& totals() const { return totals_; }

  private:
    struct Queued {
        std::shared_ptr<const Event> event;
        std::uint64_t pool_serial;
        [[nodiscard]] QueuedEvent save() const { return {*event, pool_serial}; }
    };
    struct Listener {
        std::string name;
        ListenerProtocol protocol;
        std::optional<Queued> event;  // while BUSY
    };
    void make_room();
    void take_back(Listener& listener);
    void reject(Listener& listener);
    void dispatch();
    [[nodiscard]] bool send(const Queued& queued);
    [[nodiscard]] std::string envelope(const Queued& queued) const;
    void apply(Listener& listener, const ListenerProtocol::Outcome& outcome);
    void log_change(const Listener& listener, ListenerState from, ListenerState to);
    template <class... Args>
    void log(ListenerSeverity severity, fmt::format_string<Args...> f, Args&&... args);

    ListenerPoolOptions options_;
    ListenerHost& host_;
    std::vector<bool> wanted_;  // by place in all_types()
    std::vector<Listener> listeners_;
    std::deque<Queued> queue_;
    std::uint64_t next_pool_serial_ = 0;
    ListenerPoolTotals totals_;
    unsigned rejects_in_a_row_ = 0;
    bool holding_ = false;
};

}  // namespace svd::event
