// Parsers of the limit options; texts of errors say what is allowed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/limits.h"

namespace svd::config {

// Bytes: a whole number with K, M, G or T, a B behind it or not; max or infinity. Never negative.
[[nodiscard]] Result<std::uint64_t> parse_memory_size(std::string_view text);
// The same without 0, which would end every process at its start.
[[nodiscard]] Result<std::uint64_t> parse_memory_limit(std::string_view text);
[[nodiscard]] Result<int> parse_weight(std::string_view text);  // 1 to 10000
// "150%" of one processor, "QUOTA PERIOD" in microseconds, or max.
[[nodiscard]] Result<CpuQuota> parse_cpu_max(std::string_view text);
[[nodiscard]] Result<std::uint64_t> parse_pids_max(std::string_view text);
// "0-3,6" in normal form: ascending, joined, without blanks.
[[nodiscard]] Result<std::string> parse_cpu_list(std::string_view text);
[[nodiscard]] Result<int> parse_oom_score_adj(std::string_view text);  // -1000 to 1000
[[nodiscard]] Result<int> parse_nice(std::string_view text);           // -20 to 19
// "realtime:N", "best-effort:N" (N 0 to 7, 4 when left out), or "idle".
[[nodiscard]] Result<IoPriority> parse_ionice(std::string_view text);
// "N", "infinity" or "soft:hard"; ResourceLimit::resource is the row's.
[[nodiscard]] Result<ResourceLimit> parse_rlimit(const RlimitRow& row, std::string_view text);
// Names of cgroup controllers, sorted, each once.
[[nodiscard]] Result<std::vector<std::string>> parse_controllers(std::string_view text);

}  // namespace svd::config
