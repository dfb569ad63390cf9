// Methods that act on processes.
#include "dbus/verbs.h"

namespace svd::dbus {

using control::FaultCode;
using control::MemberResults;
using control::Outcome;
using control::Wait;

namespace {

void write_row(Writer& out, std::string_view group, std::string_view name, std::string_view error,
               std::string_view message) {
    out.structure("ssss", [&] {
        out.text(group);
        out.text(name);
        out.text(error);
        out.text(message);
    });
}

std::string whole(const std::string& group) {
    return group + ":*";
}

}  // namespace

void answer(const CallPtr& call, const Outcome<void>& outcome) {
    if (!outcome) return call->fail(outcome.error());
    call->reply();
}

void answer(const CallPtr& call, const Outcome<MemberResults>& outcome) {
    if (!outcome) return call->fail(outcome.error());
    if (*call->method().out == '\0') return call->reply();
    call->reply([&](Writer& out) {
        out.array("(ssss)", [&] {
            for (const auto& one : *outcome)
                write_row(out, one.group, one.name,
                          one.status == FaultCode::Success ? "" : error_name(one.status),
                          one.description);
            // The outcome of a verb on one process has no rows.
            const auto spec = control::split_namespec(call->name());
            if (call->method().about == About::Process && outcome->empty() && spec.process)
                write_row(out, spec.group, *spec.process, "", "OK");
        });
    });
}

control::Done<MemberResults> then_results(const CallPtr& call) {
    return [call](const Outcome<MemberResults>& outcome) { answer(call, outcome); };
}

namespace verbs {

template <Wait kWait>
void start(const CallPtr& call) {
    call->supervisor().start(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void stop(const CallPtr& call) {
    call->supervisor().stop(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void restart(const CallPtr& call) {
    call->supervisor().restart_process(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void start_group(const CallPtr& call) {
    call->supervisor().start_group(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void stop_group(const CallPtr& call) {
    call->supervisor().stop_group(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void restart_group(const CallPtr& call) {
    call->supervisor().restart_group(call->name(), kWait, then_results(call));
}
template <Wait kWait>
void start_all(const CallPtr& call) {
    call->supervisor().start_all(kWait, then_results(call));
}
template <Wait kWait>
void stop_all(const CallPtr& call) {
    call->supervisor().stop_all(kWait, then_results(call));
}
template <Wait kWait>
void restart_all(const CallPtr& call) {
    call->supervisor().restart_all(kWait, then_results(call));
}

void pause(const CallPtr& call) {
    call->supervisor().pause(call->name(), then_results(call));
}
void resume(const CallPtr& call) {
    call->supervisor().resume(call->name(), then_results(call));
}
void pause_group(const CallPtr& call) {
    call->supervisor().pause(whole(call->name()), then_results(call));
}
void resume_group(const CallPtr& call) {
    call->supervisor().resume(whole(call->name()), then_results(call));
}
void pause_all(const CallPtr& call) {
    call->supervisor().pause_all(then_results(call));
}
void resume_all(const CallPtr& call) {
    call->supervisor().resume_all(then_results(call));
}

void signal(const CallPtr& call) {
    answer(call, call->supervisor().signal(call->name(), call->arguments().text()));
}
void signal_group(const CallPtr& call) {
    answer(call, call->supervisor().signal_group(call->name(), call->arguments().text()));
}
void signal_all(const CallPtr& call) {
    answer(call, Outcome<MemberResults>(call->supervisor().signal_all(call->arguments().text())));
}

void send_stdin(const CallPtr& call) {
    answer(call, call->supervisor().send_stdin(call->name(), call->arguments().text()));
}

template void start<Wait::Yes>(const CallPtr&);
template void start<Wait::No>(const CallPtr&);
template void stop<Wait::Yes>(const CallPtr&);
template void stop<Wait::No>(const CallPtr&);
template void restart<Wait::Yes>(const CallPtr&);
template void restart<Wait::No>(const CallPtr&);
template void start_group<Wait::Yes>(const CallPtr&);
template void start_group<Wait::No>(const CallPtr&);
template void stop_group<Wait::Yes>(const CallPtr&);
template void stop_group<Wait::No>(const CallPtr&);
template void restart_group<Wait::Yes>(const CallPtr&);
template void restart_group<Wait::No>(const CallPtr&);
template void start_all<Wait::Yes>(const CallPtr&);
template void start_all<Wait::No>(const CallPtr&);
template void stop_all<Wait::Yes>(const CallPtr&);
template void stop_all<Wait::No>(const CallPtr&);
template void restart_all<Wait::Yes>(const CallPtr&);
template void restart_all<Wait::No>(const CallPtr&);

}  // namespace verbs
}  // namespace svd::dbus
