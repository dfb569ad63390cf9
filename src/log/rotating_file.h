// RotatingFile: an append-only log file with rotation by size and age that never fails its writer.
//
// write() hands one chunk to the kernel with one write(2) and no copy. What cannot be written
// (ENOSPC, EIO, EFBIG, EPIPE, a full pipe, a directory that vanished, EMFILE at open) is dropped
// and counted, said once through the notice handler, and tried again by later writes; at most one
// attempt to open per kRetryInterval, measured by the caller's clock.
//
// Rotation is checked after each write: position >= maxbytes (> 0) moves .N-1 -> .N ... file -> .1
// and starts a new file; with backups = 0 the file is emptied. The file is always open with
// O_APPEND, so emptying it from outside (copytruncate) leaves no hole. Only regular files rotate.
// Age is that of a file's first byte and is looked at before each write: when it is maxage (> 0) or
// more, the file is rotated first. Nobody wakes up for it. For a file that has bytes already, age
// is counted from its birth (see file_age.h), so it goes on over a restart; a file that was emptied
// in place by clear() or from outside counts from the next byte, and after a restart from its birth
// again. For the same reason a file with maxage and without backups is removed instead of emptied.
// A log path that is a trusted link (see safe_open.h) stays one: what it points at is rotated.
// A file that was deleted or replaced by somebody else is written to until the next reopen(),
// clear() or due rotation, which then takes the path's present file instead of shuffling.
//
// Handles come from FileRegistry, so all writers of one path share one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/clock.h"
#include "base/fd.h"
#include "log/flight.h"
#include "log/inherited_fd.h"
#include "log/notice.h"

namespace svd::log {

struct FileOptions {
    std::int64_t maxbytes = 0;  // 0: never rotate
    int backups = 0;            // 0: empty the file instead; at most kMaxBackups are kept
    mode_t mode = 0666;         // of files it creates, less the umask; 0600 for AUTO logs
    Duration maxage{};          // of the first byte; 0: never rotate for age
};

inline constexpr int kMaxBackups = 10000;
// Shortest time between two attempts to open, and between two attempts to rotate after a failure.
inline constexpr Duration kRetryInterval = std::chrono::seconds(1);
// Shortest time between two notices about dropped bytes; trouble in between belongs to the first.
inline constexpr Duration kNoticeInterval = std::chrono::seconds(10);

class RotatingFile {
  public:
    // Tries to open (and create) the file; a failure is kept in last_error() and retried later.
    RotatingFile(std::string path, FileOptions options, MonoTime now, NoticeHandler notify = {});
    RotatingFile(const RotatingFile&) = delete;
    RotatingFile& operator=(const RotatingFile&) = delete;

    // Never blocks, never fails; see above.
    void write(std::string_view chunk, MonoTime now) noexcept;

    // Opens the path again (log rotation by others, SIGUSR2). When that fails the old file stays in
    // use, if there is one. Nothing happens to an inherited descriptor.
    Status reopen(MonoTime now);
    // Empties the log: the path's present file when it is a regular one. Pipes, devices and
    // inherited descriptors stay as they are, and that is a success.
    Status clear(MonoTime now);
    // Rotates now whatever the size is; nothing for what cannot be rotated or is empty.
    Status rotate(MonoTime now);

    void set_options(FileOptions options);
    void set_notice_handler(NoticeHandler notify) { notify_ = std::move(notify); }
    // Where what it is about to write is noted; outlives it.
    void set_flight(Flight* flight) { flight_ = flight; }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const FileOptions& options() const { return options_; }
    [[nodiscard]] bool is_open() const { return static_cast<bool>(fd_); }
    // True for a regular file that the path names: the only kind that rotates and is cleared.
    [[nodiscard]] bool is_regular() const { return regular_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    // Size of the file as far as our writes tell; 0 for what has no size.
    [[nodiscard]] std::int64_t position() const { return position_; }
    [[nodiscard]] std::uint64_t dropped_bytes() const { return dropped_; }
    // Why the file is not open or bytes are dropped; code 0 and empty text when all is well.
    [[nodiscard]] const Error& last_error() const { return error_; }

  private:
    struct Written {
        std::size_t bytes = 0;
        int error = 0;
    };
    [[nodiscard]] Status open_now(MonoTime now);
    [[nodiscard]] Status open_path(MonoTime now);
    [[nodiscard]] Written write_some(std::string_view chunk) const noexcept;
    [[nodiscard]] std::size_t written_in_an_earlier_life(std::size_t size) const noexcept;
    void broken(const Written& result, std::size_t rest, MonoTime now);
    void lost(std::size_t bytes, MonoTime now);
    void working_again(MonoTime now);
    void rotate_if_due(MonoTime now);
    void rotate_for_age(MonoTime now);
    void set_birth(std::optional<MonoTime> birth);
    [[nodiscard]] Status rotate_or_follow(MonoTime now);
    [[nodiscard]] Status shuffle(MonoTime now);
    [[nodiscard]] Status replace_file(MonoTime now);
    [[nodiscard]] Status empty_file();
    [[nodiscard]] Result<bool> path_names_our_file() const;
    void notify(NoticeKind kind, Level level, std::string text) const;

    std::string path_;
    FileOptions options_;
    NoticeHandler notify_;
    UniqueFd fd_;
    WriteStyle style_ = WriteStyle::Plain;
    Flight* flight_ = nullptr;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    bool regular_ = false;
    bool inherited_ = false;
    bool rotation_off_said_ = false;
    std::int64_t position_ = 0;
    std::optional<MonoTime> birth_;         // of the first byte; empty: there is none
    MonoTime rotate_at_ = MonoTime::max();  // what birth_ and maxage make of it

    Error error_;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_said_ = 0;  // dropped_ at the last Recovered notice
    bool in_trouble_ = false;         // a Dropping notice is out and not yet answered
    bool rotation_failing_ = false;   // a RotationFailed notice is out
    MonoTime next_notice_{};
    MonoTime next_open_{};
    MonoTime next_rotation_{};
};

// clear() for a log that nobody has open (a stopped process): empties the regular file at `path`,
// leaves anything else alone. A missing file gives an Error with ENOENT.
[[nodiscard]] Status clear_log_file(const std::string& path);
// rotate() for such a log. A missing file gives an Error with ENOENT.
[[nodiscard]] Status rotate_log_file(const std::string& path, FileOptions options, MonoTime now);

}  // namespace svd::log
