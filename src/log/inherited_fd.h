// /dev/stdout, /dev/stderr, /dev/stdin, /dev/fd/N and /proc/self/fd/N as log targets: they mean the
// descriptor the daemon itself has, not a file to open. So they work for sockets (where open() says
// ENXIO) and are never unlinked, truncated or rotated.
#pragma once

#include <optional>
#include <string_view>

#include "base/fd.h"

namespace svd::log {

// "/dev/stdout" -> 1, "/dev/fd/7" -> 7; empty for every other path.
[[nodiscard]] std::optional<int> inherited_fd_number(std::string_view path);

// How bytes get into a descriptor without ever blocking the caller.
enum class WriteStyle {
    Plain,   // write(2): regular files, and descriptors that are non-blocking on their own
    Socket,  // send(2) with MSG_DONTWAIT
    // Shared, blocking, and not to be opened once more: poll(2), then one slice that is sure to
    // fit.
    PolledPipe,
    PolledTerminal,
};

struct Inherited {
    UniqueFd fd;  // close-on-exec
    WriteStyle style = WriteStyle::Plain;
    bool regular = false;
};

// Takes a descriptor of our own for what `number` refers to. O_NONBLOCK is never set on the shared
// open file description (others, like the shell that started us, write through it): pipes and
// terminals are opened once more where permissions allow it, everything else is duplicated.
[[nodiscard]] Result<Inherited> take_inherited(int number);

}  // namespace svd::log
