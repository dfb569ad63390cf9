#include "linux/proc_usage.h"

#include "base/strings.h"
#include "linux/cgroup_files.h"

namespace svd::os {

namespace {

// The number in a line "Key:   123 kB" of `text`, whatever the unit.
std::optional<std::uint64_t> field(std::string_view text, std::string_view key) {
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find('\n', at);
        if (end == std::string_view::npos) end = text.size();
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (!line.starts_with(key)) continue;
        const auto words = split_blanks(line.substr(key.size()));
        return words.empty() ? std::nullopt : parse_number(words.front());
    }
    return std::nullopt;
}

std::uint64_t kilobytes(std::string_view text, std::string_view key) {
    constexpr std::uint64_t kMost = UINT64_MAX / 1024;
    const auto value = field(text, key).value_or(0);
    return value > kMost ? UINT64_MAX : value * 1024;
}

}  // namespace

std::optional<ProcMemory> parse_proc_status(std::string_view text) {
    const auto threads = field(text, "Threads:");
    if (!threads) return std::nullopt;
    const bool told_apart = field(text, "RssAnon:").has_value();
    return ProcMemory{kilobytes(text, "VmRSS:"),
                      kilobytes(text, "VmHWM:"),
                      kilobytes(text, "VmSwap:"),
                      *threads,
                      kilobytes(text, told_apart ? "RssAnon:" : "VmRSS:"),
                      kilobytes(text, "RssShmem:")};
}

std::optional<ProcIo> parse_proc_io(std::string_view text) {
    const auto read = field(text, "read_bytes:");
    const auto written = field(text, "write_bytes:");
    if (!read || !written) return std::nullopt;
    return ProcIo{*read, *written};
}

std::optional<ProcTimes> parse_proc_times(std::string_view text) {
    // The name may hold anything; it ends at the last parenthesis.
    const auto close = text.rfind(')');
    if (close == std::string_view::npos) return std::nullopt;
    const auto fields = split_blanks(text.substr(close + 1));
    constexpr std::size_t kUser = 11, kSystem = 12;
    if (fields.size() <= kSystem) return std::nullopt;
    const auto user = parse_number(fields[kUser]);
    const auto system = parse_number(fields[kSystem]);
    if (!user || !system) return std::nullopt;
    return ProcTimes{*user, *system};
}

}  // namespace svd::os
