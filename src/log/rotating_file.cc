#include "log/rotating_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/file_age.h"
#include "log/safe_open.h"

namespace svd::log {
namespace {

// With no more than this it costs less to try each than to read the directory.
constexpr int kFewBackups = 16;

// Number of the oldest one that is there; 0 when there is none, the highest when nobody can say.
int highest_backup(int directory, const std::string& name) {
    const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(own < 0 ? nullptr : ::fdopendir(own),
                                                      ::closedir);
    if (!listing) {
        if (own >= 0) ::close(own);
        return INT_MAX;
    }
    int highest = 0;
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view file = entry->d_name;
        if (file.size() <= name.size() + 1 || !file.starts_with(name) || file[name.size()] != '.')
            continue;
        const std::string_view digits = file.substr(name.size() + 1);
        int number = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error == std::errc() && end == digits.data() + digits.size())
            highest = std::max(highest, number);
    }
    return highest;
}

// What a polled descriptor that says "writable" takes without blocking: a pipe has a page free, a
// terminal 256 characters.
constexpr std::size_t kPipeSlice = PIPE_BUF;
constexpr std::size_t kTerminalSlice = 256;

bool writable_now(int fd) {
    pollfd p{fd, POLLOUT, 0};
    return ::poll(&p, 1, 0) > 0;
}

ssize_t write_once(int fd, WriteStyle style, const char* data, std::size_t size) {
    switch (style) {
        case WriteStyle::Plain:
            return ::write(fd, data, size);
        case WriteStyle::Socket:
            return ::send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        case WriteStyle::PolledPipe:
        case WriteStyle::PolledTerminal:
            break;
    }
    if (!writable_now(fd)) {
        errno = EAGAIN;
        return -1;
    }
    const std::size_t slice = style == WriteStyle::PolledPipe ? kPipeSlice : kTerminalSlice;
    return ::write(fd, data, std::min(size, slice));
}

// Errors after which this descriptor is of no use any more; the path may lead to a good one.
bool is_dead(int error) {
    return error == EIO || error == EBADF || error == ESTALE || error == ENXIO || error == ENODEV ||
           error == EPIPE;
}

Status truncate_fd(int fd, const std::string& path) {
    int result = -1;
    do result = ::ftruncate(fd, 0);
    while (result != 0 && errno == EINTR);
    if (result != 0) return fail_errno(errno, "truncate {}", path);
    return {};
}

}  // namespace

RotatingFile::RotatingFile(std::string path, FileOptions options, MonoTime now,
                           NoticeHandler notify)
    : path_(std::move(path)), options_(options), notify_(std::move(notify)) {
    ignore(open_now(now), "kept in error_, and later writes try again");
}

void RotatingFile::set_options(FileOptions options) {
    options_ = options;
    set_birth(birth_);
}

void RotatingFile::set_birth(std::optional<MonoTime> birth) {
    birth_ = birth;
    rotate_at_ = birth && options_.maxage > Duration{} ? *birth + options_.maxage : MonoTime::max();
}

Status RotatingFile::open_now(MonoTime now) {
    auto opened = open_path(now);
    if (!opened) {
        error_ = opened.error();
        next_open_ = now + kRetryInterval;
        return opened;
    }
    error_ = {};
    const bool rotates = options_.maxbytes > 0 || options_.maxage > Duration{};
    if (!regular_ && rotates && !rotation_off_said_) {
        rotation_off_said_ = true;
        notify(NoticeKind::RotationOff, Level::Info,
               fmt::format("{} is not a regular file, it will not be rotated", path_));
    }
    return opened;
}

Status RotatingFile::open_path(MonoTime now) {
    SVD_TRY(const Place place, find_place(path_));
    if (place.inherited) {
        SVD_TRY(Inherited own, take_inherited(*place.inherited));
        fd_ = std::move(own.fd);
        style_ = own.style;
        inherited_ = true;
        regular_ = false;
        position_ = 0;
        set_birth(std::nullopt);
        return {};
    }
    auto file = open_at(place, O_WRONLY | O_APPEND | O_CREAT, options_.mode);
    if (!file) return fail_errno(file.error().code, "open {}", path_);
    struct stat st{};
    if (::fstat(file->get(), &st) != 0) return fail_errno(errno, "look at {}", path_);
    fd_ = *std::move(file);
    style_ = WriteStyle::Plain;
    inherited_ = false;
    device_ = st.st_dev;
    inode_ = st.st_ino;
    regular_ = S_ISREG(st.st_mode);
    position_ = regular_ ? st.st_size : 0;
    set_birth(std::nullopt);
    if (position_ > 0) set_birth(now - age_of_file(fd_.get(), read_clocks().wall));
    return {};
}

