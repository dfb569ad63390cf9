#include "base/python_text.h"

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
        } else if (n == 2 && static_cast<unsigned char>(c) == 0xC2 &&
                   static_cast<unsigned char>(text[i + 1]) <= 0xA0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i + 1]));
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
