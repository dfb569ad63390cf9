#include "config/option_table.h"

namespace svd::config {

std::string_view allowed_values(ValueType type) {
    switch (type) {
        using enum ValueType;
        case Integer:
            return "a whole number";
        case ByteSize:
            return "a whole number, optionally with KB, MB or GB";
        case Age:
            return "seconds, a number with s, m, h or d, or hourly, daily or weekly";
        case Boolean:
            return "yes, true, on, 1, no, false, off or 0";
        case Octal:
            return "an octal number such as 022";
        case Signal:
            return "a signal name such as TERM, or its number";
        case ExitCodes:
            return "numbers from 0 to 255, separated by commas";
        case AutoRestart:
            return "true, false or unexpected";
        case LogLevel:
            return "critical, error, warn, info, debug, trace or blather";
        case User:
            return "a user name or user id of this machine";
        case UserGroup:
            return "user or user:group of this machine";
        case Directory:
            return "a directory that exists";
        case Path:
            return "a path in a directory that exists";
        case LogFile:
            return "NONE, AUTO, or a path in a directory that exists";
        case InetAddress:
            return "port, host:port, *:port or [IPv6]:port";
        case FcgiAddress:
            return "tcp://host:port or unix:///absolute/path";
        case EnvironmentList:
            return "KEY=\"value\" pairs separated by commas";
        case EventList:
            return "event types separated by commas";
        case RestartLimit:
            return "COUNT/DURATION such as 5/60s";
        case Descendants:
            return "kill or keep";
        case DbusChoice:
            return "auto, system, user or off";
        case EventsLength:
            return "characters or bytes";
        case MemorySize:
            return "a whole number, optionally with KB, MB, GB or TB, or max";
        case Weight:
            return "a whole number from 1 to 10000";
        case CpuQuota:
            return "a percentage such as 150%, QUOTA PERIOD in microseconds, or max";
        case ProcessCount:
            return "a whole number from 1 on, or max";
        case CpuList:
            return "processor numbers and ranges separated by commas, such as 0-3,6";
        case OomScoreAdj:
            return "a whole number from -1000 to 1000";
        case Nice:
            return "a whole number from -20 to 19";
        case IoPriority:
            return "realtime:N, best-effort:N (N from 0 to 7) or idle";
        case RlimitNumber:
            return "a whole number, infinity, or soft:hard";
        case RlimitBytes:
            return "a whole number, optionally with KB, MB, GB or TB, infinity, or soft:hard";
        case ControllerList:
            return "cpu, cpuset, hugetlb, io, memory, misc, pids, rdma, separated by commas";
        case ReadyBy:
            return "notify, fd:N (N from 3 to 255) or none";
        case SocketType:
            return "stream, datagram or seqpacket";
        case SocketAddresses:
            return "/path, @name, port, host:port or [IPv6]:port, separated by commas";
        case Duration:
            return "seconds, or a number with s, m, h or d";
        case StringList:
        case Text:
            break;
    }
    return {};
}

}  // namespace svd::config
