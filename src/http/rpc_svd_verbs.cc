#include "http/rpc_svd_verbs.h"

#include "http/rpc_answer.h"

namespace svd::http::rpc {

using control::Outcome;
using Context = RpcContext;

// --- logs
Outcome<void> rotate_log(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.rotate_log(), out);
}
Outcome<void> rotate_process_logs(const Context& c, const Arguments& args, std::string& out) {
    const std::string& name = args[0].text;
    return one_or_many(c.supervisor.rotate_process_logs(name), is_whole_group(name), out);
}
Outcome<void> rotate_all_process_logs(const Context& c, const Arguments&, std::string& out) {
    emit_member_results(out, c.supervisor.rotate_all_process_logs());
    return {};
}
Outcome<void> reopen_process_logs(const Context& c, const Arguments& args, std::string& out) {
    const std::string& name = args[0].text;
    return one_or_many(c.supervisor.reopen_process_logs(name), is_whole_group(name), out);
}
Outcome<void> reopen_all_process_logs(const Context& c, const Arguments&, std::string& out) {
    emit_member_results(out, c.supervisor.reopen_all_process_logs());
    return {};
}

// --- pausing
void pause_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.pause(name, then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void pause_all_processes(const Context& c, const Arguments&, std::string out, ReplyDone done) {
    c.supervisor.pause_all(then_emit(true, std::move(out), std::move(done)));
}
void resume_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.resume(name, then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void resume_all_processes(const Context& c, const Arguments&, std::string out, ReplyDone done) {
    c.supervisor.resume_all(then_emit(true, std::move(out), std::move(done)));
}

}  // namespace svd::http::rpc