void RotatingFile::write(std::string_view chunk, MonoTime now) noexcept try {
    if (chunk.empty()) return;
    if (!fd_ && (now < next_open_ || !open_now(now))) [[unlikely]] {
        lost(chunk.size(), now);
        return;
    }
    if (now >= rotate_at_) [[unlikely]]
        rotate_for_age(now);
    if (flight_ != nullptr) {
        chunk.remove_prefix(written_in_an_earlier_life(chunk.size()));
        if (chunk.empty()) return;
    }
    const Written result = write_some(chunk);
    if (regular_) {
        position_ += static_cast<std::int64_t>(result.bytes);
        if (!birth_ && position_ > 0) [[unlikely]]
            set_birth(now);
    }
    if (result.error != 0) [[unlikely]]
        broken(result, chunk.size() - result.bytes, now);
    else if (dropped_ != dropped_said_) [[unlikely]]
        working_again(now);
    if (regular_ && options_.maxbytes > 0 && position_ >= options_.maxbytes) [[unlikely]]
        rotate_if_due(now);
} catch (...) {
    // Out of memory while telling of trouble: the bytes were counted before.
}

// The position is the file's own: somebody may have emptied it.
std::size_t RotatingFile::written_in_an_earlier_life(std::size_t size) const noexcept {
    const std::int64_t end = regular_ ? ::lseek(fd_.get(), 0, SEEK_END) : 0;
    return flight_->begin_write({device_, inode_, end}, size);
}

RotatingFile::Written RotatingFile::write_some(std::string_view chunk) const noexcept {
    Written result;
    while (result.bytes < chunk.size()) {
        const ssize_t n =
            write_once(fd_.get(), style_, chunk.data() + result.bytes, chunk.size() - result.bytes);
        if (n < 0) {
            if (errno == EINTR) continue;
            result.error = errno;
            break;
        }
        if (n == 0) {
            result.error = EIO;
            break;
        }
        result.bytes += static_cast<std::size_t>(n);
    }
    return result;
}

void RotatingFile::broken(const Written& result, std::size_t rest, MonoTime now) {
    error_ = fail_errno(result.error, "write {}", path_).error();
    // An inherited descriptor cannot be had anew by its name once the daemon lost it.
    if (is_dead(result.error) && !inherited_) {
        fd_.reset();
        regular_ = false;
        set_birth(std::nullopt);
        next_open_ = now + kRetryInterval;
    }
    lost(rest, now);
}

void RotatingFile::lost(std::size_t bytes, MonoTime now) {
    dropped_ += bytes;
    if (in_trouble_ || now < next_notice_) return;
    in_trouble_ = true;
    next_notice_ = now + kNoticeInterval;
    notify(NoticeKind::Dropping, Level::Error,
           fmt::format("output for {} is being dropped: {}", path_, error_.text));
}

void RotatingFile::working_again(MonoTime now) {
    error_ = {};
    if (now < next_notice_) return;
    in_trouble_ = false;
    next_notice_ = now + kNoticeInterval;
    const std::uint64_t bytes = dropped_ - std::exchange(dropped_said_, dropped_);
    notify(NoticeKind::Recovered, Level::Warn,
           fmt::format("output for {} is written again, {} bytes were dropped", path_, bytes));
}

void RotatingFile::rotate_if_due(MonoTime now) {
    if (now < next_rotation_) return;
    struct stat st{};
    if (::fstat(fd_.get(), &st) == 0 && st.st_size < options_.maxbytes) {
        position_ = st.st_size;  // emptied from outside
        return;
    }
    ignore(rotate(now), "said by a notice, and later writes try again");
}

void RotatingFile::rotate_for_age(MonoTime now) {
    if (now < next_rotation_) return;
    struct stat st{};
    if (::fstat(fd_.get(), &st) == 0 && st.st_size == 0) {
        position_ = 0;  // emptied from outside: the next byte is the first
        set_birth(std::nullopt);
        return;
    }
    ignore(rotate(now), "said by a notice, and later writes try again");
}

