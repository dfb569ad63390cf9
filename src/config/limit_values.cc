#include "config/limit_values.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"
#include "config/values.h"

namespace svd::config {

namespace {

constexpr auto kControllers = std::to_array<std::string_view>(
    {"cpu", "cpuset", "hugetlb", "io", "memory", "misc", "pids", "rdma"});

bool is_unlimited(std::string_view text) {
    const std::string word = to_lower(text);
    return word == "max" || word == "infinity";
}

// Digits alone; nothing above 2^63, which nobody means as a number.
std::optional<std::uint64_t> whole_number(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    const auto number = parse_python_int(text);
    if (!number) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

Result<int> in_range(std::string_view text, int lowest, int highest) {
    const auto number = parse_python_int(trim(text));
    if (!number || *number < lowest || *number > highest)
        return fail("{} is not a whole number from {} to {}", py_repr(text), lowest, highest);
    return static_cast<int>(*number);
}

Result<std::uint64_t> count_or_unlimited(std::string_view text) {
    if (is_unlimited(text)) return kUnlimited;
    const auto number = whole_number(text);
    if (!number) return fail("{} is not a whole number, max or infinity", py_repr(text));
    return *number;
}

// "12.5" as 1250 hundredths.
std::optional<std::uint64_t> hundredths(std::string_view text) {
    constexpr std::uint64_t kMost = 1'000'000;  // percent: ten thousand processors
    const auto dot = text.find('.');
    const auto whole = whole_number(text.substr(0, dot));
    if (!whole || *whole > kMost) return std::nullopt;
    if (dot == std::string_view::npos) return *whole * 100;
    const std::string_view rest = text.substr(dot + 1);
    const auto part = whole_number(rest);
    if (!part || rest.size() > 2) return std::nullopt;
    return *whole * 100 + *part * (rest.size() == 1 ? 10 : 1);
}

}  // namespace

Result<std::uint64_t> parse_memory_size(std::string_view text) {
    struct Unit {
        char letter;
        unsigned shift;
    };
    constexpr auto kUnits = std::to_array<Unit>({{'k', 10}, {'m', 20}, {'g', 30}, {'t', 40}});
    text = trim(text);
    if (is_unlimited(text)) return kUnlimited;
    const std::string lower = to_lower(text);
    std::string_view digits = lower;
    unsigned shift = 0;
    if (digits.ends_with('b')) digits.remove_suffix(1);
    for (const auto& unit : kUnits)
        if (digits.ends_with(unit.letter)) shift = unit.shift;
    if (shift > 0) digits.remove_suffix(1);
    const auto number = whole_number(trim(digits));
    if (!number || (digits.size() < lower.size() && shift == 0) ||
        *number > (kUnlimited >> 1U) >> shift)
        return fail("{} is not a size such as 600M or 2GB, max or infinity", py_repr(text));
    return *number << shift;
}

Result<std::uint64_t> parse_memory_limit(std::string_view text) {
    SVD_TRY(const std::uint64_t size, parse_memory_size(text));
    if (size == 0) return fail("a limit of 0 leaves no memory to start with");
    return size;
}

Result<int> parse_weight(std::string_view text) {
    return in_range(text, 1, 10000);
}

Result<CpuQuota> parse_cpu_max(std::string_view text) {
    constexpr std::uint64_t kLeast = 1000;  // the kernel's, of both
    constexpr std::uint64_t kLongestPeriod = 1'000'000;
    constexpr std::uint64_t kMostQuota = 1'000'000'000;
    text = trim(text);
    if (is_unlimited(text)) return CpuQuota{};
    if (text.ends_with('%')) {
        const auto percent = hundredths(trim(text.substr(0, text.size() - 1)));
        if (!percent || *percent < 100)
            return fail("{} is not a percentage from 1% of one processor on", py_repr(text));
        return CpuQuota{*percent * 10, CpuQuota{}.period};
    }
    const auto words = split_blanks(text);
    if (words.size() == 2) {
        const auto quota = is_unlimited(words[0]) ? kUnlimited : whole_number(words[0]);
        const auto period = whole_number(words[1]);
        if (quota && period && *quota >= kLeast && *period >= kLeast && *period <= kLongestPeriod &&
            (*quota <= kMostQuota || *quota == kUnlimited))
            return CpuQuota{*quota, *period};
    }
    return fail("{} is not a percentage such as 150%, a quota and a period, or max", py_repr(text));
}

Result<std::uint64_t> parse_pids_max(std::string_view text) {
    SVD_TRY(const std::uint64_t number, count_or_unlimited(trim(text)));
    if (number == 0) return fail("a limit of 0 leaves no process to start with");
    return number;
}

Result<std::string> parse_cpu_list(std::string_view text) {
    constexpr std::size_t kMostCpus = 8192;
    std::vector<bool> cpus(kMostCpus);
    std::size_t end = 0;  // behind the last one
    for (const std::string_view part : split(text, ',')) {
        const std::string_view range = trim(part);
        const auto hyphen = range.find('-');
        const auto first = whole_number(trim(range.substr(0, hyphen)));
        const auto last =
            hyphen == std::string_view::npos ? first : whole_number(trim(range.substr(hyphen + 1)));
        if (!first || !last || *first > *last || *last >= kMostCpus)
            return fail("{} is not a list of processors such as 0-3,6", py_repr(text));
        for (std::size_t cpu = *first; cpu <= *last; ++cpu) cpus[cpu] = true;
        end = std::max<std::size_t>(end, *last + 1);
    }
    std::string list;
    for (std::size_t cpu = 0; cpu < end; ++cpu) {
        if (!cpus[cpu]) continue;
        const std::size_t first = cpu;
        while (cpu + 1 < end && cpus[cpu + 1]) ++cpu;
        if (!list.empty()) list += ',';
        list += first == cpu ? fmt::format("{}", cpu) : fmt::format("{}-{}", first, cpu);
    }
    return list;
}

Result<int> parse_oom_score_adj(std::string_view text) {
    return in_range(text, -1000, 1000);
}

Result<int> parse_nice(std::string_view text) {
    return in_range(text, -20, 19);
}

Result<IoPriority> parse_ionice(std::string_view text) {
    constexpr int kMiddle = 4;
    constexpr int kLowest = 7;
    const std::string word = to_lower(trim(text));
    if (word == "idle") return IoPriority{IoClass::Idle, 0};
    const auto colon = word.find(':');
    const std::string name = word.substr(0, colon);
    if (name == "realtime" || name == "best-effort") {
        const auto io_class = name == "realtime" ? IoClass::Realtime : IoClass::BestEffort;
        if (colon == std::string::npos) return IoPriority{io_class, kMiddle};
        if (const auto level = in_range(word.substr(colon + 1), 0, kLowest))
            return IoPriority{io_class, *level};
    }
    return fail("{} is not realtime:N or best-effort:N with N from 0 to 7, nor idle",
                py_repr(text));
}

Result<ResourceLimit> parse_rlimit(const RlimitRow& row, std::string_view text) {
    const auto parse = row.unit == RlimitUnit::Bytes ? parse_memory_size : count_or_unlimited;
    const auto colon = text.find(':');
    ResourceLimit limit;
    limit.resource = row.resource;
    SVD_TRY(limit.soft, parse(trim(text.substr(0, colon))));
    limit.hard = limit.soft;
    if (colon != std::string_view::npos) {
        SVD_TRY(limit.hard, parse(trim(text.substr(colon + 1))));
    }
    if (limit.soft > limit.hard)
        return fail("the soft limit is above the hard one in {}", py_repr(text));
    return limit;
}

Result<std::vector<std::string>> parse_controllers(std::string_view text) {
    std::vector<std::string> names;
    for (const auto& part : parse_string_list(text)) {
        if (part.empty()) continue;
        if (std::ranges::find(kControllers, part) == kControllers.end())
            return fail("{} is no cgroup controller", py_repr(part));
        names.push_back(part);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

}  // namespace svd::config
