// The command line of svctl, with the semantics of getopt: options stand before the first word,
// long options may be shortened while they stay unique, and an option given twice is an error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace svd::cli {

struct Options {
    std::optional<std::string> configuration;
    std::optional<std::string> serverurl;
    std::optional<std::string> username;
    std::optional<std::string> password;
    std::optional<std::string> history_file;
    bool interactive = false;
    bool json = false;
    bool help = false;
    bool version = false;
    bool tab = false;                // print what the last of `words` may become
    std::vector<std::string> words;  // the action and its arguments
};

// One row per option. `text` or `flag` says where its value goes; a flag takes none.
struct OptionRow {
    char letter;            // 0: long form only
    std::string_view name;  // long form; empty: letter only
    std::optional<std::string> Options::* text;
    bool Options::* flag;
    std::string_view placeholder;
    std::string_view help;  // empty: an alias, not shown
};
[[nodiscard]] std::span<const OptionRow> option_rows();

// `args` without the program's name. The error is the text behind "Error: ".
[[nodiscard]] Result<Options> parse_options(const std::vector<std::string>& args);

// The text of --help; `program` as typed.
[[nodiscard]] std::string usage_text(std::string_view program);

}  // namespace svd::cli
