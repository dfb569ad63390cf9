// The sockets of [socket:x] sections, open for the programs that name them.
//
// A socket opens for the first start of such a program and stays open while any is configured:
// whoever connects while none runs waits in its queue. Several programs share it. What is open
// and closed is said in the log; a host that is a name is looked up when the socket opens.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "linux/loop.h"
#include "linux/sockets.h"
#include "log/daemon_log.h"
#include "state/model.h"

namespace svd::daemon {

class ProgramSockets {
  public:
    // Somebody has come to this socket, which is not watched any more.
    using OnComer = std::function<void(const std::string& name)>;
    // Both outlive this.
    ProgramSockets(os::Loop& loop, log::DaemonLog& log, OnComer on_comer);

    // All sockets of the process are open when this has succeeded; true when one was not before.
    // The error is its spawnerr.
    [[nodiscard]] std::expected<bool, std::string> open(const config::ProcessConfig& config);
    struct Given {
        int fd = -1;  // borrowed
        std::string_view name;
    };
    // Those of the process as far as they are open, in the order of its configuration.
    [[nodiscard]] std::vector<Given> of(const config::ProcessConfig& config) const;

    // Calls on_comer once when somebody is waiting, or comes; not twice in a second.
    void watch(const std::string& name);
    void stop_watching(const std::string& name);

    // Closes those that `is_wanted` says no to. True when there were any.
    bool close_unless(const std::function<bool(const config::SocketConfig&)>& is_wanted);
    [[nodiscard]] bool empty() const { return sockets_.empty(); }

    [[nodiscard]] std::vector<state::OpenSocket> save() const;
    // Those of an earlier svd; what cannot be taken up is an error in the log.
    void restore(std::vector<state::OpenSocket> saved);

  private:
    struct Socket {
        config::SocketConfig config;
        std::vector<os::Listener> listeners;  // one for each address, or none
        std::vector<os::Watch> watches;
        MonoTime last_comer{};
        os::Timer pause;  // made when somebody comes too soon after another
    };
    [[nodiscard]] std::expected<bool, std::string> open(const config::SocketConfig& config);
    void comer(const std::string& name);
    void watch_after(Socket& socket, MonoTime time);

    os::Loop& loop_;
    log::DaemonLog& log_;
    OnComer on_comer_;
    std::map<std::string, Socket, std::less<>> sockets_;  // by name
};

}  // namespace svd::daemon
