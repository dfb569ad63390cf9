// The fields of a form, as a page's query and an urlencoded body bring them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/http_message.h"

namespace svd::http {

// Bodies of forms are no longer than this.
inline constexpr std::size_t kMaxFormBytes = 64U << 10;

// The body's last value of that name, else the query's first one. Empty values count as none.
[[nodiscard]] std::optional<std::string> form_field(const wire::HttpRequest& request,
                                                    std::string_view name);

}  // namespace svd::http
