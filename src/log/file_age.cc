#include "log/file_age.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

namespace svd::log {

Duration age_of_file(int fd, WallTime now) {
    struct statx st{};
    if (::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &st) != 0) return {};
    const auto& stamp = (st.stx_mask & STATX_BTIME) != 0 ? st.stx_btime : st.stx_mtime;
    const auto since_epoch =
        std::chrono::seconds(stamp.tv_sec) +
        std::chrono::microseconds(std::chrono::nanoseconds(stamp.tv_nsec).count() / 1000);
    return std::max<Duration>(now - WallTime(since_epoch), Duration{});
}

}  // namespace svd::log
