#include "config/option_table.h"

#include <array>
#include <map>
#include <unordered_map>

namespace svd::config {

namespace {

constexpr std::uint32_t bit(SectionKind kind) {
    return static_cast<std::uint32_t>(kind);
}

constexpr auto kDaemon = bit(SectionKind::Supervisord);
constexpr auto kClient = bit(SectionKind::Supervisorctl);
constexpr auto kUnix = bit(SectionKind::UnixHttpServer);
constexpr auto kInet = bit(SectionKind::InetHttpServer);
constexpr auto kServer = kUnix | kInet;
constexpr auto kGroup = bit(SectionKind::Group);
constexpr auto kFcgi = bit(SectionKind::FcgiProgram);
constexpr auto kSocket = bit(SectionKind::Socket);
constexpr auto kListener = bit(SectionKind::EventListener);
constexpr auto kAnyProgram =
    bit(SectionKind::Program) | bit(SectionKind::ProgramDefault) | kFcgi | kListener;
constexpr auto kLimited = kAnyProgram | kGroup;  // what a cgroup can limit
constexpr std::nullopt_t kUnset = std::nullopt;

using enum ValueType;
using enum OnReload;

constexpr auto kOptions = std::to_array<OptionRow>({
    // [unix_http_server], [inet_http_server]
    {kUnix, "file", Path, kUnset, Restart, "3.0", "Path of the unix socket that svd listens on.",
     "/run/svd.sock", true},
    {kUnix, "chmod", Octal, "0700", Restart, "3.0", "Mode of the unix socket."},
    {kUnix, "chown", UserGroup, kUnset, Restart, "3.0",
     "Owner of the unix socket: user or user:group.", "root:root"},
    {kInet, "port", InetAddress, kUnset, Restart, "3.0",
     "TCP address to listen on: host:port, [IPv6]:port, or *:port for every interface.",
     "127.0.0.1:9001"},
    {kServer, "username", Text, kUnset, Restart, "3.0", "User name that a client must send.",
     "user"},
    {kServer, "password", Text, kUnset, Restart, "3.0",
     "Password that a client must send: plain text, {SHA} and a hex digest, or a crypt(3) hash.",
     "secret"},

    // [supervisord]
    {kDaemon, "logfile", Path, "supervisord.log", Restart, "3.0",
     "Path of the main log, or syslog, or journal.", "/var/log/svd.log", true},
    {kDaemon, "logfile_maxbytes", ByteSize, "50MB", Restart, "3.0",
     "Size at which the main log is rotated; 0 means never."},
    {kDaemon, "logfile_backups", Integer, "10", Restart, "3.0",
     "How many rotated main logs are kept."},
    {kDaemon, "logfile_maxage", Age, "0", Restart, "svd 0.1",
     "Age at which the main log is rotated, such as 12h, 7d or daily; 0 means never."},
    {kDaemon, "loglevel", LogLevel, "info", Restart, "3.0",
     "Least severity that is written to the main log."},
    {kDaemon, "pidfile", Path, "supervisord.pid", Restart, "3.0",
     "File that holds the daemon's process id.", "/run/svd.pid", true},
    {kDaemon, "umask", Octal, "022", Restart, "3.0", "File mode creation mask of the daemon."},
    {kDaemon, "nodaemon", Boolean, "false", Restart, "3.0", "Stay in the foreground."},
    {kDaemon, "silent", Boolean, "false", Restart, "4.2.0",
     "In the foreground, do not copy the main log to standard output."},
    {kDaemon, "minfds", Integer, "1024", Restart, "3.0",
     "File descriptors that must be available before svd starts."},
    {kDaemon, "minprocs", Integer, "200", Restart, "3.0",
     "Process slots that must be available before svd starts."},
    {kDaemon, "nocleanup", Boolean, "false", Restart, "3.0",
     "Keep the AUTO child logs of an earlier run."},
    {kDaemon, "childlogdir", Directory, kUnset, Restart, "3.0",
     "Directory of AUTO child logs; the system's temporary directory when unset.", "/tmp"},
    {kDaemon, "user", User, kUnset, Restart, "3.0",
     "Account that svd switches to when it is started as root.", "nobody"},
    {kDaemon, "directory", Directory, kUnset, Restart, "3.0",
     "Directory that svd changes to when it becomes a daemon.", "/tmp"},
    {kDaemon, "strip_ansi", Boolean, "false", Restart, "3.0",
     "Strip terminal escape sequences from child logs."},
    {kDaemon, "environment", EnvironmentList, "", Restart, "3.0",
     "KEY=\"value\" pairs, separated by commas, that every child gets.", "KEY=\"value\""},
    {kDaemon, "identifier", Text, "supervisor", Restart, "3.0",
     "Name of this instance, shown to clients and event listeners."},
    {kDaemon, "profile_options", Text, kUnset, Restart, "3.0",
     "Accepted and ignored: options of the Python profiler."},
    {kDaemon, "required_controllers", ControllerList, "", Restart, "svd 0.1",
     "Cgroup controllers, separated by commas, without which svd does not start.", "memory,pids"},
    {kDaemon, "take_over", Boolean, "true", Restart, "svd 0.1",
     "Go on with the programs that a crashed svd has left running; false: stop them, each as its "
     "section says, and start anew."},
    {kDaemon, "dbus", DbusChoice, "auto", Restart, "svd 0.1",
     "Bus on which svd is org.svd1; auto: the system's when svd runs as root, else the user's."},

    // [supervisorctl]
    {kClient, "serverurl", Text, "http://localhost:9001", Hot, "3.0",
     "Where svctl finds svd: unix:///path or http://host:port.", "unix:///run/svd.sock", true},
    {kClient, "username", Text, kUnset, Hot, "3.0", "User name that svctl sends.", "user"},
    {kClient, "password", Text, kUnset, Hot, "3.0", "Password that svctl sends, in plain text.",
     "secret"},
    {kClient, "prompt", Text, "supervisor", Hot, "3.0", "Prompt of svctl's shell."},
    {kClient, "history_file", Text, kUnset, Hot, "3.0a5", "File that keeps the shell's history.",
     "~/.svctl_history"},

    // [include]
    {bit(SectionKind::Include), "files", StringList, kUnset, Respawn, "3.0",
     "Patterns of further configuration files, separated by blanks.", "conf.d/*.conf"},

    // [group:x]
    {kGroup, "programs", StringList, "", Respawn, "3.0",
     "Programs that form the group, separated by commas.", "example"},
    {kGroup, "priority", Integer, "999", Hot, "3.0",
     "Groups start in ascending order of priority and stop in descending order."},

    // [program:x], [fcgi-program:x], [eventlistener:x]
    {kAnyProgram, "command", Text, kUnset, Respawn, "3.0",
     "Command line to run; words may be quoted, no shell is involved.", "/bin/cat"},
    {kAnyProgram, "process_name", Text, "%(program_name)s", Respawn, "3.0",
     "Expression that names each process; must use %(process_num) when numprocs is above 1."},
    {kAnyProgram, "numprocs", Integer, "1", Respawn, "3.0", "How many processes to run."},
    {kAnyProgram, "numprocs_start", Integer, "0", Respawn, "3.0",
     "Number of the first process (process_num)."},
    {kAnyProgram, "priority", Integer, "999", Hot, "3.0",
     "Start order among programs; an event listener pool uses -1 when unset."},
    {kAnyProgram, "autostart", Boolean, "true", Hot, "3.0", "Start together with svd."},
    {kAnyProgram, "startsecs", Integer, "1", Hot, "3.0",
     "Seconds a process must stay up to count as started."},
    {kAnyProgram, "startretries", Integer, "3", Hot, "3.0",
     "Failed starts that are tried again before giving up."},
    {kAnyProgram, "autorestart", AutoRestart, "unexpected", Hot, "3.0",
     "Whether a process that exited after it was up is started again."},
    {kAnyProgram, "restart_limit", RestartLimit, kUnset, Hot, "svd 0.1",
     "How often autorestart may start a process in a time; one more and it is FATAL.", "5/60s"},
    {kAnyProgram, "critical", Boolean, "false", Hot, "svd 0.1",
     "When a process of it has ended for good (EXITED or FATAL), svd stops everything and ends "
     "with its exit code, or 128 and the signal that ended it."},
    {kAnyProgram, "exitcodes", ExitCodes, "0", Hot, "3.0",
     "Exit codes that autorestart=unexpected takes as intended."},
    {kAnyProgram, "stopsignal", Signal, "TERM", Hot, "3.0", "Signal that asks the process to end."},
    {kAnyProgram, "stopwaitsecs", Integer, "10", Hot, "3.0",
     "Seconds to wait after the stop signal before SIGKILL."},
    {kAnyProgram, "stopasgroup", Boolean, "false", Hot, "3.0b1",
     "Send the stop signal to the whole process group; implies killasgroup."},
    {kAnyProgram, "killasgroup", Boolean, kUnset, Hot, "3.0a11",
     "Send SIGKILL to the whole process group; as stopasgroup when unset.", "false"},
    {kAnyProgram, "descendants", Descendants, "kill", Hot, "svd 0.1",
     "What happens to processes that outlive the main one: kill ends them with it, keep leaves "
     "them."},
    {kAnyProgram, "depends_on", StringList, "", Hot, "svd 0.1",
     "Programs that start before this one, separated by commas; nobody waits until they run."},
    {kAnyProgram, "ready", ReadyBy, "none", Respawn, "svd 0.1",
     "What makes a process RUNNING beside startsecs: READY=1 on its notify socket (sd_notify), or "
     "a "
     "newline on a descriptor.",
     "notify"},
    {kAnyProgram, "ready_timeout", Duration, "90", Respawn, "svd 0.1",
     "Longest time until it is ready, or the start has failed; 0 means no limit."},
    {kAnyProgram, "watchdog_sec", Duration, "0", Respawn, "svd 0.1",
     "Longest time between two WATCHDOG=1 of a running process before it is killed and restarted; "
     "0 means none are expected."},
    {kAnyProgram, "watchdog_signal", Signal, "ABRT", Respawn, "svd 0.1",
     "Signal for a process whose watchdog was missed; SIGKILL follows after stopwaitsecs."},
    {kAnyProgram, "fdstore_max", Integer, "0", Respawn, "svd 0.1",
     "How many descriptors a process may store in svd (FDSTORE=1); the next one is given them "
     "(LISTEN_FDS)."},
    {kAnyProgram, "sockets", StringList, "", Respawn, "svd 0.1",
     "[socket:x] sections, separated by commas: listening sockets that the process is given "
     "(LISTEN_FDS).",
     "web"},
    {kAnyProgram, "start_on_connect", Boolean, "false", Respawn, "svd 0.1",
     "Start the program when somebody comes to one of its sockets and it does not run."},
    {kAnyProgram, "user", User, kUnset, Respawn, "3.0", "Account that the process runs as.",
     "nobody"},
    {kAnyProgram, "redirect_stderr", Boolean, "false", Respawn, "3.0",
     "Send standard error to where standard output goes."},
    {kAnyProgram, "stdout_logfile", LogFile, "AUTO", Respawn, "3.0",
     "Where standard output goes: a path, AUTO, NONE, syslog or journal; svd takes several, "
     "separated by commas."},
    {kAnyProgram, "stdout_logfile_maxbytes", ByteSize, "50MB", Respawn, "3.0",
     "Size at which the stdout log is rotated; 0 means never."},
    {kAnyProgram, "stdout_logfile_backups", Integer, "10", Respawn, "3.0",
     "How many rotated stdout logs are kept."},
    {kAnyProgram, "stdout_logfile_maxage", Age, "0", Respawn, "svd 0.1",
     "Age at which the stdout log is rotated, such as 12h, 7d or daily; 0 means never."},
    {kAnyProgram, "stdout_capture_maxbytes", ByteSize, "0", Respawn, "3.0",
     "Most bytes of a PROCESS_COMMUNICATION section on stdout; 0 switches capturing off."},
    {kAnyProgram, "stdout_events_enabled", Boolean, "false", Respawn, "3.0a7",
     "Emit PROCESS_LOG events for stdout."},
    {kAnyProgram, "stdout_syslog", Boolean, "false", Respawn, "4.0.0",
     "Send stdout to syslog as well."},
    {kAnyProgram, "stderr_logfile", LogFile, "AUTO", Respawn, "3.0",
     "Where standard error goes: a path, AUTO, NONE, syslog or journal; svd takes several, "
     "separated by commas."},
    {kAnyProgram, "stderr_logfile_maxbytes", ByteSize, "50MB", Respawn, "3.0",
     "Size at which the stderr log is rotated; 0 means never."},
    {kAnyProgram, "stderr_logfile_backups", Integer, "10", Respawn, "3.0",
     "How many rotated stderr logs are kept."},
    {kAnyProgram, "stderr_logfile_maxage", Age, "0", Respawn, "svd 0.1",
     "Age at which the stderr log is rotated, such as 12h, 7d or daily; 0 means never."},
    {kAnyProgram, "stderr_capture_maxbytes", ByteSize, "0", Respawn, "3.0",
     "Most bytes of a PROCESS_COMMUNICATION section on stderr; 0 switches capturing off."},
    {kAnyProgram, "stderr_events_enabled", Boolean, "false", Respawn, "3.0a7",
     "Emit PROCESS_LOG events for stderr."},
    {kAnyProgram, "stderr_syslog", Boolean, "false", Respawn, "4.0.0",
     "Send stderr to syslog as well."},
    {kAnyProgram, "environment", EnvironmentList, "", Respawn, "3.0",
     "KEY=\"value\" pairs, separated by commas, for this program.", "A=\"1\",B=\"2\""},
    {kAnyProgram, "envfiles", StringList, "", Respawn, "svd 0.1",
     "Files of NAME=value lines, separated by commas, relative to this file; environment= wins.",
     "%(here)s/example.env"},
    {kAnyProgram, "login_environment", Boolean, "false", Respawn, "svd 0.1",
     "With user: HOME, LOGNAME, SHELL and USER are that user's; environment= wins."},
    {kAnyProgram, "directory", Text, kUnset, Respawn, "3.0",
     "Directory that the process starts in.", "/tmp"},
    {kAnyProgram, "umask", Octal, kUnset, Respawn, "3.0",
     "File mode creation mask of the process; inherited when unset.", "022"},
    {kAnyProgram, "serverurl", Text, "AUTO", Respawn, "3.0",
     "SUPERVISOR_SERVER_URL of the process; AUTO means the first server of this file."},

    // [program:x], [fcgi-program:x], [eventlistener:x], [group:x]: by the kernel's cgroup
    // controllers
    {kLimited, "memory_high", MemorySize, kUnset, Hot, "svd 0.1",
     "Memory beyond which the kernel slows the processes down and takes memory back.", "500MB"},
    {kLimited, "memory_max", MemorySize, kUnset, Hot, "svd 0.1",
     "Most memory; a process that needs more is killed.", "600MB"},
    {kLimited, "memory_swap_max", MemorySize, kUnset, Hot, "svd 0.1", "Most swap space.", "0"},
    {kLimited, "oom_group", Boolean, kUnset, Hot, "svd 0.1",
     "When the kernel kills for want of memory, it kills all processes together.", "true"},
    {kLimited, "cpu_weight", Weight, kUnset, Hot, "svd 0.1",
     "Share of processor time beside others that want it; the kernel's default is 100.", "200"},
    {kLimited, "cpu_max", CpuQuota, kUnset, Hot, "svd 0.1",
     "Most processor time: 150% is one processor and a half; or a quota and a period.", "150%"},
    {kLimited, "allowed_cpus", CpuList, kUnset, Hot, "svd 0.1", "Processors to run on.", "0-3,6"},
    {kLimited, "io_weight", Weight, kUnset, Hot, "svd 0.1",
     "Share of the disks' time beside others that want it; the kernel's default is 100.", "50"},
    {kLimited, "pids_max", ProcessCount, kUnset, Hot, "svd 0.1",
     "Most processes and threads at the same time.", "64"},

    // [program:x], [fcgi-program:x], [eventlistener:x]: of a process with all its descendants
    {kAnyProgram, "memory_restart", MemorySize, kUnset, Hot, "svd 0.1",
     "Memory beyond which the process is restarted, as svctl restart does.", "550MB"},

    // [program:x], [fcgi-program:x], [eventlistener:x]: of each process
    {kAnyProgram, "oom_score_adj", OomScoreAdj, kUnset, Hot, "svd 0.1",
     "How readily the kernel kills the process when memory runs out: 1000 first, -1000 never.",
     "500"},
    {kAnyProgram, "nice", Nice, kUnset, Hot, "svd 0.1",
     "Scheduling priority: 19 gives way to all others, -20 to none.", "5"},
    {kAnyProgram, "ionice", IoPriority, kUnset, Hot, "svd 0.1",
     "Priority on the disks, where the I/O scheduler knows any.", "best-effort:6"},
    {kAnyProgram, "limit_nofile", RlimitNumber, kUnset, Hot, "svd 0.1", "Open file descriptors.",
     "1024:65536"},
    {kAnyProgram, "limit_nproc", RlimitNumber, kUnset, Hot, "svd 0.1",
     "Processes and threads of the user that the process runs as.", "4096"},
    {kAnyProgram, "limit_core", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Size of a core file; 0 means none.", "0"},
    {kAnyProgram, "limit_memlock", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Memory that may be locked.", "64MB"},
    {kAnyProgram, "limit_stack", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Size of the main thread's stack.", "8MB"},
    {kAnyProgram, "limit_as", RlimitBytes, kUnset, Hot, "svd 0.1", "Address space.", "infinity"},
    {kAnyProgram, "limit_data", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Data segment: heap and other private memory.", "infinity"},
    {kAnyProgram, "limit_rss", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Resident memory; Linux ignores it, memory_high is what works.", "infinity"},
    {kAnyProgram, "limit_fsize", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Size of a file that the process writes.", "infinity"},
    {kAnyProgram, "limit_cpu", RlimitNumber, kUnset, Hot, "svd 0.1",
     "Seconds of processor time before SIGXCPU, then SIGKILL.", "infinity"},
    {kAnyProgram, "limit_rtprio", RlimitNumber, kUnset, Hot, "svd 0.1",
     "Highest real-time priority that the process may take.", "0"},
    {kAnyProgram, "limit_rttime", RlimitNumber, kUnset, Hot, "svd 0.1",
     "Microseconds that a real-time process may run without a pause.", "infinity"},
    {kAnyProgram, "limit_nice", RlimitNumber, kUnset, Hot, "svd 0.1",
     "How far the process may raise its priority: 20 minus the nice value.", "0"},
    {kAnyProgram, "limit_sigpending", RlimitNumber, kUnset, Hot, "svd 0.1",
     "Signals that may wait for the user that the process runs as.", "4096"},
    {kAnyProgram, "limit_msgqueue", RlimitBytes, kUnset, Hot, "svd 0.1",
     "Bytes in POSIX message queues of the user that the process runs as.", "800KB"},

    // [fcgi-program:x]
    {kFcgi, "socket", FcgiAddress, kUnset, Respawn, "3.0",
     "Socket that the FastCGI processes share: tcp://host:port or unix:///path.",
     "unix:///run/%(program_name)s.sock"},
    {kFcgi, "socket_backlog", Integer, kUnset, Respawn, "3.4.0", "Listen queue of the socket.",
     "128"},
    {kFcgi, "socket_owner", UserGroup, kUnset, Respawn, "3.0",
     "Owner of a unix socket: user or user:group.", "root:root"},
    {kFcgi, "socket_mode", Octal, "0700", Respawn, "3.0", "Mode of a unix socket."},

    // [socket:x]
    {kSocket, "listen", SocketAddresses, kUnset, Respawn, "svd 0.1",
     "Addresses, separated by commas: /path, @name, port, host:port or [IPv6]:port.",
     "/run/web.sock, 127.0.0.1:8080"},
    {kSocket, "type", SocketType, "stream", Respawn, "svd 0.1",
     "stream, datagram, or seqpacket (unix only)."},
    {kSocket, "fd_name", Text, kUnset, Respawn, "svd 0.1",
     "Name in LISTEN_FDNAMES; that of the section when unset.", "http"},
    {kSocket, "mode", Octal, "0666", Respawn, "svd 0.1", "Mode of a socket with a path."},
    {kSocket, "owner", UserGroup, kUnset, Respawn, "svd 0.1",
     "Owner of a socket with a path: user or user:group.", "root:root"},
    {kSocket, "backlog", Integer, kUnset, Respawn, "svd 0.1",
     "Connections that wait to be accepted; as many as the kernel allows when unset.", "128"},
    {kSocket, "reuse_port", Boolean, "false", Respawn, "svd 0.1",
     "Others may listen on the same port (SO_REUSEPORT)."},
    {kSocket, "free_bind", Boolean, "false", Respawn, "svd 0.1",
     "The address need not be there yet (IP_FREEBIND)."},
    {kSocket, "keep_alive", Boolean, "false", Respawn, "svd 0.1",
     "Look after connections that are idle (SO_KEEPALIVE)."},
    {kSocket, "no_delay", Boolean, "false", Respawn, "svd 0.1",
     "Send small pieces at once (TCP_NODELAY)."},

    // [eventlistener:x]
    {kListener, "events", EventList, kUnset, Respawn, "3.0",
     "Event types that the pool receives, separated by commas.", "PROCESS_STATE,TICK_60"},
    {kListener, "buffer_size", Integer, "256", Respawn, "3.0",
     "Events that wait for the pool before the oldest is dropped."},
    {kListener, "result_handler", Text, "supervisor.dispatchers:default_handler", Respawn, "3.0",
     "How results of the listener are judged; svd has Supervisor's default handler."},
    {kListener, "events_length", EventsLength, "characters", Respawn, "svd 0.1",
     "What len of an event counts: characters, as Supervisor and its Python listeners do, or "
     "bytes, "
     "for listeners that read bytes."},

    // [rpcinterface:x], [ctlplugin:x]
    {bit(SectionKind::RpcInterface), "supervisor.rpcinterface_factory", Text, kUnset, Restart,
     "3.0", "Interface to serve; svd has supervisor.rpcinterface:make_main_rpcinterface.",
     "supervisor.rpcinterface:make_main_rpcinterface", true},
    {bit(SectionKind::CtlPlugin), "supervisor.ctl_factory", Text, kUnset, Hot, "3.0",
     "Python plug-in of supervisorctl: accepted with a warning, svctl cannot load it."},
});

constexpr auto kSections = std::to_array<SectionKindRow>({
    {SectionKind::UnixHttpServer, "unix_http_server", false, false,
     "A server on a unix socket; this is where svctl asks.", "unix_http_server", true},
    {SectionKind::InetHttpServer, "inet_http_server", false, false,
     "A server on a TCP port. Nothing is encrypted, and who may connect may run programs: keep it "
     "on the loopback address or give it a password, and out of networks you do not trust.",
     "inet_http_server"},
    {SectionKind::Supervisord, "supervisord", false, false, "The daemon itself.", "supervisord",
     true},
    {SectionKind::RpcInterface, "rpcinterface:", true, true,
     "An XML-RPC namespace; without this one clients cannot talk to svd.",
     "rpcinterface:supervisor", true},
    {SectionKind::Supervisorctl, "supervisorctl", false, false, "The client svctl.",
     "supervisorctl", true},
    {SectionKind::Program, "program:", true, false, "A program and its processes.",
     "program:example"},
    {SectionKind::ProgramDefault, "program-default", false, false,
     "Options of every [program:x] and [fcgi-program:x] that does not set them itself. The section "
     "is svd's own.",
     "program-default"},
    {SectionKind::FcgiProgram, "fcgi-program:", true, false,
     "FastCGI processes that share one socket as their standard input.", "fcgi-program:fcgi"},
    {SectionKind::EventListener, "eventlistener:", true, false,
     "A pool of processes that receive events.", "eventlistener:listener"},
    {SectionKind::Socket, "socket:", true, false,
     "Sockets that svd opens and keeps open for programs with sockets=. The section is svd's own.",
     "socket:web"},
    {SectionKind::Group, "group:", true, false, "Programs managed as one.", "group:both"},
    {SectionKind::Include, "include", false, false,
     "Further configuration files, relative to this one.", "include"},
    {SectionKind::CtlPlugin, "ctlplugin:", true, true, "A Python plug-in of supervisorctl."},
});

using Rows = std::unordered_map<std::string_view, const OptionRow*>;

const std::map<SectionKind, Rows>& rows_by_kind() {
    static const auto index = [] {
        std::map<SectionKind, Rows> rows;
        for (const auto& section : kSections)
            for (const auto& row : kOptions)
                if ((row.sections & bit(section.kind)) != 0)
                    rows[section.kind].emplace(row.name, &row);
        return rows;
    }();
    return index;
}

}  // namespace

std::span<const OptionRow> option_table() {
    return kOptions;
}

std::span<const SectionKindRow> section_table() {
    return kSections;
}

const OptionRow* find_option(SectionKind kind, std::string_view name) {
    const auto rows = rows_by_kind().find(kind);
    if (rows == rows_by_kind().end()) return nullptr;
    const auto row = rows->second.find(name);
    return row == rows->second.end() ? nullptr : row->second;
}

std::vector<std::string_view> option_names(SectionKind kind) {
    std::vector<std::string_view> names;
    for (const auto& row : kOptions)
        if ((row.sections & bit(kind)) != 0) names.push_back(row.name);
    return names;
}

const SectionKindRow* find_section_kind(std::string_view section) {
    for (const auto& row : kSections) {
        const bool server =
            row.kind == SectionKind::UnixHttpServer || row.kind == SectionKind::InetHttpServer;
        if (row.named || server ? section.starts_with(row.prefix) : section == row.prefix)
            return &row;
    }
    return nullptr;
}

}  // namespace svd::config
