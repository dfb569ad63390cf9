// Who the daemon is: users, privileges, resource limits, and becoming a daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "base/error.h"
#include "linux/spawn.h"

namespace svd::os {

// uid, primary group and all groups that list the user. Errors in Supervisor's words: "Can't find
// uid 4711", "Can't find username 'x'". Asks the name service; call it when configuration is read.
[[nodiscard]] Result<Credentials> credentials_of(uid_t uid);
[[nodiscard]] Result<Credentials> credentials_of(std::string_view name_or_uid);

// Switches this process for good. Already that uid: nothing to do, groups untouched. Errors:
// "Can't drop privilege as nonroot user", "Could not set groups of effective user", ...
[[nodiscard]] Status drop_privileges(const Credentials& to);

// --- resource limits ----------------------------------------------------------------------------
struct LimitsOutcome {
    // What children shall get instead of the daemon's own raised descriptor limit.
    std::vector<ResourceLimit> for_children;
    // "Increased RLIMIT_NOFILE limit to 1024", to be logged at INFO.
    std::vector<std::string> notes;
};
// Raises NOFILE and NPROC to the wanted minimum (hard limits too, where allowed); call it before
// drop_privileges. Then raises the daemon's own NOFILE soft limit to the hard one; for_children
// keeps the value without that. Errors are Supervisor's texts with the real limit in them.
[[nodiscard]] Result<LimitsOutcome> raise_limits(rlim_t minfds, rlim_t minprocs);

// Lets the descriptor table grow to `count` at once. A table that grows while another process
// shares it (the keeper, a child on its way) waits for a grace period of the kernel, 15 ms at every
// doubling. Best effort: a smaller limit is the end of it.
void reserve_descriptors(unsigned count) noexcept;

// --- process set-up -----------------------------------------------------------------------------
// Opens /dev/null on each of 0, 1, 2 that is closed. First thing in main.
[[nodiscard]] Status sanitize_standard_fds();
// One fork; the parent leaves with _exit(0). In the child: a new session and /dev/null on 0 to 2.
// Directory and umask are the caller's business. Call before any Loop or thread exists.
[[nodiscard]] Status daemonize();

// Writes "{pid}\n"; an existing file is replaced in place. Remembers what it wrote.
class PidFile {
  public:
    PidFile() = default;
    PidFile(PidFile&& other) noexcept;
    PidFile& operator=(PidFile&& other) noexcept;
    ~PidFile() { remove(); }
    // Error text: "could not write pidfile {path}".
    [[nodiscard]] static Result<PidFile> write(std::string path);
    // Takes up a file that this process wrote as another program; empty when it is gone.
    [[nodiscard]] static PidFile take_up(std::string path);
    // Unlinks the file if it is still the one written here by this process.
    void remove() noexcept;
    // Leaves the file behind (upgrade).
    void release() { path_.clear(); }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
    pid_t pid_ = 0;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace svd::os
