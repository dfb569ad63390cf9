#include "log/valid_text.h"

#include <algorithm>
#include <cstdint>

namespace svd::log {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_continuation(unsigned char byte) {
    return (byte & 0xc0U) == 0x80U;
}

// What a first byte promises: how many bytes follow, and the range the first of these must be in.
struct Lead {
    std::size_t follow = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    bool valid = true;
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {};
    if (byte >= 0xc2 && byte <= 0xdf) return {1};
    if (byte == 0xe0) return {2, 0xa0};
    if (byte == 0xed) return {2, 0x80, 0x9f};  // surrogates are no characters
    if (byte >= 0xe1 && byte <= 0xef) return {2};
    if (byte == 0xf0) return {3, 0x90};
    if (byte >= 0xf1 && byte <= 0xf3) return {3};
    if (byte == 0xf4) return {3, 0x80, 0x8f};
    return {0, 0, 0, false};
}

bool is_forbidden_in_xml(std::string_view character) {
    if (character.size() == 1) {
        const auto byte = static_cast<unsigned char>(character[0]);
        return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
    }
    return character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf";
}

// Bytes at the front that belong to a character whose beginning was cut off.
std::size_t cut_at_front(std::string_view bytes) {
    std::size_t n = 0;
    while (n < 3 && n < bytes.size() && is_continuation(static_cast<unsigned char>(bytes[n]))) ++n;
    return n;
}

}  // namespace

std::string to_valid_text(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    std::size_t i = cut_at_front(bytes);
    while (i < bytes.size()) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const Lead lead = lead_of(first);
        std::size_t length = 1;
        while (lead.valid && length <= lead.follow && i + length < bytes.size()) {
            const auto next = static_cast<unsigned char>(bytes[i + length]);
            const bool fits =
                length == 1 ? next >= lead.low && next <= lead.high : is_continuation(next);
            if (!fits) break;
            ++length;
        }
        const std::string_view character = bytes.substr(i, length);
        i += length;
        if (lead.valid && length == lead.follow + 1) {
            if (!is_forbidden_in_xml(character)) text.append(character);
        } else if (i < bytes.size() || !lead.valid) {
            text.append(kReplacement);
        }
    }
    return text;
}

}  // namespace svd::log
