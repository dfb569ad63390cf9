// The listening sockets of FastCGI programs.
//
// A program's processes share one socket, whatever group they are in. It opens for the first
// process that asks and closes, a unix one with its file, when the last handle is gone. Both are
// said in the log. A host that is a name is looked up when the socket opens.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/model.h"
#include "log/daemon_log.h"
#include "state/model.h"

namespace svd::daemon {

class FcgiSocket;  // an open one; closes when it is destroyed

// Keeps the socket open; null: none.
using FcgiHandle = std::shared_ptr<const FcgiSocket>;
// Borrowed; becomes descriptor 0 of the processes, which wait in accept on it.
[[nodiscard]] int descriptor_of(const FcgiSocket& socket);

class FcgiSockets {
  public:
    // The log must outlive this and every handle.
    explicit FcgiSockets(log::DaemonLog& log) : log_(log) {}

    // The socket of a process that has config.fcgi_socket. The error is its spawnerr: the path or
    // port cannot be had, or another program has it open.
    [[nodiscard]] std::expected<FcgiHandle, std::string> get(const config::ProcessConfig& config);

    // The open ones, and opening them again in a successor. Handles are in the order of `saved`;
    // a descriptor that is no socket is an error in the log and no handle.
    [[nodiscard]] std::vector<state::FcgiSocket> save() const;
    [[nodiscard]] std::vector<FcgiHandle> restore(std::vector<state::FcgiSocket> saved);

  private:
    log::DaemonLog& log_;
    std::map<std::string, std::weak_ptr<const FcgiSocket>> by_url_;
};

}  // namespace svd::daemon
