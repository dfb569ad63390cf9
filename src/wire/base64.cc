#include "wire/base64.h"

#include <array>
#include <cstdint>

namespace svd::wire {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kDigits = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}();

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= have ? kAlphabet[bits >> (18 - 6 * k) & 63U] : '=';
    }
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned digits = 0;
    unsigned padding = 0;
    for (const char c : text) {
        if (is_space(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto digit = kDigits[static_cast<unsigned char>(c)];
        if (digit < 0 || padding > 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        if (++digits % 4 == 0)
            for (const unsigned shift : {16U, 8U, 0U})
                out += static_cast<char>(bits >> shift & 255U);
    }
    const unsigned rest = digits % 4;
    if (rest == 1 || padding != (rest == 0 ? 0U : 4U - rest)) return std::nullopt;
    if (rest == 2) out += static_cast<char>(bits >> 4 & 255U);
    if (rest == 3) {
        out += static_cast<char>(bits >> 10 & 255U);
        out += static_cast<char>(bits >> 2 & 255U);
    }
    return out;
}

}  // namespace svd::wire
