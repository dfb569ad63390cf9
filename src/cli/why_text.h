// What `why` shows of one process. Pure but for the time zone.
#pragma once

#include <string>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

// One struct of svd.getDeaths: a sentence, a table of the last ends, counts, and the last output.
[[nodiscard]] std::vector<std::string> why_lines(const wire::Value& process);

}  // namespace svd::cli
