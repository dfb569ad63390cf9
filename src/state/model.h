// All that outlives the program that is running as svd: plain values from which another svd goes on
// as if it had been there from the start. Descriptors are meant by their numbers, which an exec
// keeps.
//
// What is configured is here as well. The configuration file may have changed since it was read,
// and going on must not apply what nobody has asked to be applied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "event/pool_state.h"
#include "event/tick_schedule.h"
#include "log/channel_state.h"
#include "process/announcement.h"
#include "process/deaths.h"
#include "process/machine.h"

namespace svd::state {

// Of what is written. A newer svd reads older ones back to kOldestVersion; a member that an older
// one did not have keeps its default. A member that has its default is not written, so defaults are
// part of the format (tests/golden/state_defaults.txt). Enumerations are written as numbers: append
// to them only.
inline constexpr int kVersion = 1;
inline constexpr int kOldestVersion = 1;

// One output of a process.
struct Output {
    int pipe = -1;  // its reading end
    std::string auto_path;
    log::ChannelState channel;
    bool operator==(const Output&) const = default;
};

// The output of an earlier run whose descendants were left alive.
struct Lingering {
    bool is_stderr = false;
    Output output;
    bool operator==(const Lingering&) const = default;
};

// A descriptor that a program has stored.
struct StoredFd {
    std::string name;
    int fd = -1;
    bool poll = true;  // drop it when its other end is gone
    bool operator==(const StoredFd&) const = default;
};

// Of a program that tells of itself.
struct Notify {
    int socket = -1;
    int ready_pipe = -1;  // reading end
    process::Told told;
    std::vector<StoredFd> stored;
    bool operator==(const Notify&) const = default;
};

struct Process {
    std::string name;
    process::Data data;
    std::optional<process::DeathLog> deaths;
    int signal_on_request = 0;
    bool paused = false;  // its cgroup is frozen
    bool queued = false;  // its first start is still to come
    Output out;
    Output err;
    int in = -1;           // writing end of its standard input
    std::string in_queue;  // what it has not read yet
    bool holds_socket = false;
    std::vector<Lingering> lingering;
    // Without a cgroup: how its descendants are known.
    bool walking = false;
    std::string walk_marker;
    std::string leaf;  // the name of its cgroup, where that is not by the names of today
    // Restarts for memory: the one that is under way, and how many came soon after a start.
    process::MemoryBreach breach;
    int quick_breaches = 0;
    Notify notify;
    bool operator==(const Process&) const = default;
};

struct Group {
    std::size_t config = 0;          // index into Snapshot::group_configs
    std::vector<Process> processes;  // as in its configuration
    std::optional<event::PoolState> pool;
    bool operator==(const Group&) const = default;
};

// A listening socket of an HTTP server.
struct Server {
    std::string section;
    int fd = -1;
    std::string path;  // of a unix socket, removed at the end
    bool operator==(const Server&) const = default;
};

struct FcgiSocket {
    config::FcgiSocket config;
    std::string program;
    bool left_to_descendants = false;
    int fd = -1;
    std::string path;
    bool operator==(const FcgiSocket&) const = default;
};

// One of the addresses of a [socket:x].
struct OpenListener {
    int fd = -1;
    std::string path;  // of a unix socket, removed at the end
    bool operator==(const OpenListener&) const = default;
};

struct OpenSocket {
    config::SocketConfig config;
    std::vector<OpenListener> listeners;
    bool operator==(const OpenSocket&) const = default;
};

struct ResourceLimit {
    int resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
    bool operator==(const ResourceLimit&) const = default;
};

// A configuration without its groups.
struct Configured {
    config::Config config;            // `groups` is empty
    std::vector<std::size_t> groups;  // indices into Snapshot::group_configs
};

struct Snapshot {
    int version = kVersion;
    std::string program_version;  // of the svd that wrote it
    int upgrades = 0;             // before this one
    WallTime started{};           // of the first svd in this row

    std::vector<config::GroupConfig> group_configs;
    Configured configured;                // what the daemon was started with
    std::optional<Configured> last_read;  // by a reread; empty: the same

    std::string working_directory;  // in which it was started; relative paths begin there
    std::vector<ResourceLimit> child_limits;
    std::string pidfile;  // that it wrote; empty: none
    std::string cgroup;   // name of the subtree; empty: none is used
    std::vector<Server> servers;
    std::vector<FcgiSocket> fcgi_sockets;
    std::vector<std::string> bus_clients;  // D-Bus clients that have subscribed
    std::vector<OpenSocket> sockets;

    std::uint64_t next_serial = 0;
    std::uint64_t next_listener_serial = 0;
    event::TickSchedule::Seen ticks;
    std::vector<Group> groups;  // in order of their addition
};

}  // namespace svd::state
