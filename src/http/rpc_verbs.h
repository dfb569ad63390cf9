// What each method of supervisor.* does: control's verbs, put into XML-RPC values. The rows that
// name them to the outside are in rpc_supervisor.cc.
#pragma once

#include "http/rpc_method.h"

namespace svd::http::rpc {

// --- the daemon
control::Outcome<void> get_api_version(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_supervisor_version(const RpcContext&, const Arguments&,
                                              std::string& out);
control::Outcome<void> get_identification(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_state(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_pid(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> shutdown(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> restart(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> reload_config(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> add_process_group(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> remove_process_group(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> send_remote_comm_event(const RpcContext&, const Arguments&,
                                              std::string& out);

// --- looking
control::Outcome<void> get_process_info(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_all_process_info(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> get_all_config_info(const RpcContext&, const Arguments&, std::string& out);

// --- acting
void start_process(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void start_process_group(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void start_all_processes(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void stop_process(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void stop_process_group(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
void stop_all_processes(const RpcContext&, const Arguments&, std::string out, ReplyDone done);
control::Outcome<void> signal_process(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> signal_process_group(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> signal_all_processes(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> send_process_stdin(const RpcContext&, const Arguments&, std::string& out);

// --- logs
control::Outcome<void> read_log(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> clear_log(const RpcContext&, const Arguments&, std::string& out);
template <control::Channel kChannel>
control::Outcome<void> read_process_log(const RpcContext&, const Arguments&, std::string& out);
template <control::Channel kChannel>
control::Outcome<void> tail_process_log(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> clear_process_logs(const RpcContext&, const Arguments&, std::string& out);
control::Outcome<void> clear_all_process_logs(const RpcContext&, const Arguments&,
                                              std::string& out);

}  // namespace svd::http::rpc
