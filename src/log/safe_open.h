// Opening log files with the daemon's rights in places where others may write.
//
// Rule: a symbolic link counts as planted when somebody other than root and our effective user can
// write to its directory and the link is neither root's nor ours. A planted link is refused with
// ELOOP as the last component of a path. Among the directories it may only lead to a directory of
// the same owner (releases with a "current" link go on working), where he can write without us.
// All other links are followed (/var/log -> /data/log, app.log -> /dev/stdout).
// A file with a second hard link in a directory that others can write is refused too (EMLINK).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

#include "base/fd.h"

namespace svd::log {

// A directory opened with O_PATH, and the name of a file in it; the file may be missing.
struct Place {
    UniqueFd directory;
    std::string name;     // the last component, links resolved
    bool shared = false;  // somebody other than root and us can write to the directory
    bool magic = false;   // an entry of another process' /proc/PID/fd, which is no real link
    // Set, and all else empty, where the path leads to a descriptor of ours (/dev/stdout).
    std::optional<int> inherited;
};

// True when a user other than root and ourselves can create names in a directory like this.
[[nodiscard]] bool others_can_write(const struct stat& directory);

// Walks `path` (relative ones from the working directory) to the directory of its last component,
// following the links that may be followed, also the last one.
[[nodiscard]] Result<Place> find_place(std::string_view path);

// open(2) in that manner. O_CLOEXEC, O_NOCTTY and O_NONBLOCK are added: opening a FIFO never hangs.
// An existing device, FIFO or file is opened as it is; mode counts, less the umask, with O_CREAT.
[[nodiscard]] Result<UniqueFd> open_at(const Place& place, int flags, mode_t mode = 0);
[[nodiscard]] Result<UniqueFd> open_safely(std::string_view path, int flags, mode_t mode = 0);

}  // namespace svd::log
