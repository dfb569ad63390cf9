// One RotatingFile per file, shared by all who log to it, so that two processes with one log file
// interleave whole chunks and rotation moves the file under both of them at once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "log/rotating_file.h"

namespace svd::log {

class FileRegistry {
  public:
    // The handler is given to every file that is opened from here.
    explicit FileRegistry(NoticeHandler notify = {}) : notify_(std::move(notify)) {}

    // Given to every file that is opened from now on; outlives them.
    void set_flight(Flight* flight) { flight_ = flight; }

    // The shared handle for `path`, opened when nobody has it yet. Never null: look at is_open()
    // and last_error() where a failure matters. The options of the latest caller count for all.
    [[nodiscard]] std::shared_ptr<RotatingFile> open(const std::string& path, FileOptions options,
                                                     MonoTime now);
    // The handle for `path` if somebody has it open, else null.
    [[nodiscard]] std::shared_ptr<RotatingFile> find(const std::string& path) const;
    // Every open handle once; for SIGUSR2 and for counting drops.
    void for_each(const std::function<void(RotatingFile&)>& visit) const;
    // Empties the log at `path` through the shared handle, or by path when nobody has it open.
    [[nodiscard]] Status clear(const std::string& path, MonoTime now);
    // Rotates it now in the same two ways; `options` count where nobody has it open.
    [[nodiscard]] Status rotate(const std::string& path, FileOptions options, MonoTime now);
    // Opens it again when somebody has it open.
    [[nodiscard]] Status reopen(const std::string& path, MonoTime now);

  private:
    [[nodiscard]] std::shared_ptr<RotatingFile> lookup(const std::string& key) const;
    void remember(const std::string& key, const std::shared_ptr<RotatingFile>& file);

    NoticeHandler notify_;
    Flight* flight_ = nullptr;
    // By path as written (normal form) and by directory identity and name, so a handle is here
    // twice.
    std::map<std::string, std::weak_ptr<RotatingFile>> files_;
    std::size_t prune_at_ = 64;  // entries of closed files are swept when there are this many
};

}  // namespace svd::log
