#include "config/load_limits.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "config/limit_values.h"
#include "config/values.h"

namespace svd::config {

namespace {

// "150%" as a person writes it; in other values a lone percent sign is an error of expansion.
std::optional<std::string> plain_percentage(const Entry* entry) {
    if (entry == nullptr) return std::nullopt;
    std::string_view text = trim(entry->value);
    const auto sign = text.find_first_not_of("0123456789. ");
    if (sign == std::string_view::npos || (text.substr(sign) != "%" && text.substr(sign) != "%%"))
        return std::nullopt;
    return std::string(text.substr(0, sign + 1));
}

std::optional<CpuQuota> load_cpu_max(SectionReader& reader, const Names& names) {
    const auto percentage = plain_percentage(reader.entry("cpu_max"));
    if (!percentage) return reader.optional_value("cpu_max", names, parse_cpu_max);
    auto quota = parse_cpu_max(*percentage);
    if (quota) return *quota;
    reader.error("cpu_max", quota.error().text);
    return std::nullopt;
}

void load_memory_restart(SectionReader& reader, const Names& names, Limits& limits) {
    limits.memory_restart = reader.optional_value("memory_restart", names, parse_memory_limit);
    if (!limits.memory_restart || *limits.memory_restart == kUnlimited) return;
    if (limits.memory_max && *limits.memory_max <= *limits.memory_restart)
        reader.warn(
            "memory_restart",
            fmt::format("memory_restart={} is not below memory_max={}: the kernel kills first",
                        size_text(*limits.memory_restart), size_text(*limits.memory_max)));
}

void load_process_limits(SectionReader& reader, const Names& names, Limits& limits) {
    limits.oom_score_adj = reader.optional_value("oom_score_adj", names, parse_oom_score_adj);
    limits.nice = reader.optional_value("nice", names, parse_nice);
    limits.ionice = reader.optional_value("ionice", names, parse_ionice);
    for (const RlimitRow& row : rlimit_table())
        if (const auto limit = reader.optional_value(
                row.option, names, [&](std::string_view text) { return parse_rlimit(row, text); }))
            limits.rlimits.push_back(*limit);
}

}  // namespace

Limits load_limits(SectionReader& reader, const Names& names) {
    Limits limits;
    limits.memory_high = reader.optional_value("memory_high", names, parse_memory_limit);
    limits.memory_max = reader.optional_value("memory_max", names, parse_memory_limit);
    limits.memory_swap_max = reader.optional_value("memory_swap_max", names, parse_memory_size);
    limits.oom_group = reader.optional_value("oom_group", names, parse_boolean);
    limits.cpu_weight = reader.optional_value("cpu_weight", names, parse_weight);
    limits.cpu_max = load_cpu_max(reader, names);
    limits.allowed_cpus = reader.optional_value("allowed_cpus", names, parse_cpu_list);
    limits.io_weight = reader.optional_value("io_weight", names, parse_weight);
    limits.pids_max = reader.optional_value("pids_max", names, parse_pids_max);
    if (reader.kind() == SectionKind::Group) return limits;
    load_memory_restart(reader, names, limits);
    load_process_limits(reader, names, limits);
    return limits;
}

}  // namespace svd::config
