// What Tab in a shell may put in place of the last word of a command line. The programs print it
// for their completion scripts (--tab), which know nothing else of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/command_line.h"

namespace svd {

struct TabWord {
    std::string word;
    std::string about;  // a few words, or empty
    bool operator==(const TabWord&) const = default;
};

// One line for each: the word, and behind a tab what it is about. Words that a shell knows better
// have a line with a colon in front: ":files", ":directories", ":users".
[[nodiscard]] std::string tab_lines(std::span<const TabWord> words);

struct TabPlace {
    enum class Kind { Option, Value, Word };
    Kind kind = Kind::Word;
    const OptionRow* option = nullptr;  // Value: whose
    std::size_t first_word = 0;         // Word: where the words begin that are no options
};

// What the last of `words` is. Without any it is the first word.
[[nodiscard]] TabPlace tab_place(std::span<const OptionRow> table,
                                 std::span<const std::string> words);
// The options that `word` may become; with a single dash the letters too.
[[nodiscard]] std::vector<TabWord> tab_options(std::span<const OptionRow> table,
                                               std::string_view word);
// The line with a colon for the value of an option, by its metavar; empty when there is none.
[[nodiscard]] std::vector<TabWord> tab_value(const OptionRow& option);

}  // namespace svd
