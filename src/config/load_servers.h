// [inet_http_server], [unix_http_server] and [rpcinterface:x].
#pragma once

#include <string>
#include <vector>

#include "config/section_reader.h"

namespace svd::config {

[[nodiscard]] std::vector<RpcInterface> load_rpc_interfaces(LoadContext& context);
[[nodiscard]] std::vector<InetServerConfig> load_inet_servers(LoadContext& context);
[[nodiscard]] std::vector<UnixServerConfig> load_unix_servers(LoadContext& context);

// What children are told: the first unix server, else the first TCP one, else an empty text.
[[nodiscard]] std::string server_url(const std::vector<UnixServerConfig>& unix_servers,
                                     const std::vector<InetServerConfig>& inet_servers);

}  // namespace svd::config
