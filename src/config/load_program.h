// [program:x], [fcgi-program:x] and [eventlistener:x] to the processes they describe.
#pragma once

#include <memory>
#include <vector>

#include "config/section_reader.h"

namespace svd::config {

// Processes of the section as members of `group`, by (priority, name). Problems are reported; after
// an error the list is empty or incomplete.
[[nodiscard]] std::vector<std::shared_ptr<const ProcessConfig>> load_program(
    LoadContext& context, SectionKind kind, const Section& section, const std::string& group);

// [fcgi-program:x] socket options; empty after an error.
[[nodiscard]] std::optional<FcgiSocket> load_fcgi_socket(LoadContext& context,
                                                         const Section& section,
                                                         const std::string& program);

// Text after the first ':' of a section name.
[[nodiscard]] std::string_view section_suffix(std::string_view section);

}  // namespace svd::config
