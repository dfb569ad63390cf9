#include "daemon/tab.h"

#include "base/tab.h"
#include "daemon/options.h"
#include "log/level.h"

namespace svd::daemon {
namespace {

std::vector<TabWord> levels(std::string_view word) {
    std::vector<TabWord> found;
    for (const auto& row : log::level_table())
        if (row.name.starts_with(word)) found.push_back({std::string(row.name), {}});
    return found;
}

}  // namespace

std::string tab_text(const std::vector<std::string>& words) {
    if (words.empty()) return {};
    const auto table = option_rows();
    const auto place = tab_place(table, words);
    // svd takes no words, so whatever begins here is an option.
    if (place.kind != TabPlace::Kind::Value) return tab_lines(tab_options(table, words.back()));
    if (place.option->name == "loglevel") return tab_lines(levels(words.back()));
    return tab_lines(tab_value(*place.option));
}

}  // namespace svd::daemon
