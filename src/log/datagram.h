// What the sinks that send datagrams to a local socket have in common.
#pragma once

#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace svd::log {

// A non-blocking socket that is connected to the one at this path.
[[nodiscard]] Result<UniqueFd> connect_datagram(const std::string& path);

// Whether this errno of a send says that the receiver went away: a new connection may reach its
// successor.
[[nodiscard]] bool is_receiver_gone(int error);

}  // namespace svd::log
