// The one socket to systemd's journal, for the main log and for programs' output, and the loop that
// sends what had to wait.
#pragma once

#include <memory>

#include "linux/loop.h"
#include "log/daemon_log.h"

namespace svd::daemon {

class JournalLink {
  public:
    // The log's own socket when it has one. Both must outlive the link.
    [[nodiscard]] static Result<std::unique_ptr<JournalLink>> open(os::Loop& loop,
                                                                   log::DaemonLog& log);
    ~JournalLink();

    [[nodiscard]] log::JournalSocket& socket() { return *socket_; }
    [[nodiscard]] const std::shared_ptr<log::JournalSocket>& shared() const { return socket_; }

  private:
    JournalLink() = default;
    void flush_soon();

    std::shared_ptr<log::JournalSocket> socket_;
    os::Timer timer_;  // armed while something waits
};

}  // namespace svd::daemon
