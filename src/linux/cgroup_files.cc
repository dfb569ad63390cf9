#include "linux/cgroup_files.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/strings.h"

namespace svd::os {

namespace {

// Calls `visit` with every line, without its newline.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        visit(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    return a > kMost - b ? kMost : a + b;
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    return whole_number(trim(text));
}

std::optional<std::uint64_t> parse_limit(std::string_view text) {
    return parse_number(text);  // "max" is no number
}

std::optional<std::uint64_t> parse_cpu_max(std::string_view text) {
    const auto words = split_blanks(text);
    if (words.size() != 2) return std::nullopt;
    const auto quota = whole_number(words[0]);
    const auto period = whole_number(words[1]);
    constexpr std::uint64_t kPermille = 1000;
    if (!quota || !period || *period == 0) return std::nullopt;
    if (*quota > std::numeric_limits<std::uint64_t>::max() / kPermille) return std::nullopt;
    return *quota * kPermille / *period;
}

std::optional<std::uint64_t> parse_keyed(std::string_view text, std::string_view key) {
    std::optional<std::uint64_t> found;
    each_line(text, [&](std::string_view line) {
        if (found || !line.starts_with(key)) return;
        line.remove_prefix(key.size());
        if (line.starts_with(' ')) found = parse_number(line);
    });
    return found;
}

std::optional<CpuStat> parse_cpu_stat(std::string_view text) {
    const auto usage = parse_keyed(text, "usage_usec");
    if (!usage) return std::nullopt;
    return CpuStat{*usage, parse_keyed(text, "user_usec").value_or(0),
                   parse_keyed(text, "system_usec").value_or(0)};
}

IoStat parse_io_stat(std::string_view text) {
    IoStat sum;
    each_line(text, [&](std::string_view line) {
        for (const auto word : split_blanks(line)) {
            const auto value = [&](std::string_view key) {
                return word.starts_with(key) ? whole_number(word.substr(key.size())).value_or(0)
                                             : std::uint64_t{0};
            };
            sum.read_bytes = saturating_sum(sum.read_bytes, value("rbytes="));
            sum.written_bytes = saturating_sum(sum.written_bytes, value("wbytes="));
        }
    });
    return sum;
}

std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace svd::os
