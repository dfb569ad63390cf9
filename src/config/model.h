// The configuration as svd uses it: typed, expanded, checked, immutable once loaded.
//
// Everything here is a plain value. Users, groups, paths and signals are resolved when the file is
// read, so the running daemon never asks the name service. Later rooms include this header and
// nothing else of config/ but load.h and diff.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/boxed.h"
#include "config/limits.h"

namespace svd::config {

using Seconds = std::chrono::seconds;
// Ordered by name; a later assignment replaces an earlier one.
using Environment = std::map<std::string, std::string>;

enum class LogLevel : int {
    Blather = 3,
    Trace = 5,
    Debug = 10,
    Info = 20,
    Warn = 30,
    Error = 40,
    Critical = 50
};

enum class AutoRestart : std::uint8_t { Never, Unexpected, Always };

// svd: how often autorestart may start a process again; one time more within `window` is FATAL.
struct RestartLimit {
    int count = 0;
    Seconds window{};
    bool operator==(const RestartLimit&) const = default;
};

// What makes a starting process RUNNING.
enum class ReadyBy {
    Startsecs,   // it has stayed up, as in Supervisor
    Notify,      // it has sent READY=1 as well (sd_notify)
    Descriptor,  // it has written a newline on Readiness::fd as well
};

// svd: what a program tells of itself, and what becomes of one that does not.
struct Readiness {
    ReadyBy by = ReadyBy::Startsecs;
    int fd = -1;              // Descriptor
    Seconds timeout{90};      // from the start until it must be ready; 0: for ever
    Seconds watchdog{0};      // longest time between two signs of life; 0: none are expected
    int watchdog_signal = 6;  // for a program that gave none
    int fdstore_max = 0;      // descriptors that it may store
    bool operator==(const Readiness&) const = default;
    // It is given a notify socket.
    [[nodiscard]] bool notifies() const {
        return by == ReadyBy::Notify || watchdog.count() > 0 || fdstore_max > 0;
    }
};

// Where the output of one channel goes.
enum class LogTarget : std::uint8_t {
    None,  // read and discarded
    Auto,  // a file that svd names below childlogdir and removes at the next start
    File,  // LogConfig::path; also /dev/stdout, /dev/stderr, /dev/fd/N
};

struct LogConfig {
    std::string path;  // File: as written, `~` and expressions expanded, may be relative
    Rare<std::vector<std::string>> more_paths;   // further files that get the same
    std::int64_t maxbytes = 50LL * 1024 * 1024;  // 0: never rotate
    Seconds maxage{0};                           // svd; 0: never rotate for age
    std::int64_t capture_maxbytes = 0;           // 0: capture off
    int backups = 10;
    LogTarget target = LogTarget::Auto;
    bool events_enabled = false;
    bool syslog = false;
    bool journal = false;
    bool operator==(const LogConfig&) const = default;
};

// uid, gid and supplementary groups of a passwd entry, looked up at load time.
struct Credentials {
    std::string user;  // login name
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  // all groups, the primary one first
    std::string home;
    std::string shell;
    // The same user is the same, whatever else its passwd entry says by now.
    bool operator==(const Credentials& other) const { return uid == other.uid && gid == other.gid; }
};

enum class ProgramKind { Program, FcgiProgram, EventListener };

struct SocketOwner {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;  // empty: unchanged
    bool operator==(const SocketOwner&) const = default;
};

// [fcgi-program:x] socket; parsed and kept for the FastCGI manager.
struct FcgiSocket {
    std::string url;  // as written: tcp://host:port or unix:///path
    std::optional<int> backlog;
    std::optional<SocketOwner> owner;
    mode_t mode = 0700;
    bool operator==(const FcgiSocket&) const = default;
};

enum class SocketType { Stream, Datagram, SeqPacket };

struct SocketAddress {
    std::string path;  // of a unix socket, "@name" in the abstract namespace; else host and port
    std::string host;  // lower-cased; empty: every IPv4 address; IPv6 without brackets
    int port = 0;
    bool operator==(const SocketAddress&) const = default;
};

// svd: [socket:x], opened by svd for the programs that name it.
struct SocketConfig {
    std::string name;  // x
    std::vector<SocketAddress> listen;
    SocketType type = SocketType::Stream;
    std::string fd_name{};  // in LISTEN_FDNAMES
    mode_t mode = 0666;
    std::optional<SocketOwner> owner{};
    std::optional<int> backlog{};  // empty: the kernel's longest
    bool reuse_port = false;
    bool free_bind = false;
    bool keep_alive = false;
    bool no_delay = false;
    bool operator==(const SocketConfig&) const = default;
};

// One process to be: a [program:x] section after expansion for one process_num. There are many of
// them, so what most have alike is shared, and what few have is boxed.
struct ProcessConfig {
    std::string name;     // process_name, expanded
    std::string program;  // x of [program:x]
    std::string command;  // expanded, not yet split into words
    int priority = 999;
    int startretries = 3;
    Seconds startsecs{1};
    Seconds stopwaitsecs{10};
    int stopsignal = 15;
    AutoRestart autorestart = AutoRestart::Unexpected;
    bool autostart = true;
    bool stopasgroup = false;
    bool killasgroup = false;
    // svd: processes that outlive the leader are ended with it (false), or left alone (true).
    bool keep_descendants = false;
    bool redirect_stderr = false;
    Rare<Readiness> readiness;
    Boxed<RestartLimit> restart_limit;  // empty: for ever
    Shared<std::vector<int>> exitcodes{{0}};
    Boxed<Credentials> user;
    Shared<LogConfig> stdout_log;
    Shared<LogConfig> stderr_log;
    Shared<Environment> environment;  // [supervisord] environment overlaid by the program's own
    Boxed<std::string> directory;
    std::optional<mode_t> umask;
    Boxed<std::string> serverurl;   // empty: computed ("AUTO")
    Boxed<FcgiSocket> fcgi_socket;  // members of an [fcgi-program:x], in a [group:x] too
    // Programs that start first; the order is made by load.
    Rare<std::vector<std::string>> depends_on;
    Rare<Limits> limits;                      // hot: applied to running processes at a reread
    Rare<std::vector<SocketConfig>> sockets;  // given to every run, in this order
    bool start_on_connect = false;            // also when somebody comes to one of them
    bool critical = false;                    // svd: its end is the daemon's
    bool operator==(const ProcessConfig&) const = default;
};

// [eventlistener:x]; parsed and kept for the event pools.
struct ListenerPool {
    std::vector<std::string> events;  // upper-cased, known names
    int buffer_size = 256;            // Supervisor's 10 lose events at the start of a few programs
    std::string result_handler;
    // svd: `len` of an envelope is bytes (true), or characters as in Supervisor (false).
    bool length_in_bytes = false;
    bool operator==(const ListenerPool&) const = default;
};

// A named set of processes: a [group:x], or a program that belongs to none (its own group).
struct GroupConfig {
    std::string name;
    int priority = 999;
    ProgramKind kind = ProgramKind::Program;
    bool homogeneous = true;                                      // false: from a [group:x] section
    std::vector<std::shared_ptr<const ProcessConfig>> processes;  // start order
    Boxed<FcgiSocket> fcgi_socket;
    Boxed<ListenerPool> listener_pool;
    Rare<Limits> limits;  // of all processes together; hot
    // Compares the processes by value.
    bool operator==(const GroupConfig&) const;
};

// Credentials that a client of an HTTP server must show.
struct HttpAuth {
    std::string username;
    std::string password;  // plain, {SHA}<hex>, or a crypt(3) hash ($6$..., $y$...)
    bool operator==(const HttpAuth&) const = default;
};

struct UnixServerConfig {
    std::string section;  // "unix_http_server" or "unix_http_server:name"
    std::string path;     // absolute
    mode_t mode = 0700;
    SocketOwner owner;
    std::optional<HttpAuth> auth;
    bool operator==(const UnixServerConfig&) const = default;
};

struct InetServerConfig {
    std::string section;
    std::string host;  // lower-cased; empty: every interface; IPv6 without brackets
    int port = 0;
    std::optional<HttpAuth> auth;
    bool operator==(const InetServerConfig&) const = default;
};

struct RpcInterface {
    std::string name;     // x of [rpcinterface:x]
    std::string factory;  // supervisor.rpcinterface_factory
    bool operator==(const RpcInterface&) const = default;
};

// Where svd serves D-Bus clients. Auto: on the system bus as root, else on the user's.
enum class DbusChoice { Auto, System, User, Off };

// [supervisord], after the command line has had its say.
struct DaemonConfig {
    std::string logfile = "supervisord.log";  // absolute, or the word for one of these:
    bool log_to_syslog = false;
    bool log_to_journal = false;
    std::int64_t logfile_maxbytes = 50LL * 1024 * 1024;
    int logfile_backups = 10;
    Seconds logfile_maxage{0};  // 0: never
    LogLevel loglevel = LogLevel::Info;
    std::string pidfile = "supervisord.pid";  // absolute
    mode_t umask = 022;
    bool umask_given = false;  // by file or command line; then it counts in the foreground too
    bool nodaemon = false;
    bool silent = false;
    int minfds = 1024;
    int minprocs = 200;
    bool nocleanup = false;
    std::string childlogdir;
    std::optional<Credentials> user;
    std::optional<std::string> directory;
    bool strip_ansi = false;
    Environment environment;
    std::string identifier = "supervisor";
    std::vector<std::string> required_controllers;  // of cgroups, sorted; missing ones: no start
    bool take_over = true;  // programs of a daemon that has crashed; else they are ended
    DbusChoice dbus = DbusChoice::Auto;
};

struct Config {
    std::string path;  // absolute path of the root file
    std::string here;  // its directory
    DaemonConfig daemon;
    std::vector<GroupConfig> groups;  // by (priority, name)
    std::vector<UnixServerConfig> unix_servers;
    std::vector<InetServerConfig> inet_servers;
    std::vector<RpcInterface> rpc_interfaces;
    std::vector<std::string> included_files;
    // What a program's SUPERVISOR_SERVER_URL says: first unix server, else first inet one, else
    // empty.
    std::string server_url;
};

// [supervisorctl], for svctl.
struct ClientConfig {
    std::string serverurl = "http://localhost:9001";
    std::optional<std::string> username;
    std::optional<std::string> password;
    std::string prompt = "supervisor";
    std::optional<std::string> history_file;
};

}  // namespace svd::config
