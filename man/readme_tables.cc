// The table of differences in README.md.
#include <fstream>

#include <fmt/format.h>

#include "base/strings.h"
#include "mdoc.h"
#include "tables.h"

namespace svd::man {

std::string differences() {
    std::ifstream readme(SVD_SOURCE_DIR "/README.md");
    std::string items;
    bool inside = false;
    for (std::string line; std::getline(readme, line);) {
        if (line.starts_with("## ")) inside = line == "## What differs from Supervisor";
        if (!inside || !line.starts_with("| ") || line.starts_with("| subject")) continue;
        const auto cells = split(line, '|');
        if (cells.size() != 5) return {};
        const auto cell = [&](std::size_t at) { return trim(cells[at]); };
        items += fmt::format(".It {}", prose(cell(1)));
        if (!cell(2).empty()) items += "Supervisor:\n" + prose(fmt::format("{}.", cell(2)));
        items += "svd:\n" + prose(fmt::format("{}.", cell(3)));
    }
    return items.empty() ? items : tag_list(items);
}

}  // namespace svd::man
