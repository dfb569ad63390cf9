#include "base/tab.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace svd {
namespace {

const OptionRow* find_exact(std::span<const OptionRow> table, std::string_view name) {
    const auto row = std::ranges::find(table, name, &OptionRow::name);
    return row == table.end() ? nullptr : &*row;
}

const OptionRow* find_letter(std::span<const OptionRow> table, char letter) {
    const auto row = std::ranges::find(table, letter, &OptionRow::letter);
    return row == table.end() ? nullptr : &*row;
}

// The option whose value has to follow `word`; null when none has.
const OptionRow* wants_value(std::span<const OptionRow> table, std::string_view word) {
    if (word.starts_with("--")) {
        const auto* row = find_exact(table, word.substr(2));
        return row != nullptr && row->takes_value ? row : nullptr;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
        const auto* row = find_letter(table, word[i]);
        if (row != nullptr && row->takes_value) return i + 1 == word.size() ? row : nullptr;
    }
    return nullptr;
}

bool is_option(std::string_view word) {
    return word.size() > 1 && word.front() == '-';
}

}  // namespace

std::string tab_lines(std::span<const TabWord> words) {
    std::string text;
    for (const auto& one : words) {
        text += one.word;
        if (!one.about.empty()) text += "\t" + one.about;
        text += "\n";
    }
    return text;
}

TabPlace tab_place(std::span<const OptionRow> table, std::span<const std::string> words) {
    using Kind = TabPlace::Kind;
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
        if (words[at] == "--") return {Kind::Word, nullptr, at + 1};
        if (!is_option(words[at])) return {Kind::Word, nullptr, at};
        const auto* row = wants_value(table, words[at]);
        if (row == nullptr) continue;
        if (++at + 1 == words.size()) return {Kind::Value, row, 0};
    }
    if (words.empty()) return {};
    if (words.back().starts_with('-')) return {Kind::Option, nullptr, 0};
    return {Kind::Word, nullptr, words.size() - 1};
}

std::vector<TabWord> tab_options(std::span<const OptionRow> table, std::string_view word) {
    std::vector<TabWord> found;
    const auto add = [&](std::string spelling, std::string_view help) {
        const auto line = help.substr(0, help.find('\n'));
        if (spelling.starts_with(word)) found.push_back({std::move(spelling), std::string(line)});
    };
    for (const auto& row : table) {
        if (row.help.empty()) continue;
        if (row.letter != 0 && row.letter != '?') add(fmt::format("-{}", row.letter), row.help);
        if (!row.name.empty()) add(fmt::format("--{}", row.name), row.help);
    }
    return found;
}

std::vector<TabWord> tab_value(const OptionRow& option) {
    struct Meaning {
        std::string_view metavar;
        std::string_view line;
    };
    constexpr auto kMeanings = std::to_array<Meaning>({
        {"FILE", ":files"},
        {"FILENAME", ":files"},
        {"DIRECTORY", ":directories"},
        {"USER", ":users"},
    });
    const auto row = std::ranges::find(kMeanings, option.metavar, &Meaning::metavar);
    if (row == kMeanings.end()) return {};
    return {{std::string(row->line), {}}};
}

}  // namespace svd
