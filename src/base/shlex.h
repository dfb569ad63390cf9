// Shell-like words as Python's shlex reads them in POSIX mode: ' and " quote, a backslash escapes
// outside quotes and, before " and \ only, inside ".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace svd {

struct ShlexRules {
    // True: only blanks end a word. False: words are letters (accented Latin-1 ones too), digits,
    // '_' and more_word_characters; any other character is a token of its own.
    bool blanks_only = true;
    bool comments = false;  // '#' outside quotes hides the rest of the line
    std::string_view more_word_characters{};
};

// Errors: "No closing quotation" and "No escaped character", Python's texts.
[[nodiscard]] Result<std::vector<std::string>> shlex_tokens(std::string_view text,
                                                            const ShlexRules& rules);

// The words of a command line.
[[nodiscard]] Result<std::vector<std::string>> shlex_split(std::string_view text);

}  // namespace svd
