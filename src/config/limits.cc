#include "config/limits.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace svd::config {

std::string size_text(std::uint64_t size) {
    struct Unit {
        std::string_view suffix;
        std::uint64_t bytes;
    };
    constexpr auto kUnits =
        std::to_array<Unit>({{"GB", 1ULL << 30U}, {"MB", 1ULL << 20U}, {"KB", 1ULL << 10U}});
    if (size == kUnlimited) return "max";
    for (const auto& unit : kUnits)
        if (size != 0 && size % unit.bytes == 0)
            return fmt::format("{}{}", size / unit.bytes, unit.suffix);
    return fmt::format("{}", size);
}

namespace {

using enum RlimitUnit;

constexpr auto kRlimits = std::to_array<RlimitRow>({
    {"limit_nofile", Resource::Nofile, Number},
    {"limit_nproc", Resource::Nproc, Number},
    {"limit_core", Resource::Core, Bytes},
    {"limit_memlock", Resource::Memlock, Bytes},
    {"limit_stack", Resource::Stack, Bytes},
    {"limit_as", Resource::As, Bytes},
    {"limit_data", Resource::Data, Bytes},
    {"limit_rss", Resource::Rss, Bytes},
    {"limit_fsize", Resource::Fsize, Bytes},
    {"limit_cpu", Resource::Cpu, Number},
    {"limit_rtprio", Resource::Rtprio, Number},
    {"limit_rttime", Resource::Rttime, Number},
    {"limit_nice", Resource::Nice, Number},
    {"limit_sigpending", Resource::Sigpending, Number},
    {"limit_msgqueue", Resource::Msgqueue, Bytes},
});

std::string number_text(std::uint64_t number) {
    return number == kUnlimited ? "max" : fmt::format("{}", number);
}

std::string text_of(const CpuQuota& cpu) {
    constexpr std::uint64_t kMicrosecondsOfOnePercent = 1000;  // of the default period
    if (cpu.quota == kUnlimited) return "max";
    if (cpu.period == CpuQuota{}.period && cpu.quota % kMicrosecondsOfOnePercent == 0)
        return fmt::format("{}%", cpu.quota / kMicrosecondsOfOnePercent);
    return fmt::format("{} {}", cpu.quota, cpu.period);
}

std::string text_of(const IoPriority& priority) {
    switch (priority.io_class) {
        case IoClass::Realtime:
            return fmt::format("realtime:{}", priority.level);
        case IoClass::BestEffort:
            return fmt::format("best-effort:{}", priority.level);
        case IoClass::Idle:
            break;
    }
    return "idle";
}

std::string text_of(const ResourceLimit& limit, RlimitUnit unit) {
    const auto text = unit == Bytes ? size_text : number_text;
    if (limit.soft == limit.hard) return text(limit.soft);
    return fmt::format("{}:{}", text(limit.soft), text(limit.hard));
}

const std::string* find(const LimitTexts& texts, std::string_view option) {
    const auto found = std::ranges::find(texts, option, &LimitTexts::value_type::first);
    return found == texts.end() ? nullptr : &found->second;
}

}  // namespace

std::span<const RlimitRow> rlimit_table() {
    return kRlimits;
}

LimitTexts limit_texts(const Limits& limits) {
    LimitTexts texts;
    const auto add = [&](std::string_view option, const auto& value, auto text) {
        if (value) texts.emplace_back(option, text(*value));
    };
    const auto plain = [](auto value) { return fmt::format("{}", value); };
    const auto own = [](const auto& value) { return text_of(value); };
    add("memory_high", limits.memory_high, size_text);
    add("memory_max", limits.memory_max, size_text);
    add("memory_swap_max", limits.memory_swap_max, size_text);
    add("oom_group", limits.oom_group, plain);
    add("cpu_weight", limits.cpu_weight, plain);
    add("cpu_max", limits.cpu_max, own);
    add("allowed_cpus", limits.allowed_cpus, [](const std::string& cpus) { return cpus; });
    add("io_weight", limits.io_weight, plain);
    add("pids_max", limits.pids_max, number_text);
    add("memory_restart", limits.memory_restart, size_text);
    add("oom_score_adj", limits.oom_score_adj, plain);
    add("nice", limits.nice, plain);
    add("ionice", limits.ionice, own);
    for (const RlimitRow& row : kRlimits)
        for (const ResourceLimit& limit : limits.rlimits)
            if (limit.resource == row.resource)
                texts.emplace_back(row.option, text_of(limit, row.unit));
    return texts;
}

std::string describe_changes(const Limits& before, const Limits& after) {
    const LimitTexts old_texts = limit_texts(before);
    const LimitTexts new_texts = limit_texts(after);
    std::string changes;
    const auto add = [&](std::string_view option, const std::string* from, const std::string* to) {
        const std::string unset = "unset";
        if (!changes.empty()) changes += ", ";
        changes += fmt::format("{} {} -> {}", option, from ? *from : unset, to ? *to : unset);
    };
    for (const auto& [option, text] : old_texts) {
        const std::string* now = find(new_texts, option);
        if (now == nullptr || *now != text) add(option, &text, now);
    }
    for (const auto& [option, text] : new_texts)
        if (find(old_texts, option) == nullptr) add(option, nullptr, &text);
    return changes;
}

}  // namespace svd::config
