#include "linux/process_limits.h"

#include <array>
#include <charconv>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strings.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace {

constexpr int kOneThread = 1;  // IOPRIO_WHO_PROCESS, which means a thread

constexpr std::array kNames{
    std::pair{RLIMIT_CPU, "RLIMIT_CPU"},
    std::pair{RLIMIT_FSIZE, "RLIMIT_FSIZE"},
    std::pair{RLIMIT_DATA, "RLIMIT_DATA"},
    std::pair{RLIMIT_STACK, "RLIMIT_STACK"},
    std::pair{RLIMIT_CORE, "RLIMIT_CORE"},
    std::pair{RLIMIT_RSS, "RLIMIT_RSS"},
    std::pair{RLIMIT_NPROC, "RLIMIT_NPROC"},
    std::pair{RLIMIT_NOFILE, "RLIMIT_NOFILE"},
    std::pair{RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK"},
    std::pair{RLIMIT_AS, "RLIMIT_AS"},
    std::pair{RLIMIT_LOCKS, "RLIMIT_LOCKS"},
    std::pair{RLIMIT_SIGPENDING, "RLIMIT_SIGPENDING"},
    std::pair{RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE"},
    std::pair{RLIMIT_NICE, "RLIMIT_NICE"},
    std::pair{RLIMIT_RTPRIO, "RLIMIT_RTPRIO"},
    std::pair{RLIMIT_RTTIME, "RLIMIT_RTTIME"},
};

class Failures {
  public:
    explicit Failures(pid_t pid) : pid_(pid) {}
    // `code` is an errno; 0 is success.
    void note(int code, std::string_view what) {
        if (code == 0 || code == ESRCH || code == ENOENT) return;
        for (const Error& known : errors_)  // the same for each thread
            if (known.code == code && known.text.starts_with(fmt::format("set {} of", what)))
                return;
        errors_.push_back(fail_errno(code, "set {} of pid {}", what, pid_).error());
    }
    std::vector<Error> take() { return std::move(errors_); }

  private:
    pid_t pid_;
    std::vector<Error> errors_;
};

int write_oom_score_adj(pid_t pid, int value) {
    const std::string path = fmt::format("/proc/{}/oom_score_adj", pid);
    const auto file = UniqueFd::adopt(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) return errno;
    const std::string text = fmt::format("{}", value);
    return write(file.get(), text.data(), text.size()) < 0 ? errno : 0;
}

void set_thread_limits(pid_t thread, const ProcessLimits& limits, Failures& failures) {
    if (limits.nice) {
        const int r = setpriority(PRIO_PROCESS, static_cast<id_t>(thread), *limits.nice);
        failures.note(r == 0 ? 0 : errno, "nice");
    }
    if (limits.io_priority) {
        const long r = syscall(SYS_ioprio_set, kOneThread, thread, *limits.io_priority);
        failures.note(r == 0 ? 0 : errno, "the disk priority");
    }
}

}  // namespace

const char* rlimit_name(int resource) noexcept {
    for (const auto& [number, name] : kNames)
        if (static_cast<int>(number) == resource) return name;
    return "a resource limit";
}

ProcessLimits own_process_limits() {
    ProcessLimits own;
    errno = 0;
    const int nice = getpriority(PRIO_PROCESS, 0);
    if (errno == 0) own.nice = nice;
    const long priority = syscall(SYS_ioprio_get, kOneThread, 0);
    if (priority >= 0) own.io_priority = static_cast<int>(priority);
    if (const auto text = read_small_file("/proc/self/oom_score_adj"))
        if (const auto value = parse_python_int(*text))
            own.oom_score_adj = static_cast<int>(*value);
    for (const auto& [resource, name] : kNames) {
        rlimit value{};
        if (getrlimit(resource, &value) == 0)
            own.resources.push_back({static_cast<int>(resource), value});
    }
    return own;
}

std::vector<Error> set_process_limits(pid_t pid, const ProcessLimits& limits) {
    Failures failures(pid);
    if (limits.nice || limits.io_priority)
        for (const pid_t thread : read_threads(pid)) set_thread_limits(thread, limits, failures);
    for (const ResourceLimit& limit : limits.resources) {
        const int r =
            prlimit(pid, static_cast<__rlimit_resource>(limit.resource), &limit.value, nullptr);
        failures.note(r == 0 ? 0 : errno, rlimit_name(limit.resource));
    }
    if (limits.oom_score_adj)
        failures.note(write_oom_score_adj(pid, *limits.oom_score_adj), "oom_score_adj");
    return failures.take();
}

}  // namespace svd::os
