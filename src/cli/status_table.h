// The lines of `status` and `avail`, column by column; other programs take them apart.
#pragma once

#include <string>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

// One line per struct of getProcessInfo: namespec (at least 30 wide, and 3 more), state (10 wide),
// description. Trailing blanks stay where a description is empty.
[[nodiscard]] std::vector<std::string> status_lines(const std::vector<const wire::Value*>& infos);
// One struct of getAllConfigInfo.
[[nodiscard]] std::string avail_line(const wire::Value& config);

}  // namespace svd::cli
