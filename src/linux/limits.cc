// Resource limits of the daemon and of its children; see users.h.
#include <algorithm>
#include <array>

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/users.h"

namespace svd::os {
namespace {

struct LimitRow {
    int resource;
    std::string_view name;    // in the log
    std::string_view option;  // in the configuration
    std::string_view what;    // ends "The minimum number of ..."
    std::string_view things;
};
constexpr std::array kRows{
    LimitRow{RLIMIT_NOFILE, "RLIMIT_NOFILE", "minfds",
             "file descriptors required to run this process", "file descriptors"},
    LimitRow{RLIMIT_NPROC, "RLIMIT_NPROC", "minprocs",
             "available processes required to run this program", "processes"},
};

// RLIM_INFINITY is the largest number there is, so plain comparison is right.
Status raise_to(const LimitRow& row, rlim_t wanted, LimitsOutcome& outcome) {
    rlimit now{};
    if (getrlimit(static_cast<__rlimit_resource>(row.resource), &now) != 0)
        return fail_errno(errno, "read {}", row.name);
    if (now.rlim_cur >= wanted) return {};
    const rlimit raised{wanted, std::max(now.rlim_max, wanted)};
    if (setrlimit(static_cast<__rlimit_resource>(row.resource), &raised) != 0)
        return std::unexpected(Error{
            errno,
            fmt::format("The minimum number of {} is {} as per the \"{}\" command-line argument or "
                        "config file setting. The hard limit here is {} {}. Raise that limit for "
                        "this process, or set {} to a smaller value.",
                        row.what, wanted, row.option, now.rlim_max, row.things, row.option)});
    outcome.notes.push_back(fmt::format("Increased {} limit to {}", row.name, wanted));
    return {};
}

}  // namespace

Result<LimitsOutcome> raise_limits(rlim_t minfds, rlim_t minprocs) {
    LimitsOutcome outcome;
    SVD_CHECK(raise_to(kRows[0], minfds, outcome));
    SVD_CHECK(raise_to(kRows[1], minprocs, outcome));
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return fail_errno(errno, "read RLIMIT_NOFILE");
    // The daemon needs a handful for each child; programs that loop over every possible descriptor
    // must not suffer from that.
    if (files.rlim_cur < files.rlim_max) {
        const rlimit own{files.rlim_max, files.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &own) == 0)
            outcome.for_children.push_back({RLIMIT_NOFILE, files});
    }
    return outcome;
}

void reserve_descriptors(unsigned count) noexcept {
    rlimit files{};
    if (count == 0 || getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const auto last = std::min<rlim_t>(count, files.rlim_cur) - 1;
    UniqueFd::adopt(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, static_cast<int>(last)));
}

}  // namespace svd::os
