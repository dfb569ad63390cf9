#include "config/python_format.h"

#include <fmt/format.h>

#include "base/python_text.h"
#include "config/python_space.h"

namespace svd::config {

namespace {

// The bytes of the first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (starts && count-- == 0) break;
    }
    return text.substr(0, at);
}

std::string pad(std::string text, const FormatSpec& spec) {
    const auto width = static_cast<std::size_t>(spec.width.value_or(0));
    const std::size_t size = character_count(text);
    if (size >= width) return text;
    if (spec.left) return text + std::string(width - size, ' ');
    return std::string(width - size, ' ') + text;
}

// ascii(): repr with everything beyond ASCII escaped.
std::string py_ascii(std::string_view text) {
    const std::string repr = py_repr(text);
    std::string out;
    for (std::string_view rest = repr; !rest.empty();) {
        const std::string_view one = first_characters(rest, 1);
        const std::uint32_t code = first_code_point(rest);
        if (code < 0x80)
            out += one;
        else if (code < 0x100)
            out += fmt::format("\\x{:02x}", code);
        else if (code < 0x10000)
            out += fmt::format("\\u{:04x}", code);
        else
            out += fmt::format("\\U{:08x}", code);
        rest.remove_prefix(one.size());
    }
    return out;
}

std::string append_code_point(std::uint32_t code) {
    std::string out;
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
    return out;
}

std::string format_text(std::string_view text, const FormatSpec& spec) {
    if (spec.precision) text = first_characters(text, static_cast<std::size_t>(*spec.precision));
    return pad(std::string(text), spec);
}

std::string sign_of(bool negative, const FormatSpec& spec) {
    if (negative) return "-";
    if (spec.plus) return "+";
    return spec.blank ? " " : "";
}

// Sign and base prefix stay in front of filling zeros.
std::string pad_number(const std::string& head, std::string digits, const FormatSpec& spec) {
    const auto width = static_cast<std::size_t>(spec.width.value_or(0));
    if (spec.zero && !spec.left && head.size() + digits.size() < width)
        digits.insert(0, width - head.size() - digits.size(), '0');
    return pad(head + digits, spec);
}

std::string format_integer(long long value, const FormatSpec& spec) {
    const bool negative = value < 0;
    const auto bits = static_cast<unsigned long long>(value);
    const unsigned long long magnitude = negative ? 0ULL - bits : bits;
    std::string digits;
    std::string prefix;
    switch (spec.conversion) {
        case 'o':
            digits = fmt::format("{:o}", magnitude);
            prefix = "0o";
            break;
        case 'x':
            digits = fmt::format("{:x}", magnitude);
            prefix = "0x";
            break;
        case 'X':
            digits = fmt::format("{:X}", magnitude);
            prefix = "0X";
            break;
        default:
            digits = fmt::format("{}", magnitude);
            break;
    }
    const auto precision = static_cast<std::size_t>(spec.precision.value_or(0));
    if (digits.size() < precision) digits.insert(0, precision - digits.size(), '0');
    return pad_number(sign_of(negative, spec) + (spec.alternate ? prefix : ""), digits, spec);
}

std::string format_real(long long value, const FormatSpec& spec) {
    const bool negative = value < 0;
    const double magnitude = negative ? -static_cast<double>(value) : static_cast<double>(value);
    const std::string pattern = fmt::format("{{:{}.{}{}}}", spec.alternate ? "#" : "",
                                            spec.precision.value_or(6), spec.conversion);
    return pad_number(sign_of(negative, spec), fmt::format(fmt::runtime(pattern), magnitude), spec);
}

Result<std::string> format_character(const NameValue& value, const FormatSpec& spec) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (character_count(*text) != 1) return fail("%c requires int or char");
        return pad(*text, spec);
    }
    const long long code = std::get<long long>(value);
    if (code < 0 || code > 0x10FFFF) return fail("%c arg not in range(0x110000)");
    return pad(append_code_point(static_cast<std::uint32_t>(code)), spec);
}

}  // namespace

bool is_conversion(char c) {
    return std::string_view("diouxXeEfFgGcrsa").find(c) != std::string_view::npos;
}

Result<std::string> format_value(const NameValue& value, const FormatSpec& spec) {
    const auto* text = std::get_if<std::string>(&value);
    const long long number = text == nullptr ? std::get<long long>(value) : 0;
    switch (spec.conversion) {
        case 's':
            return format_text(text != nullptr ? *text : fmt::format("{}", number), spec);
        case 'r':
            return format_text(text != nullptr ? py_repr(*text) : fmt::format("{}", number), spec);
        case 'a':
            return format_text(text != nullptr ? py_ascii(*text) : fmt::format("{}", number), spec);
        case 'c':
            return format_character(value, spec);
        case 'd':
        case 'i':
        case 'u':
            if (text != nullptr)
                return fail("%{} format: a real number is required, not str", spec.conversion);
            return format_integer(number, spec);
        case 'o':
        case 'x':
        case 'X':
            if (text != nullptr)
                return fail("%{} format: an integer is required, not str", spec.conversion);
            return format_integer(number, spec);
        default:
            if (text != nullptr) return fail("must be real number, not str");
            return format_real(number, spec);
    }
}

std::uint32_t first_code_point(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    std::uint32_t code = lead;
    std::size_t more = 0;
    if (lead >= 0xF0) {
        code = lead & 0x07U;
        more = 3;
    } else if (lead >= 0xE0) {
        code = lead & 0x0FU;
        more = 2;
    } else if (lead >= 0xC0) {
        code = lead & 0x1FU;
        more = 1;
    }
    for (std::size_t i = 1; i <= more && i < text.size(); ++i)
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return code;
}

}  // namespace svd::config
