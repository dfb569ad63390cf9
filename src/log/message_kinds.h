// What kind of event a line of the main log tells of, for the journal: one MESSAGE_ID for each.
#pragma once

#include <span>
#include <string_view>

namespace svd::log {

struct MessageKind {
    std::string_view begin;       // of the line; Supervisor's own words, which people search for
    std::string_view message_id;  // 128 bits in hexadecimal, for ever the same
    std::string_view meaning;
};

[[nodiscard]] std::span<const MessageKind> message_kinds();
// Empty for a line that belongs to none of them.
[[nodiscard]] std::string_view message_id_of(std::string_view line);

}  // namespace svd::log
