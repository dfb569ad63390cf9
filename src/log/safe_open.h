// Opening log files with the daemon's rights in places where others may write.
//
// Rule: a symbolic link is followed only when it lies in a directory that nobody but root and our
// own effective user can write. So links made by root (/var/log -> /data/log, app.log -> ../x)
// work, and a link planted by a child's user is refused with ELOOP, on every component of the path.
// In such a directory a file with a second hard link is refused too (EMLINK).
#pragma once

#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

#include "base/fd.h"

namespace svd::log {

// A directory opened with O_PATH, and the name of a file in it; the file may be missing.
struct Place {
    UniqueFd directory;
    std::string name;     // the last component, never empty, never a link we may follow
    bool shared = false;  // somebody other than root and us can write to the directory
};

// True when a user other than root and ourselves can create names in a directory like this.
[[nodiscard]] bool others_can_write(const struct stat& directory);

enum class LastLink {
    Follow,  // a trusted link as last component is followed, so `name` is what it points at
    Keep,    // the last component is taken as it is: for renaming and removing
};

// Walks `path` (relative ones from the working directory) to the directory of its last component.
[[nodiscard]] Result<Place> find_place(std::string_view path, LastLink last = LastLink::Follow);

// open(2) in that manner. O_CLOEXEC, O_NOCTTY and O_NONBLOCK are added: opening a FIFO never hangs.
// An existing device, FIFO or file is opened as it is; mode counts, less the umask, with O_CREAT.
[[nodiscard]] Result<UniqueFd> open_safely(std::string_view path, int flags, mode_t mode = 0);

}  // namespace svd::log
