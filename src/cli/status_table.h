// The lines of `status` and `avail`, column by column; other programs take them apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

// What `status` shows of one process. Texts and source are borrowed from the answer.
struct StatusRow {
    std::string_view group;
    std::string_view name;
    std::int64_t state = 0;
    std::string_view statename;
    std::string_view description;
    const wire::Value* source = nullptr;
};
// Of the structs of getAllProcessInfo, or of the shorter rows of svd.getStatus.
[[nodiscard]] std::vector<StatusRow> status_rows(const wire::Value& answer);

// A line for each: namespec (at least 30 wide, and 3 more), state (10 wide), description. Trailing
// blanks stay where a description is empty.
[[nodiscard]] std::vector<std::string> status_lines(const std::vector<StatusRow>& rows);
// One struct of getAllConfigInfo.
[[nodiscard]] std::string avail_line(const wire::Value& config);

}  // namespace svd::cli
