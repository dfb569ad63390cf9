#include "base/python_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd {

namespace {
// Escapes one ASCII character as repr does; false when it is to be copied as it is.
bool append_escape(std::string& out, char c, char quote) {
    switch (c) {
        case '\n':
            out += "\\n";
            return true;
        case '\r':
            out += "\\r";
            return true;
        case '\t':
            out += "\\t";
            return true;
        case '\\':
            out += "\\\\";
            return true;
        default:
            break;
    }
    if (c == quote) {
        out += '\\';
        out += c;
        return true;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
        out += fmt::format("\\x{:02x}", byte);
        return true;
    }
    return false;
}

char choose_quote(std::string_view text) {
    const bool single = text.find('\'') != std::string_view::npos;
    const bool twofold = text.find('"') != std::string_view::npos;
    return single && !twofold ? '"' : '\'';
}

std::size_t sequence_length(std::string_view rest) {
    for (std::size_t n = 2; n <= 4 && n <= rest.size(); ++n)
        if (is_utf8(rest.substr(0, n))) return n;
    return 0;
}

unsigned code_point(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence.front());
    unsigned code = lead & (0xFFU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1))
        code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    return code;
}

struct Range {
    unsigned first;
    unsigned last;
};

// What str.isprintable() denies beyond ASCII: separators, format and private-use characters.
constexpr auto kUnprintable = std::to_array<Range>({
    {0x80, 0xA0},       {0xAD, 0xAD},         {0x600, 0x605},     {0x61C, 0x61C},
    {0x6DD, 0x6DD},     {0x70F, 0x70F},       {0x890, 0x891},     {0x8E2, 0x8E2},
    {0x1680, 0x1680},   {0x180E, 0x180E},     {0x2000, 0x200F},   {0x2028, 0x202F},
    {0x205F, 0x206F},   {0x3000, 0x3000},     {0xE000, 0xF8FF},   {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD},   {0x110CD, 0x110CD}, {0x13430, 0x13438},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},   {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
    {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD},
});

bool is_printable(unsigned code) {
    return std::ranges::none_of(kUnprintable, [&](const Range& range) {
        return range.first <= code && code <= range.last;
    });
}
}  // namespace

std::string py_repr(std::string_view text) {
    const char quote = choose_quote(text);
    std::string out(1, quote);
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) < 0x80) {
            if (!append_escape(out, c, quote)) out += c;
            ++i;
            continue;
        }
        const std::size_t n = sequence_length(text.substr(i));
        if (n == 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            ++i;
        } else if (const unsigned code = code_point(text.substr(i, n)); !is_printable(code)) {
            if (code < 0x100)
                out += fmt::format("\\x{:02x}", code);
            else if (code < 0x10000)
                out += fmt::format("\\u{:04x}", code);
            else
                out += fmt::format("\\U{:08x}", code);
            i += n;
        } else {
            out += text.substr(i, n);
            i += n;
        }
    }
    out += quote;
    return out;
}

std::string py_bytes_repr(std::string_view bytes) {
    const char quote = choose_quote(bytes);
    std::string out = "b";
    out += quote;
    for (const char c : bytes) {
        if (append_escape(out, c, quote)) continue;
        if (static_cast<unsigned char>(c) >= 0x80)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    out += quote;
    return out;
}

}  // namespace svd
