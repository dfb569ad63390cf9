// svd --tab: completion of svd's own command line for shells.
#pragma once

#include <string>
#include <vector>

namespace svd::daemon {

// What the last of `words`, a command line without the program's name, may become; see base/tab.h.
[[nodiscard]] std::string tab_text(const std::vector<std::string>& words);

}  // namespace svd::daemon
