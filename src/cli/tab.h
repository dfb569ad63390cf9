// svctl --tab: completion for shells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svd::cli {

// Prints what the last of `words`, a command line without the program's name, may become. Ends
// the process without a word when that takes longer than a moment, so that no prompt hangs.
int run_tab(const std::vector<std::string>& words, std::string_view program);

}  // namespace svd::cli
