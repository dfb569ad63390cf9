// Methods about svd itself and its configuration.
#include "dbus/verbs.h"

namespace svd::dbus::verbs {

using control::Outcome;
using control::ReloadResult;

namespace {

void write_names(Writer& out, const std::vector<std::string>& names) {
    out.array("s", [&] {
        for (const auto& name : names) out.text(name);
    });
}

void answer_changes(const CallPtr& call, const Outcome<ReloadResult>& changes) {
    if (!changes) return call->fail(changes.error());
    if (*call->method().out == '\0') return call->reply();
    call->reply([&](Writer& out) {
        write_names(out, changes->added);
        write_names(out, changes->changed);
        write_names(out, changes->removed);
    });
}

}  // namespace

void reread(const CallPtr& call) {
    answer_changes(call, call->supervisor().reload_config());
}
void update(const CallPtr& call) {
    call->supervisor().update(
        [call](const Outcome<ReloadResult>& changes) { answer_changes(call, changes); });
}
void reload(const CallPtr& call) {
    update(call);
}
void add_group(const CallPtr& call) {
    answer(call, call->supervisor().add_group(call->name()));
}
void remove_group(const CallPtr& call) {
    answer(call, call->supervisor().remove_group(call->name()));
}
void send_event(const CallPtr& call) {
    const std::string type = call->arguments().text();
    call->supervisor().send_remote_comm_event(type, call->arguments().text());
    call->reply();
}
void restart_daemon(const CallPtr& call) {
    answer(call, call->supervisor().restart());
}
void shutdown(const CallPtr& call) {
    answer(call, call->supervisor().shutdown());
}
void upgrade(const CallPtr& call) {
    call->supervisor().upgrade([call](const Outcome<void>& outcome) { answer(call, outcome); });
}

void subscribe(const CallPtr& call) {
    if (!call->office().subscribe(sd_bus_message_get_sender(call->message()), true))
        return call->fail("org.svd1.Error.AlreadySubscribed", "this client is subscribed already");
    call->reply();
}
void unsubscribe(const CallPtr& call) {
    if (!call->office().subscribe(sd_bus_message_get_sender(call->message()), false))
        return call->fail("org.svd1.Error.NotSubscribed", "this client is not subscribed");
    call->reply();
}

}  // namespace svd::dbus::verbs
