// svd.getProcessInfoEx and its like: what processes use, as XML-RPC values.
#pragma once

#include "http/rpc_method.h"

namespace svd::http::rpc {

control::Outcome<void> get_process_info_ex(const RpcContext&, const Arguments&, std::string& out);
void get_all_process_info_ex(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void get_usage(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void get_group_usage(const RpcContext&, const Arguments&, std::string out, ReplyDone done);

}  // namespace svd::http::rpc
