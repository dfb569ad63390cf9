// "name", "group:name", "group:*" and "group:", as people write processes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/xmlrpc.h"

namespace svd::cli {

struct Namespec {
    std::string group;
    std::optional<std::string> process;  // empty: the whole group
};

// Only the first colon splits; without one, a process in the group of its own name.
[[nodiscard]] Namespec split_namespec(std::string_view text);
// "name" when group and process are the same, else "group:name".
[[nodiscard]] std::string make_namespec(std::string_view group, std::string_view process);
// The same from a struct with members `group` and `name`.
[[nodiscard]] std::string namespec_of(const wire::Value& info);

// Text and number members of an answer's struct; empty or 0 when missing.
[[nodiscard]] std::string_view text_member(const wire::Value& info, std::string_view name);
[[nodiscard]] std::int64_t int_member(const wire::Value& info, std::string_view name);

}  // namespace svd::cli
