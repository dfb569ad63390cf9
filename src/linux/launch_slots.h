// Where children stand between clone and execve.
//
// What makes a spawn slow in a daemon that has grown is not the program: fork copies page tables
// and every open descriptor, and execve throws both away again. A child that is given a slot copies
// neither. It shares the daemon's descriptor table (CLONE_FILES) with its ends laid out on the
// slot's three low descriptors, and its first act is to leave it (close_range with
// CLOSE_RANGE_UNSHARE), which copies only what lies below. If it may (spawn_memory.h), it
// borrows the daemon's memory as well (CLONE_VM), on a stack of the slot. Nobody waits: the slot is
// free again when its child has left, and a child without a free slot is forked the ordinary way.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <sys/types.h>

#include "base/fd.h"

namespace svd::os {

// What a child and the kernel write about a child in a slot; in memory shared with forked children.
struct alignas(8) LaunchWords {
    std::atomic<std::uint32_t> left;  // 1: it has a descriptor table of its own
    std::atomic<std::uint32_t> tid;   // 0: it no longer runs in borrowed memory (CLEARTID)
};

class LaunchSlot {
  public:
    [[nodiscard]] int end(int index) const { return ends_[static_cast<std::size_t>(index)].get(); }
    [[nodiscard]] LaunchWords& words() const { return *words_; }
    [[nodiscard]] std::span<std::byte> stack() const { return stack_; }
    // At least `size` bytes, or empty; good until the slot is free.
    [[nodiscard]] std::span<std::byte> block(std::size_t size);
    // The child is on its way. A pid of -1: there is none.
    void launched(pid_t pid, bool borrows_memory);
    // Sleeps until the child has left the table or is dead, at most for `limit`.
    void wait_until_left(std::chrono::milliseconds limit) const;

  private:
    friend class LaunchSlots;
    enum class State { Free, Launched, Left };  // Left: the ends are off, the memory still borrowed
    void settle(int nothing);
    void take_off(int nothing);

    std::array<UniqueFd, 3> ends_;
    LaunchWords* words_ = nullptr;
    std::span<std::byte> stack_;
    std::span<std::byte> block_;
    State state_ = State::Free;
    pid_t pid_ = -1;
    bool borrows_memory_ = false;
};

class LaunchSlots {
  public:
    static constexpr std::size_t kCount = 16;
    static constexpr std::size_t kStackBytes = 32 * 1024;

    // Those of this process, as there is one table. The descriptors are reserved on the first call:
    // the earlier, the lower, the cheaper every spawn.
    static LaunchSlots& instance();

    // A free slot with the ends laid out (-1: none); null when there is none or this kernel cannot.
    [[nodiscard]] LaunchSlot* take(const int (&ends)[3]);
    // The first descriptor that no child in a slot needs.
    [[nodiscard]] unsigned descriptors_end() const { return descriptors_end_; }
    // Takes the ends of children that have left off their slots. True when nobody is on the way any
    // more; until then a pipe's end stays open here.
    bool settle();

  private:
    LaunchSlots();
    std::array<LaunchSlot, kCount> slots_;
    UniqueFd nothing_;  // what lies on a slot that nobody uses
    unsigned descriptors_end_ = 0;
};

// The child's half. 0, or the errno with which it must end at once, touching no descriptor.
[[nodiscard]] int leave_shared_table(LaunchWords& words, unsigned descriptors_end) noexcept;

}  // namespace svd::os
