// What a log sink has to tell its owner. A sink never fails its caller; it drops, counts and says
// so once per trouble through a NoticeHandler. The owner writes the text into the main log.
#pragma once

#include <functional>
#include <string>

#include "log/level.h"

namespace svd::log {

enum class NoticeKind {
    Dropping,        // bytes are being dropped; said once per trouble
    Recovered,       // writing works again; the text says how many bytes were lost
    RotationOff,     // the target cannot be rotated (pipe, terminal, socket, inherited descriptor)
    RotationFailed,  // a rename or truncation failed; the file grows on and it is tried again
};

struct Notice {
    NoticeKind kind;
    Level level;       // the level it deserves in the main log
    std::string text;  // one sentence, without a newline
};

// Called at the end of the operation that caused it, so it may write to any sink, even the same
// one. It must not throw.
using NoticeHandler = std::function<void(const Notice&)>;

}  // namespace svd::log
