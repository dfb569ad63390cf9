// Command lines as Supervisor's programs read them (Python getopt): options stop at the first word
// that is none, short ones bundle (-nk), long ones may be cut to a unique prefix and take --x=value
// or --x value. Errors are in the words that scripts know.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace svd {

struct OptionRow {
    char letter;            // 0: no short form
    std::string_view name;  // long form without --, or empty
    bool takes_value;
    std::string_view metavar;  // for the usage text
    std::string_view help;
};

struct ParsedOption {
    const OptionRow* row;
    std::string spelling;  // "-c" or "--configuration", as recognized
    std::string value;
};

struct ParsedLine {
    std::vector<ParsedOption> options;  // in the order given
    std::vector<std::string> words;     // from the first word that is no option
};

[[nodiscard]] Result<ParsedLine> parse_command_line(std::span<const OptionRow> table,
                                                    std::span<const std::string> arguments);

// One line per row: "  -c, --configuration=FILE   text", aligned.
[[nodiscard]] std::string usage_rows(std::span<const OptionRow> table);

}  // namespace svd
