// What one process uses, by /proc. The parsers are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace svd::os {

struct ProcMemory {
    std::uint64_t resident = 0;  // bytes
    std::uint64_t peak = 0;      // of resident
    std::uint64_t swap = 0;
    std::uint64_t threads = 0;
    // Parts of resident: what has no file behind it, and shared memory. Where the kernel (or what
    // plays one) does not tell them apart, all is the first.
    std::uint64_t anonymous = 0;
    std::uint64_t shared = 0;
    bool operator==(const ProcMemory&) const = default;
};
// /proc/PID/status; empty without a Threads line.
[[nodiscard]] std::optional<ProcMemory> parse_proc_status(std::string_view text);

struct ProcIo {
    std::uint64_t read_bytes = 0;  // that went to the block layer, as io.stat counts
    std::uint64_t written_bytes = 0;
    bool operator==(const ProcIo&) const = default;
};
// /proc/PID/io.
[[nodiscard]] std::optional<ProcIo> parse_proc_io(std::string_view text);

struct ProcTimes {
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    bool operator==(const ProcTimes&) const = default;
};
// /proc/PID/stat; of the process alone, without its ended children.
[[nodiscard]] std::optional<ProcTimes> parse_proc_times(std::string_view text);

}  // namespace svd::os
