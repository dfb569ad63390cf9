// Reading a pidfile: one number, written by the program that the number names.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/error.h"

namespace svd::pidproxy {

// The number on the first line. Never 1 or below: as an argument of kill these mean init, the own
// process group, or everybody.
[[nodiscard]] Result<pid_t> parse_pid(std::string_view text);
[[nodiscard]] Result<pid_t> read_pidfile(const std::string& path);

}  // namespace svd::pidproxy
