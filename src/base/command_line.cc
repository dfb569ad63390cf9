#include "base/command_line.h"

#include <algorithm>

namespace svd {

namespace {
using Arguments = std::span<const std::string>;

Result<const OptionRow*> find_long(std::span<const OptionRow> table, std::string_view name) {
    const OptionRow* match = nullptr;
    bool ambiguous = false;
    for (const auto& row : table) {
        if (row.name.empty() || !row.name.starts_with(name)) continue;
        if (row.name == name) return &row;
        ambiguous = match != nullptr;
        match = &row;
    }
    if (!match) return fail("option --{} not recognized", name);
    if (ambiguous) return fail("option --{} not a unique prefix", name);
    return match;
}

// Takes arguments[at], a long option, and its value; returns the index after it.
Result<std::size_t> take_long(std::span<const OptionRow> table, Arguments arguments, std::size_t at,
                              ParsedLine& line) {
    const std::string_view text = std::string_view(arguments[at]).substr(2);
    const auto equals = text.find('=');
    SVD_TRY(const OptionRow* row, find_long(table, text.substr(0, equals)));
    ParsedOption option{row, "--" + std::string(row->name), {}};
    ++at;
    if (row->takes_value) {
        if (equals != std::string_view::npos) {
            option.value = text.substr(equals + 1);
        } else {
            if (at == arguments.size()) return fail("option --{} requires argument", row->name);
            option.value = arguments[at++];
        }
    } else if (equals != std::string_view::npos) {
        return fail("option --{} must not have an argument", row->name);
    }
    line.options.push_back(std::move(option));
    return at;
}

// Takes arguments[at], a bundle of short options; returns the index after it and its value.
Result<std::size_t> take_short(std::span<const OptionRow> table, Arguments arguments,
                               std::size_t at, ParsedLine& line) {
    const std::string_view bundle = std::string_view(arguments[at]).substr(1);
    ++at;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const char letter = bundle[i];
        const auto row = std::ranges::find(table, letter, &OptionRow::letter);
        if (letter == '\0' || row == table.end()) return fail("option -{} not recognized", letter);
        ParsedOption option{&*row, std::string{'-', letter}, {}};
        if (row->takes_value) {
            if (i + 1 < bundle.size()) {
                option.value = bundle.substr(i + 1);
            } else {
                if (at == arguments.size()) return fail("option -{} requires argument", letter);
                option.value = arguments[at++];
            }
            i = bundle.size();
        }
        line.options.push_back(std::move(option));
    }
    return at;
}
}  // namespace

Result<ParsedLine> parse_command_line(std::span<const OptionRow> table,
                                      std::span<const std::string> arguments) {
    ParsedLine line;
    std::size_t at = 0;
    while (at < arguments.size()) {
        const std::string_view word = arguments[at];
        if (word == "--") {
            ++at;
            break;
        }
        if (word.size() < 2 || word[0] != '-') break;
        auto next = word[1] == '-' ? take_long(table, arguments, at, line)
                                   : take_short(table, arguments, at, line);
        if (!next) return std::unexpected(next.error());
        at = *next;
    }
    for (; at < arguments.size(); ++at) line.words.push_back(arguments[at]);
    return line;
}

std::string usage_rows(std::span<const OptionRow> table) {
    std::vector<std::string> left;
    std::size_t width = 0;
    for (const auto& row : table) {
        std::string text = row.letter ? fmt::format("-{}", row.letter) : std::string("   ");
        if (!row.name.empty()) text += fmt::format("{}--{}", row.letter ? ", " : " ", row.name);
        if (row.takes_value) text += fmt::format("{}{}", row.name.empty() ? " " : "=", row.metavar);
        width = std::max(width, text.size());
        left.push_back(std::move(text));
    }
    std::string out;
    for (std::size_t i = 0; i < table.size(); ++i)
        out += fmt::format("  {:<{}}  {}\n", left[i], width, table[i].help);
    return out;
}

}  // namespace svd
