// The accounting files of one cgroup, as text and as values. Pure.
//
// Unknown lines and words are skipped: kernels add to these files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace svd::os {

struct CpuStat {
    std::uint64_t usage_usec = 0;
    std::uint64_t user_usec = 0;
    std::uint64_t system_usec = 0;
    bool operator==(const CpuStat&) const = default;
};
// cpu.stat; empty without a usage_usec line.
[[nodiscard]] std::optional<CpuStat> parse_cpu_stat(std::string_view text);

struct IoStat {
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;
    bool operator==(const IoStat&) const = default;
};
// io.stat, summed over the devices; an empty file is no I/O.
[[nodiscard]] IoStat parse_io_stat(std::string_view text);

// A file that holds one number and a newline: memory.current, memory.peak, pids.current.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);
// The same where "max" may stand for no limit: memory.max, pids.max; empty for both "max" and
// what is no number.
[[nodiscard]] std::optional<std::uint64_t> parse_limit(std::string_view text);
// cpu.max, "QUOTA PERIOD", in thousandths of one CPU; empty without a quota.
[[nodiscard]] std::optional<std::uint64_t> parse_cpu_max(std::string_view text);
// The number behind `key` in a file of "key number" lines: memory.events, cgroup.events.
[[nodiscard]] std::optional<std::uint64_t> parse_keyed(std::string_view text, std::string_view key);
// How many lines a file like cgroup.threads has.
[[nodiscard]] std::uint64_t count_lines(std::string_view text);

}  // namespace svd::os
