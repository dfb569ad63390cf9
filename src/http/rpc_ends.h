// svd.getDeaths and its like: ends of processes as XML-RPC values.
#pragma once

#include "http/rpc_method.h"

namespace svd::http::rpc {

control::Outcome<void> get_deaths(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_all_deaths(const RpcContext&, const Arguments&, std::string& out);

}  // namespace svd::http::rpc
