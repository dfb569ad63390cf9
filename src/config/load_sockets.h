// [socket:x] sections, and the programs that name them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/model.h"
#include "config/section_reader.h"

namespace svd::config {

// By name; one with errors (which are reported) is there all the same, for who names it.
[[nodiscard]] std::map<std::string, SocketConfig, std::less<>> load_sockets(LoadContext& context);

// What `sockets` of a program names, in its order; unknown names are reported.
[[nodiscard]] std::vector<SocketConfig> load_socket_use(LoadContext& context, SectionReader& reader,
                                                        const Names& names);

// How many descriptors the program is given for them.
[[nodiscard]] int descriptor_count(const std::vector<SocketConfig>& sockets);

// One of `listen`: "/path", "@name", "port", "host:port", "[v6]:port".
[[nodiscard]] Result<SocketAddress> parse_socket_address(std::string_view text);

}  // namespace svd::config
