// The state as it changes: records one after the other, for a daemon that has no chance to write a
// snapshot. The last record of each key counts.
//
//   record  = size of payload (4 bytes, little-endian), kind (1), size of key (2), key, payload
//   payload = CBOR of the value, empty for Gone
//
// A record at the end that is cut off is as good as never written.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "state/model.h"

namespace svd::state {

// A descriptor and the inode behind it: the number alone may mean another file by now.
struct Identity {
    int fd = -1;
    std::uint64_t inode = 0;
    bool operator==(const Identity&) const = default;
};

// What is not of a group. The groups of `snapshot` and of its configurations are left out.
struct KeptDaemon {
    int version = kVersion;
    Snapshot snapshot;
    std::string cgroup_parent;  // directory in which the subtree lies
    std::string cgroup_path;    // of that directory, as /proc/PID/cgroup shows it
    int cgroup = -1;            // descriptor of the subtree, which is locked by it
    int flight = -1;            // descriptor of the bytes on their way to logs
    int staging = -1;           // descriptor of a pipe with those that come after them
    int generation = 0;         // how many daemons of this row have crashed
    bool complete = false;      // every group has been written
    std::vector<Identity> descriptors;
};

struct KeptProcess {
    Process process;
    int pidfd = -1;
    std::vector<Identity> descriptors;
};

[[nodiscard]] std::string daemon_record(const KeptDaemon& daemon);
[[nodiscard]] std::string group_record(const config::GroupConfig& group);
[[nodiscard]] std::string group_gone_record(const std::string& group);
[[nodiscard]] std::string process_record(const std::string& group, const KeptProcess& process);

// The same records without those that no longer count.
[[nodiscard]] std::string compact(std::string_view journal);

struct Kept {
    KeptDaemon daemon;  // whose snapshot has its groups again
    std::map<std::pair<std::string, std::string>, KeptProcess> processes;  // by group and name
};
// Fails for what is no journal or lacks the daemon's record. The process states in the snapshot are
// those of `processes`.
[[nodiscard]] Result<Kept> replay(std::string_view journal);

// Calls for each descriptor that is meant (-1 included), to read it or to put another in its place.
template <class P, class F>
void for_each_descriptor_of(P& process, const F& call) {
    call(process.out.pipe);
    call(process.err.pipe);
    call(process.in);
    call(process.notify.socket);
    call(process.notify.ready_pipe);
    for (auto& stored : process.notify.stored) call(stored.fd);
    for (auto& lingering : process.lingering) call(lingering.output.pipe);
}
template <class S, class F>
void for_each_descriptor(S& snapshot, const F& call) {
    for (auto& server : snapshot.servers) call(server.fd);
    for (auto& socket : snapshot.fcgi_sockets) call(socket.fd);
    for (auto& socket : snapshot.sockets)
        for (auto& listener : socket.listeners) call(listener.fd);
    for (auto& group : snapshot.groups)
        for (auto& process : group.processes) for_each_descriptor_of(process, call);
}

}  // namespace svd::state