Status RotatingFile::rotate(MonoTime now) {
    if (!regular_ || !fd_ || position_ == 0) return {};
    auto done = rotate_or_follow(now);
    if (done) {
        rotation_failing_ = false;
        return done;
    }
    next_rotation_ = now + kRetryInterval;
    if (!std::exchange(rotation_failing_, true))
        notify(NoticeKind::RotationFailed, Level::Error,
               fmt::format("{} cannot be rotated: {}", path_, done.error().text));
    return done;
}

Status RotatingFile::rotate_or_follow(MonoTime now) {
    SVD_TRY(const bool ours, path_names_our_file());
    // Somebody moved or removed it: moving on to the path's file is all that is left to do.
    if (!ours) return open_path(now);
    if (options_.backups > 0) return shuffle(now);
    return options_.maxage > Duration{} ? replace_file(now) : empty_file();
}

Status RotatingFile::shuffle(MonoTime now) {
    SVD_TRY(const Place place, find_place(path_));
    const int dir = place.directory.get();
    const auto move = [&](const std::string& from, const std::string& to) -> Status {
        if (::renameat(dir, from.c_str(), dir, to.c_str()) == 0 || errno == ENOENT) return {};
        return fail_errno(errno, "rename {} to {}", from, to);
    };
    const auto backup = [&](int n) { return fmt::format("{}.{}", place.name, n); };
    const int most = std::min(options_.backups, kMaxBackups);
    const int last = most <= kFewBackups ? most : highest_backup(dir, place.name);
    for (int n = std::min(last, most - 1); n >= 1; --n) SVD_CHECK(move(backup(n), backup(n + 1)));
    SVD_CHECK(move(place.name, backup(1)));
    return open_path(now);
}

Status RotatingFile::replace_file(MonoTime now) {
    SVD_TRY(const Place place, find_place(path_));
    if (::unlinkat(place.directory.get(), place.name.c_str(), 0) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove {}", path_);
    return open_path(now);
}

Status RotatingFile::empty_file() {
    SVD_CHECK(truncate_fd(fd_.get(), path_));
    position_ = 0;
    set_birth(std::nullopt);
    return {};
}

Result<bool> RotatingFile::path_names_our_file() const {
    struct stat ours{};
    if (::fstat(fd_.get(), &ours) != 0) return fail_errno(errno, "look at {}", path_);
    const auto place = find_place(path_);
    if (!place) {
        if (place.error().code == ENOENT) return false;
        return std::unexpected(place.error());
    }
    if (place->inherited) return false;
    struct stat present{};
    if (::fstatat(place->directory.get(), place->name.c_str(), &present, AT_SYMLINK_NOFOLLOW) !=
        0) {
        if (errno == ENOENT) return false;
        return fail_errno(errno, "look at {}", path_);
    }
    return ours.st_dev == present.st_dev && ours.st_ino == present.st_ino;
}

Status RotatingFile::reopen(MonoTime now) {
    if (inherited_) return {};
    return open_now(now);
}

Status RotatingFile::clear(MonoTime now) {
    if (inherited_) return {};
    if (!fd_) {
        SVD_CHECK(open_now(now));
    } else if (regular_) {
        SVD_TRY(const bool ours, path_names_our_file());
        if (!ours) SVD_CHECK(open_now(now));
    }
    return regular_ ? empty_file() : Status{};
}

void RotatingFile::notify(NoticeKind kind, Level level, std::string text) const {
    if (notify_) notify_(Notice{kind, level, std::move(text)});
}

Status clear_log_file(const std::string& path) {
    SVD_TRY(const Place place, find_place(path));
    if (place.inherited || place.magic) return {};
    struct stat st{};
    if (::fstatat(place.directory.get(), place.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(errno, "clear {}", path);
    if (!S_ISREG(st.st_mode)) return {};
    auto file = open_at(place, O_WRONLY);
    if (!file) return fail_errno(file.error().code, "clear {}", path);
    if (::fstat(file->get(), &st) != 0 || !S_ISREG(st.st_mode)) return {};
    return truncate_fd(file->get(), path);
}

Status rotate_log_file(const std::string& path, FileOptions options, MonoTime now) {
    SVD_TRY(const Place place, find_place(path));
    if (place.inherited || place.magic) return {};
    struct stat st{};
    if (::fstatat(place.directory.get(), place.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(errno, "rotate {}", path);
    if (!S_ISREG(st.st_mode)) return {};
    RotatingFile file(path, options, now);
    if (!file.is_open()) return std::unexpected(file.last_error());
    return file.rotate(now);
}

}  // namespace svd::log
