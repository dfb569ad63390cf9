// What a forked child sees of the daemon's memory: everything it needs, and not the heap.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "linux/spawn.h"

namespace svd::os {

// Keeps the malloc heap out of children that are created while it lives. Copying its page tables
// is what makes fork slow in a daemon that has grown (8 MB of heap doubled the time of a spawn);
// without them it costs the same as vfork, and no secret of the daemon reaches the child. The child
// must then live on static data, its stack and a SpawnArena. Does nothing where it cannot be done.
class HeapStaysHome {
  public:
    HeapStaysHome();
    ~HeapStaysHome();
    HeapStaysHome(const HeapStaysHome&) = delete;
    HeapStaysHome& operator=(const HeapStaysHome&) = delete;

  private:
    void* start_ = nullptr;
    std::size_t size_ = 0;
};

// Keeps libraries that no code between clone and execve calls out of every later fork of this
// process, for good: a child that is to do more than execve must not be forked afterwards. Each
// library costs a fork five mappings to copy, and the daemon has a dozen. Libraries it does not
// know (preloaded ones may stand in for the C library's calls) stay. Call it once, after
// daemonizing.
void keep_libraries_out_of_children();

// Whether the child may run in the daemon's memory until execve. Not as another user, whose process
// would make the daemon undumpable. Not where a cgroup of its own accounts for memory: the kernel
// ends every process that shares the memory of one it has chosen there (all but a vfork's parent).
// That cgroup may also be the one above. Not with an oom_score_adj, which belongs to the memory.
[[nodiscard]] bool may_borrow_memory(const SpawnSpec& spec);

// The lists of a SpawnSpec as the child reads them, in memory outside of the heap.
class SpawnArena {
  public:
    // In a mapping of its own.
    [[nodiscard]] static Result<SpawnArena> copy(const SpawnSpec& spec);
    // In borrowed memory of at least bytes_needed(spec).
    [[nodiscard]] static SpawnArena copy_into(std::span<std::byte> memory, const SpawnSpec& spec);
    [[nodiscard]] static std::size_t bytes_needed(const SpawnSpec& spec);
    SpawnArena(SpawnArena&& other) noexcept;
    SpawnArena& operator=(SpawnArena&&) = delete;
    ~SpawnArena();

    const char* path = nullptr;
    const char* directory = nullptr;  // null when there is none
    char* const* argv = nullptr;
    char* const* envp = nullptr;
    char* const* pid_variables = nullptr;  // where they begin in envp; null when there are none
    const gid_t* groups = nullptr;
    const ResourceLimit* limits = nullptr;
    const PassedFd* passed = nullptr;

  private:
    SpawnArena() = default;
    void* memory_ = nullptr;  // null when it is borrowed
    std::size_t size_ = 0;
};

}  // namespace svd::os
