// An INI file as a list of entries, read by libinih behind an adapter that lifts its limits.
//
// Builds of libinih differ (longest line, longest section, which comments, which continuation
// lines), and none of them is Python's dialect. So the text is first split by Python's rules
// (ini_lines.h) and inih is fed short plain lines; whatever is long or unusual travels as a handle
// into a side table. No limit and no setting of a given build can change what is read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/ini_lines.h"

namespace svd::config {

struct IniEntry {
    int line = 0;
    std::string section;
    bool header = false;  // a section begins here; name and value are empty
    std::string name;
    std::string value;
    bool comment_cut = false;
};

struct IniFile {
    std::vector<IniEntry> entries;  // in file order
    std::optional<IniFault> fault;  // syntax or encoding; entries are then incomplete
};

[[nodiscard]] IniFile read_ini(std::string_view text, std::string_view path,
                               SectionFilter wanted = nullptr);

}  // namespace svd::config
