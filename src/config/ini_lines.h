// The line rules of Python's RawConfigParser (strict=False, inline comments with ';' and '#'),
// without its data model: what each line of a file means.
//
// Comments are cut, continuation lines joined, the last ']' closes a header, the first '=' or ':'
// parts name and value. The result is a flat list of headers and options in file order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace svd::config {

struct IniLine {
    enum class Kind { Section, Option };
    Kind kind = Kind::Option;
    int line = 0;              // 1-based
    std::string name;          // section text, or option name in lower case
    std::string value;         // options only; lines of a continued value are joined with \n
    bool comment_cut = false;  // an inline comment was cut out of the value
};

struct IniFault {
    int line = 0;      // of the first bad line
    std::string text;  // Python's exact text, several lines
};

struct IniLines {
    std::vector<IniLine> lines;
    std::optional<IniFault> fault;
};

// Which sections are wanted; the lines of others are checked, and left out.
using SectionFilter = bool (*)(std::string_view section);

// `path` appears in the fault's text as given.
[[nodiscard]] IniLines split_ini(std::string_view text, std::string_view path,
                                 SectionFilter wanted = nullptr);

}  // namespace svd::config
