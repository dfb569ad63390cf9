// Directories of the cgroup file system. Private to linux/.
#pragma once

#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/types.h>

namespace svd::os::detail {

inline constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
inline constexpr int kMaxDepth = 32;  // of what a child may have built below its leaf

// Names; none when it cannot be read.
[[nodiscard]] std::vector<std::string> child_directories(int directory);
// Adds the processes in the directory `name` of this one and below it.
void add_pids(int parent, const std::string& name, std::vector<pid_t>& pids, int depth = 0);

}  // namespace svd::os::detail
