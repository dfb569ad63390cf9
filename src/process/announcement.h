// What a program tells of itself in one message of the sd_notify protocol. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/clock.h"

namespace svd::process {

// One datagram: lines of NAME=value. Of a name that comes twice the last one counts. Names that
// svd does not know and values that make no sense are as if they were not there.
struct Announcement {
    bool ready = false;
    bool reloading = false;
    bool stopping = false;
    std::optional<std::string> status;  // one line of printable UTF-8, see kLongestStatus
    std::optional<pid_t> main_pid;      // above 1
    bool alive = false;                 // WATCHDOG=1
    bool watchdog_trigger = false;      // WATCHDOG=trigger: it wants to be taken for dead
    std::optional<Duration> watchdog;   // another interval; 0: no watchdog
    std::optional<Duration> extend;     // EXTEND_TIMEOUT_USEC
    bool store = false;                 // FDSTORE=1: keep the descriptors that came along
    bool remove = false;                // FDSTOREREMOVE=1, of those named `fd_name`
    std::optional<std::string> fd_name;
    bool fd_poll = true;   // drop a stored descriptor when its other end is gone
    bool barrier = false;  // the descriptor that came along says by its end that we are here
    bool operator==(const Announcement&) const = default;
};

inline constexpr std::size_t kLongestStatus = 512;  // bytes; the rest is cut off
inline constexpr std::size_t kLongestFdName = 255;  // bytes; a longer name is none

// What a program has told of itself in its present run; a snapshot writes it as it is.
struct Told {
    std::string status;
    bool reloading = false;
    bool stopping = false;
    std::optional<Duration> watchdog;  // in the place of watchdog_sec
    bool operator==(const Told&) const = default;

    // What is to be seen in `message`. True when it changes anything.
    bool note(const Announcement& message);
};

[[nodiscard]] Announcement parse_announcement(std::string_view text);

// A name for a descriptor: printable ASCII without blanks and ':', not empty.
[[nodiscard]] bool is_fd_name(std::string_view name);

}  // namespace svd::process
