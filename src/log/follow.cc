#include "log/follow.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/safe_open.h"

namespace svd::log {
namespace {

constexpr std::size_t kRemembered = 64;

}  // namespace

Result<Follower> Follower::open_at_start(std::string path) {
    Follower follower;
    SVD_TRY(follower.fd_, open_safely(path, O_RDONLY));
    struct stat st{};
    if (::fstat(follower.fd_.get(), &st) != 0) return fail_errno(errno, "look at {}", path);
    if (!S_ISREG(st.st_mode)) return fail_errno(EINVAL, "follow {} (not a regular file)", path);
    follower.path_ = std::move(path);
    follower.device_ = st.st_dev;
    follower.inode_ = st.st_ino;
    follower.size_ = st.st_size;
    follower.modified_ = WallTime(std::chrono::seconds(st.st_mtim.tv_sec));
    return follower;
}

Result<Follower> Follower::open(std::string path, std::int64_t last_bytes) {
    SVD_TRY(auto follower, open_at_start(std::move(path)));
    follower.offset_ = std::max<std::int64_t>(follower.size_ - last_bytes, 0);
    return follower;
}

bool Follower::replaced() const {
    struct stat st{};
    if (::stat(path_.c_str(), &st) != 0) return false;
    return st.st_dev != device_ || st.st_ino != inode_;
}

// A file that was emptied and has outgrown its former size since the last look gives itself away
// by what is now where we have read.
bool Follower::rewritten() const {
    std::array<char, kRemembered> now{};
    const std::size_t count = last_read_.size();
    const ssize_t got =
        ::pread(fd_.get(), now.data(), count, offset_ - static_cast<std::int64_t>(count));
    return got >= 0 && std::string_view(now.data(), static_cast<std::size_t>(got)) != last_read_;
}

Follower::Step Follower::read(std::span<char> buffer) {
    // Asked before the old file's size: what was written to it before the change is not missed.
    const bool was_replaced = replaced();
    struct stat st{};
    if (::fstat(fd_.get(), &st) != 0) return {};
    size_ = st.st_size;
    if (size_ < offset_ || (size_ > offset_ && rewritten())) {
        offset_ = 0;
        last_read_.clear();
        return {Step::Kind::Truncated, 0, true};
    }
    if (size_ == offset_) {
        if (!was_replaced) return {};
        auto next = open_at_start(path_);
        if (!next) return {};  // perhaps on its way; the old file stays until it can be opened
        *this = *std::move(next);
        if (size_ == 0) return {};
    }
    const auto wanted = std::min<std::int64_t>(std::ssize(buffer), size_ - offset_);
    const ssize_t count =
        ::pread(fd_.get(), buffer.data(), static_cast<std::size_t>(wanted), offset_);
    if (count <= 0) return {};
    offset_ += count;
    const auto bytes = buffer.first(static_cast<std::size_t>(count));
    const auto last = bytes.last(std::min(bytes.size(), kRemembered));
    last_read_.append(last.begin(), last.end());
    if (last_read_.size() > kRemembered) last_read_.erase(0, last_read_.size() - kRemembered);
    return {Step::Kind::Bytes, static_cast<std::size_t>(count), offset_ < size_ || was_replaced};
}

}  // namespace svd::log
