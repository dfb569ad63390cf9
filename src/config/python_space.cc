#include "config/python_space.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace svd::config {

namespace {

constexpr auto kWideSpaces = std::to_array<std::string_view>({
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
});

bool is_ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
}

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// What a lead byte promises: how many continuation bytes, and the range of the first of them.
struct Lead {
    int more = -1;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

Lead classify(unsigned char byte) {
    if (byte < 0x80) return {0};
    if (byte >= 0xC2 && byte <= 0xDF) return {1};
    if (byte == 0xE0) return {2, 0xA0, 0xBF};
    if (byte == 0xED) return {2, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF) return {2};
    if (byte == 0xF0) return {3, 0x90, 0xBF};
    if (byte == 0xF4) return {3, 0x80, 0x8F};
    if (byte >= 0xF1 && byte <= 0xF3) return {3};
    return {};
}

std::string decode_error(std::string_view bytes, std::size_t from, std::size_t count,
                         std::string_view reason) {
    if (count == 1)
        return fmt::format("'utf-8' codec can't decode byte 0x{:02x} in position {}: {}",
                           static_cast<unsigned char>(bytes[from]), from, reason);
    return fmt::format("'utf-8' codec can't decode bytes in position {}-{}: {}", from,
                       from + count - 1, reason);
}

}  // namespace

std::size_t leading_space(std::string_view text) {
    if (text.empty()) return 0;
    if (is_ascii(text.front())) return is_ascii_space(text.front()) ? 1 : 0;
    for (const auto space : kWideSpaces)
        if (text.starts_with(space)) return space.size();
    return 0;
}

std::size_t trailing_space(std::string_view text) {
    if (text.empty()) return 0;
    if (is_ascii(text.back())) return is_ascii_space(text.back()) ? 1 : 0;
    for (const auto space : kWideSpaces)
        if (text.ends_with(space)) return space.size();
    return 0;
}

std::string_view py_rstrip(std::string_view text) {
    while (const std::size_t n = trailing_space(text)) text.remove_suffix(n);
    return text;
}

std::string_view py_strip(std::string_view text) {
    while (const std::size_t n = leading_space(text)) text.remove_prefix(n);
    return py_rstrip(text);
}

int indent_of(std::string_view text) {
    int count = 0;
    while (const std::size_t n = leading_space(text)) {
        text.remove_prefix(n);
        ++count;
    }
    return count;
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

namespace {
// Where the first byte beyond ASCII at or behind `at` is, give or take the word it is in.
std::size_t skip_ascii(std::string_view bytes, std::size_t at) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    for (std::uint64_t word = 0; at + sizeof(word) <= bytes.size(); at += sizeof(word)) {
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        if ((word & kHighBits) != 0) break;
    }
    return at;
}
}  // namespace

std::optional<std::string> utf8_decode_error(std::string_view bytes) {
    std::size_t at = 0;
    while ((at = skip_ascii(bytes, at)) < bytes.size()) {
        const Lead lead = classify(static_cast<unsigned char>(bytes[at]));
        if (lead.more < 0) return decode_error(bytes, at, 1, "invalid start byte");
        std::size_t size = 1;
        for (int i = 0; i < lead.more; ++i, ++size) {
            if (at + size >= bytes.size())
                return decode_error(bytes, at, size, "unexpected end of data");
            const auto next = static_cast<unsigned char>(bytes[at + size]);
            const unsigned char low = i == 0 ? lead.low : 0x80;
            const unsigned char high = i == 0 ? lead.high : 0xBF;
            if (next < low || next > high)
                return decode_error(bytes, at, size, "invalid continuation byte");
        }
        at += size;
    }
    return std::nullopt;
}

}  // namespace svd::config
