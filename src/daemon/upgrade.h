// svd becomes the program that is on disk now, with every child, pipe and socket in hand.
//
//   ask       the new program whether it can read the state (UpgradeCheck); all goes on as ever
//   goodbye   connections are answered or closed; listening sockets stay open and queue
//   exec      the state in a sealed file in memory, its descriptor in SVD_STATE_FD
//
// Whatever fails leaves the old program running as it was.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/fault.h"
#include "daemon/upgrade_check.h"
#include "http/server.h"
#include "log/daemon_log.h"
#include "state/model.h"

namespace svd::daemon {

class Upgrade {
  public:
    // What the session does for it.
    struct Hooks {
        std::function<state::Snapshot()> save;
        std::function<http::Server&()> server;
        std::function<void()> let_go;  // of what the new program does itself; before exec
        std::function<void()> resume;  // all that was ended, after an exec that failed
    };
    // `argv`: as this program was called.
    static Result<std::unique_ptr<Upgrade>> create(os::Loop& loop, os::ChildTable& children,
                                                   log::DaemonLog& log,
                                                   std::vector<std::string> argv, Hooks hooks);

    // `done` when the new program has agreed, or with the fault; the exec follows from the loop.
    void begin(control::Done<void> done);
    [[nodiscard]] bool in_progress() const { return phase_ != Phase::None; }

  private:
    enum class Phase { None, Asking, Leaving };
    Upgrade(os::Loop& loop, os::ChildTable& children, log::DaemonLog& log,
            std::vector<std::string> argv, Hooks hooks);
    void asked(const Status& answer);
    void leave();
    void become();

    os::Loop& loop_;
    os::ChildTable& children_;
    log::DaemonLog& log_;
    std::vector<std::string> argv_;
    Hooks hooks_;
    Phase phase_ = Phase::None;
    std::string program_;
    control::Done<void> done_;
    std::unique_ptr<UpgradeCheck> check_;
    MonoTime patience_over_{};
    os::Timer timer_;
};

}  // namespace svd::daemon
