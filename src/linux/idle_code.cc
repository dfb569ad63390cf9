#include "linux/idle_code.h"

#include <charconv>
#include <optional>

#include <sys/mman.h>

#include "base/error.h"
#include "base/strings.h"
#include "linux/proc_info.h"

namespace svd::os {
namespace {

// "55d0c8a00000-55d0c8a4f000 r-xp 00012000 08:01 1234   /usr/bin/svd"
struct Head {
    MappedRange range;
    bool is_of_file = false;  // and to be read alone, or executed
};

std::optional<Head> parse_head(std::string_view line) {
    constexpr int kHexadecimal = 16;
    const auto words = split_blanks(line);
    if (words.size() < 5) return std::nullopt;
    const std::string_view addresses = words[0];
    const auto dash = addresses.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    Head head;
    const auto number = [&](std::string_view text, std::uintptr_t& value) {
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), value, kHexadecimal);
        return error == std::errc{} && end == text.data() + text.size();
    };
    if (!number(addresses.substr(0, dash), head.range.begin) ||
        !number(addresses.substr(dash + 1), head.range.end))
        return std::nullopt;
    const bool readable = words[1] == "r--p" || words[1] == "r-xp";
    head.is_of_file = readable && words.size() > 5 && words[5].starts_with('/');
    return head;
}

}  // namespace

std::vector<MappedRange> unchanged_mappings(std::string_view smaps) {
    std::vector<MappedRange> found;
    std::optional<Head> head;
    for (const std::string_view line : split(smaps, '\n')) {
        if (auto next = parse_head(line)) {
            head = next;
        } else if (head && head->is_of_file && line.starts_with("Anonymous:")) {
            const auto words = split_blanks(line);
            if (words.size() > 1 && words[1] == "0") found.push_back(head->range);
            head.reset();
        }
    }
    return found;
}

void release_idle_code() {
    const auto smaps = read_small_file("/proc/self/smaps");
    if (!smaps) return;
    for (const auto& [begin, end] : unchanged_mappings(*smaps)) {
        void* address = reinterpret_cast<void*>(begin);  // NOLINT(performance-no-int-to-ptr)
        // Refused where pages are locked into memory, and then they are to stay.
        static_cast<void>(::madvise(address, end - begin, MADV_DONTNEED));
    }
}

}  // namespace svd::os
