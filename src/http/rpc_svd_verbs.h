// What the methods of svd.* that act do. Their rows are in rpc_svd.cc.
#pragma once

#include "http/rpc_method.h"

namespace svd::http::rpc {

control::Outcome<void> rotate_log(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> rotate_process_logs(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> rotate_all_process_logs(const RpcContext&, const Arguments&,
                                               std::string& out);
control::Outcome<void> reopen_process_logs(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> reopen_all_process_logs(const RpcContext&, const Arguments&,
                                               std::string& out);

// --- pausing
void pause_process(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void pause_all_processes(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void resume_process(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void resume_all_processes(const RpcContext&, const Arguments&, std::string out, ReplyDone done);

}  // namespace svd::http::rpc
