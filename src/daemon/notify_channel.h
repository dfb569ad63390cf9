// What svd holds for a process that tells of itself: its notify socket or its pipe, its watchdog,
// and the descriptors that it has stored.
#pragma once

#include <list>
#include <string>

#include "base/fd.h"
#include "linux/loop.h"
#include "linux/notify_socket.h"
#include "process/announcement.h"
#include "state/model.h"

namespace svd::daemon {

struct StoredFd {
    std::string name;
    UniqueFd fd;
    os::KeptMark mark;
    bool poll = true;
    os::Watch end;  // says when the other end is gone; empty for what cannot say so
};

struct NotifyChannel {
    // Of the present run.
    os::NotifySocket socket;
    os::Watch messages;
    UniqueFd ready_pipe;  // until the newline has come
    os::Watch ready_line;
    process::Told told;
    bool stranger_seen = false;  // said in the log once
    os::Timer watchdog;          // made when the first one is wound up
    // Over all runs.
    std::list<StoredFd> stored;

    [[nodiscard]] state::Notify save() const {
        state::Notify saved{socket.fd(), ready_pipe.get(), told, {}};
        for (const auto& one : stored) saved.stored.push_back({one.name, one.fd.get(), one.poll});
        return saved;
    }
};

}  // namespace svd::daemon
