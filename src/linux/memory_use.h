// How much memory a scope cannot do without, and the kernel's word when it may have become more.
//
// What counts is memory that only the end of a process gives back: not the page cache, but what is
// in swap. With a memory controller the figure comes from the cgroup's files; without, from /proc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "linux/descendants.h"
#include "linux/loop.h"

namespace svd::os {

// What a memory controller says. Bytes.
struct MemoryReading {
    std::uint64_t charged = 0;      // memory.current
    std::uint64_t reclaimable = 0;  // of it: page cache and slabs that the kernel can take back
    std::uint64_t swapped = 0;
    // By a MemoryAlarm: the mark was reached since the last reading. What was above may be taken
    // back already.
    bool reached = false;
    [[nodiscard]] std::uint64_t used() const {
        return charged - (reclaimable < charged ? reclaimable : charged) + swapped;
    }
    bool operator==(const MemoryReading&) const = default;
};
// Pure: the texts of memory.current, memory.stat and memory.swap.current (empty: no such file).
[[nodiscard]] std::optional<MemoryReading> parse_memory(std::string_view current,
                                                        std::string_view stat,
                                                        std::string_view swap);
// Of the cgroup whose directory this is; empty without the controller.
[[nodiscard]] std::optional<MemoryReading> read_memory(int directory);

// The same by /proc: what each process has for itself, and what they may share once, as much as the
// one with most has. Copies that a fork shares are counted for each. A look at the processes.
[[nodiscard]] std::uint64_t read_memory_by_proc(const Scope& scope);

// What tells when a cgroup's memory comes to a mark (memory.high): the kernel takes back what it
// can, and says so in memory.events. Move-only; destroying it leaves the mark where it is.
class MemoryAlarm {
  public:
    // Calls `ring` from the loop after every change of memory.events, until silence().
    [[nodiscard]] static Result<MemoryAlarm> open(Loop& loop, UniqueFd directory,
                                                  std::function<void()> ring);
    // Does not wait until the kernel has taken back what is above, where it can do without.
    [[nodiscard]] Status set_mark(std::optional<std::uint64_t> bytes);
    [[nodiscard]] std::optional<MemoryReading> read();
    void silence() { watch_.pause(); }
    void listen() { watch_.resume(); }
    explicit operator bool() const { return static_cast<bool>(directory_); }

  private:
    UniqueFd directory_;
    UniqueFd events_;
    std::uint64_t times_reached_ = 0;  // when it was last read
    Watch watch_;                      // after the descriptor it watches
};

}  // namespace svd::os
