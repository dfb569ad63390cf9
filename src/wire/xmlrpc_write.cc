#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "wire/base64.h"
#include "wire/xmlrpc.h"

namespace svd::wire {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kDeclaration = "<?xml version='1.0'?>\n";

// Length of the well-formed UTF-8 character at `at` that XML may hold, or 0.
std::size_t character_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!follows(1) || !follows(2)) return 0;
        const unsigned code = (lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        return code < 0x800 || surrogate || code >= 0xFFFE ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        const unsigned high = (lead & 0x07U) << 6 | (byte(1) & 0x3FU);
        return high >= 0x10 && high <= 0x10F ? 4 : 0;
    }
    return 0;
}

// Bytes that are copied as they are: everything of ASCII but & < > and the control characters.
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t u = 0x20; u < 0x80; ++u) plain[u] = true;
    for (const char c : {'\t', '\n', '\r'}) plain[static_cast<unsigned char>(c)] = true;
    for (const char c : {'&', '<', '>'}) plain[static_cast<unsigned char>(c)] = false;
    return plain;
}();

std::size_t plain_end(std::string_view text, std::size_t at) {
    while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
    return at;
}

std::string_view markup_escape(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        default:
            return {};
    }
}

void append_int(std::string& out, std::int64_t number) {
    // Supervisor's clients read <int> as 32 bits; many of them fail on anything wider.
    const auto clamped = std::clamp<std::int64_t>(number, std::numeric_limits<std::int32_t>::min(),
                                                  std::numeric_limits<std::int32_t>::max());
    char digits[16];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), clamped).ptr;
    out.append(digits, end);
}

// As Python's repr(float): the shortest text that reads back, always with a point or an exponent.
void append_double(std::string& out, double number) {
    if (std::isnan(number)) {
        out += "nan";
        return;
    }
    if (std::isinf(number)) {
        out += number < 0 ? "-inf" : "inf";
        return;
    }
    const double size = std::fabs(number);
    const bool fixed = size == 0 || (size >= 1e-4 && size < 1e16);
    char digits[64];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number,
                                   fixed ? std::chars_format::fixed : std::chars_format::scientific)
                         .ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out += text;
    if (fixed && text.find('.') == text.npos) out += ".0";
}

struct Writer {
    std::string& out;

    void operator()(const std::string& text) {
        out += "<string>";
        append_escaped(out, text);
        out += "</string>";
    }
    void operator()(std::int64_t number) {
        out += "<int>";
        append_int(out, number);
        out += "</int>";
    }
    void operator()(bool flag) { out += flag ? "<boolean>1</boolean>" : "<boolean>0</boolean>"; }
    void operator()(double number) {
        out += "<double>";
        append_double(out, number);
        out += "</double>";
    }
    void operator()(const DateTime& when) {
        out += "<dateTime.iso8601>";
        append_escaped(out, when.text);
        out += "</dateTime.iso8601>";
    }
    void operator()(const Base64& data) {
        out += "<base64>\n";
        out += base64_encode(data.bytes);
        out += "\n</base64>";
    }
    void operator()(const Array& array) {
        out += "<array><data>\n";
        for (const auto& element : array) append_value(out, element);
        out += "</data></array>";
    }
    void operator()(const Struct& members) {
        out += "<struct>\n";
        for (const auto& member : members) {
            out += "<member>\n<name>";
            append_escaped(out, member.name);
            out += "</name>\n";
            append_value(out, member.value);
            out += "</member>\n";
        }
        out += "</struct>";
    }
};

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto stop = plain_end(text, at);
        out.append(text, at, stop - at);
        at = stop;
        if (at == text.size()) return;
        if (const auto escape = markup_escape(text[at]); !escape.empty()) {
            out += escape;
            ++at;
        } else if (const auto length = character_length(text, at); length > 0) {
            out += text.substr(at, length);
            at += length;
        } else {
            out += kReplacement;
            ++at;
        }
    }
}

void append_value(std::string& out, const Value& value) {
    out += "<value>";
    value.visit(Writer{out});
    out += "</value>\n";
}

std::string write_call(std::string_view method, const Array& params) {
    std::string out(kDeclaration);
    out += "<methodCall>\n<methodName>";
    append_escaped(out, method);
    out += "</methodName>\n<params>\n";
    for (const auto& param : params) {
        out += "<param>\n";
        append_value(out, param);
        out += "</param>\n";
    }
    out += "</params>\n</methodCall>\n";
    return out;
}

std::string write_response(const Value& value) {
    std::string out(kDeclaration);
    out += "<methodResponse>\n<params>\n<param>\n";
    append_value(out, value);
    out += "</param>\n</params>\n</methodResponse>\n";
    return out;
}

std::string write_fault(const Fault& fault) {
    std::string out(kDeclaration);
    out += "<methodResponse>\n<fault>\n";
    append_value(out, Struct{{"faultCode", fault.code}, {"faultString", fault.text}});
    out += "</fault>\n</methodResponse>\n";
    return out;
}

}  // namespace svd::wire
