#include "http/rpc_verbs.h"

#include <utility>

#include <unistd.h>

#include "http/rpc_answer.h"

namespace svd::http::rpc {
namespace {

using control::Channel;
using control::Outcome;
using control::Wait;
using Context = RpcContext;
using Results = control::MemberResults;

Outcome<void> text_of(const Outcome<std::string>& outcome, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    emit_text(out, *outcome);
    return {};
}
Outcome<void> results_of(const Outcome<Results>& outcome, std::string& out) {
    if (!outcome) return std::unexpected(outcome.error());
    emit_member_results(out, *outcome);
    return {};
}
Wait wait_of(const Argument& argument) {
    return argument.flag ? Wait::Yes : Wait::No;
}

}  // namespace

// --- the daemon
Outcome<void> get_api_version(const Context&, const Arguments&, std::string& out) {
    emit_text(out, "3.0");
    return {};
}
Outcome<void> get_supervisor_version(const Context& c, const Arguments&, std::string& out) {
    emit_text(out, c.version);
    return {};
}
Outcome<void> get_identification(const Context& c, const Arguments&, std::string& out) {
    emit_text(out, c.supervisor.identification());
    return {};
}
Outcome<void> get_state(const Context& c, const Arguments&, std::string& out) {
    StructScope fields(out);
    fields.number("statecode", static_cast<int>(c.supervisor.state()));
    fields.text("statename", process::daemon_state_name(c.supervisor.state()));
    return {};
}
Outcome<void> get_pid(const Context&, const Arguments&, std::string& out) {
    emit_int(out, ::getpid());
    return {};
}
Outcome<void> shutdown(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.shutdown(), out);
}
Outcome<void> restart(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.restart(), out);
}
Outcome<void> reload_config(const Context& c, const Arguments&, std::string& out) {
    const auto result = c.supervisor.reload_config();
    if (!result) return std::unexpected(result.error());
    const ArrayScope outer(out);
    const ArrayScope inner(out);
    emit_texts(out, result->added);
    emit_texts(out, result->changed);
    emit_texts(out, result->removed);
    return {};
}
Outcome<void> add_process_group(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.add_group(args[0].text), out);
}
Outcome<void> remove_process_group(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.remove_group(args[0].text), out);
}
Outcome<void> send_remote_comm_event(const Context& c, const Arguments& args, std::string& out) {
    c.supervisor.send_remote_comm_event(args[0].text, args[1].text);
    return truth(out);
}

// --- looking
Outcome<void> get_process_info(const Context& c, const Arguments& args, std::string& out) {
    const auto info = c.supervisor.process_info(args[0].text);
    if (!info) return std::unexpected(info.error());
    emit_process_info(out, *info);
    return {};
}
Outcome<void> get_all_process_info(const Context& c, const Arguments&, std::string& out) {
    const ArrayScope array(out);
    std::size_t rest = c.supervisor.process_count();
    c.supervisor.each_process_info([&](const control::ProcessInfo& info) {
        const std::size_t before = out.size();
        emit_process_info(out, info);
        // Room for as many more as this one takes: doubling would touch a large answer's pages
        // twice.
        const std::size_t each = out.size() - before;
        if (out.capacity() - out.size() < each) out.reserve(out.size() + rest * (each + each / 16));
        --rest;
    });
    return {};
}
Outcome<void> get_all_config_info(const Context& c, const Arguments&, std::string& out) {
    const ArrayScope array(out);
    for (const control::ConfigInfo& info : c.supervisor.all_config_info()) {
        emit_config_info(out, info);
    }
    return {};
}

// --- acting
void start_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.start(name, wait_of(args[1]),
                       then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void start_process_group(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.start_group(args[0].text, wait_of(args[1]),
                             then_emit(true, std::move(out), std::move(done)));
}
void start_all_processes(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.start_all(wait_of(args[0]), then_emit(true, std::move(out), std::move(done)));
}
void stop_process(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    const std::string& name = args[0].text;
    c.supervisor.stop(name, wait_of(args[1]),
                      then_emit(is_whole_group(name), std::move(out), std::move(done)));
}
void stop_process_group(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.stop_group(args[0].text, wait_of(args[1]),
                            then_emit(true, std::move(out), std::move(done)));
}
void stop_all_processes(const Context& c, const Arguments& args, std::string out, ReplyDone done) {
    c.supervisor.stop_all(wait_of(args[0]), then_emit(true, std::move(out), std::move(done)));
}
Outcome<void> signal_process(const Context& c, const Arguments& args, std::string& out) {
    return one_or_many(c.supervisor.signal(args[0].text, args[1].text),
                       is_whole_group(args[0].text), out);
}
Outcome<void> signal_process_group(const Context& c, const Arguments& args, std::string& out) {
    return results_of(c.supervisor.signal_group(args[0].text, args[1].text), out);
}
Outcome<void> signal_all_processes(const Context& c, const Arguments& args, std::string& out) {
    emit_member_results(out, c.supervisor.signal_all(args[0].text));
    return {};
}
Outcome<void> send_process_stdin(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.send_stdin(args[0].text, args[1].text), out);
}

// --- logs
Outcome<void> read_log(const Context& c, const Arguments& args, std::string& out) {
    return text_of(c.supervisor.read_log(args[0].number, args[1].number), out);
}
Outcome<void> clear_log(const Context& c, const Arguments&, std::string& out) {
    return truth_of(c.supervisor.clear_log(), out);
}
template <Channel kChannel>
Outcome<void> read_process_log(const Context& c, const Arguments& args, std::string& out) {
    return text_of(
        c.supervisor.read_process_log(args[0].text, kChannel, args[1].number, args[2].number), out);
}
template <Channel kChannel>
Outcome<void> tail_process_log(const Context& c, const Arguments& args, std::string& out) {
    const auto chunk =
        c.supervisor.tail_process_log(args[0].text, kChannel, args[1].number, args[2].number);
    if (!chunk) return std::unexpected(chunk.error());
    const ArrayScope array(out);
    emit_text(out, chunk->data);
    emit_int(out, chunk->offset);
    emit_bool(out, chunk->overflow);
    return {};
}
Outcome<void> clear_process_logs(const Context& c, const Arguments& args, std::string& out) {
    return truth_of(c.supervisor.clear_process_logs(args[0].text), out);
}
Outcome<void> clear_all_process_logs(const Context& c, const Arguments&, std::string& out) {
    emit_member_results(out, c.supervisor.clear_all_process_logs());
    return {};
}

template Outcome<void> read_process_log<Channel::Stdout>(const Context&, const Arguments&,
                                                         std::string&);
template Outcome<void> read_process_log<Channel::Stderr>(const Context&, const Arguments&,
                                                         std::string&);
template Outcome<void> tail_process_log<Channel::Stdout>(const Context&, const Arguments&,
                                                         std::string&);
template Outcome<void> tail_process_log<Channel::Stderr>(const Context&, const Arguments&,
                                                         std::string&);

}  // namespace svd::http::rpc
