// Which rows of an answer the words of a command line mean.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/json_output.h"
#include "cli/namespec.h"

namespace svd::cli {

[[nodiscard]] inline bool has_all(const std::vector<std::string_view>& names) {
    return std::ranges::find(names, "all") != names.end();
}

// Of rows with `group` and `name`; no names, or "all", are all rows. The order of the names is
// kept, repetitions too.
template <class Row>
[[nodiscard]] std::vector<Row> select(std::vector<Row> all,
                                      const std::vector<std::string_view>& names,
                                      std::vector<NamedError>& errors) {
    if (names.empty() || has_all(names)) return all;
    std::vector<Row> chosen;
    for (const auto name : names) {
        const auto wanted = split_namespec(name);
        const auto before = chosen.size();
        for (const auto& row : all)
            if (row.group == wanted.group && (!wanted.process || row.name == *wanted.process))
                chosen.push_back(row);
        if (chosen.size() > before) continue;
        if (wanted.process)
            errors.push_back({std::string(name), "no such process"});
        else
            errors.push_back({wanted.group, "no such group"});
    }
    return chosen;
}

// STOPPED, EXITED, FATAL and UNKNOWN: `status` answers with a code of its own.
[[nodiscard]] constexpr bool is_stopped_state(std::int64_t state) {
    return state == 0 || state == 100 || state == 200 || state == 1000;
}

}  // namespace svd::cli
