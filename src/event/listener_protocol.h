// What a listener says on its standard output, one process at a time:
//
//   ACKNOWLEDGED  -- "READY\n" -->               READY
//   READY         -- an event is sent to it -->  BUSY
//   BUSY          -- "RESULT <n>\n" + n bytes --> ACKNOWLEDGED
//   any of them   -- anything else -->           UNKNOWN, and nothing it says counts any more
//
// The bytes may be cut anywhere. Nothing of them is kept but an unfinished word or line of bounded
// length; of a result only what is needed to tell "OK" from the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/pool_state.h"

namespace svd::event {

enum class ListenerState { Acknowledged, Ready, Busy, Unknown };
[[nodiscard]] std::string_view listener_state_name(ListenerState state);  // "ACKNOWLEDGED"

class ListenerProtocol {
  public:
    // A line with the length of a result is a violation when it is longer.
    static constexpr std::size_t kMaxResultLine = 1024;

    enum class Kind {
        Ready,      // wants an event
        Processed,  // the result was OK
        Rejected,   // any other result: the event is to be delivered again
        Violation,  // is UNKNOWN from here on; the event it had, if any, is to be delivered again
    };
    struct Outcome {
        Kind kind;
        ListenerState from;
        // Violation: the line that should have been "RESULT <n>", as UTF-8; empty for other ones.
        std::optional<std::string> bad_line;
        bool operator==(const Outcome&) const = default;
    };

    [[nodiscard]] ListenerState state() const { return state_; }
    // At every start of the process.
    void reset();
    // An event has been sent. Only in READY; elsewhere it does nothing.
    void sent();
    // What the bytes mean, in order; at most three outcomes.
    [[nodiscard]] std::vector<Outcome> feed(std::string_view bytes);

    [[nodiscard]] ProtocolState save() const;
    void restore(ProtocolState saved);

  private:
    using Outcomes = std::vector<Outcome>;
    std::string_view take_ready(std::string_view bytes, Outcomes& outcomes);
    std::string_view take_result_line(std::string_view bytes, Outcomes& outcomes);
    std::string_view take_result(std::string_view bytes, Outcomes& outcomes);
    void finish_result(Outcomes& outcomes);
    void violate(Outcomes& outcomes, std::optional<std::string> bad_line);

    ListenerState state_ = ListenerState::Acknowledged;
    std::string held_;  // unfinished "READY\n" or result line, or the beginning of the result
    std::optional<std::uint64_t> missing_;  // bytes of the result still to come
};

}  // namespace svd::event
