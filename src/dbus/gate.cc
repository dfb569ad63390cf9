#include "dbus/gate.h"

#include <fmt/format.h>
#include <unistd.h>

namespace svd::dbus {

namespace {

Question question_of(const Call& call) {
    Question question;
    const char* sender = sd_bus_message_get_sender(call.message());
    question.client = sender == nullptr ? "" : sender;
    question.action = action_name(call.method().action);
    question.verb = call.method().name;
    question.interactive = sd_bus_message_get_allow_interactive_authorization(call.message()) > 0;
    if (call.method().about == About::Group) question.group = call.name();
    if (call.method().about == About::Process) {
        const auto spec = control::split_namespec(call.name());
        question.group = spec.group;
        if (spec.process) question.program = *spec.process;
    }
    return question;
}

void deny(const CallPtr& call, std::string_view why) {
    call->fail(SD_BUS_ERROR_ACCESS_DENIED,
               fmt::format("{} needs the authorization {}: {}", call->method().name,
                           action_name(call->method().action), why));
}

void follow(const CallPtr& call, const Verdict& verdict) {
    if (verdict.allowed) return run(call);
    if (verdict.absent) {
        if (call->method().action == Action::View) return run(call);
        return deny(call, "there is no polkit to ask, so only root and svd's own user have it");
    }
    if (verdict.challenge)
        return call->fail(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                          fmt::format("{} needs the authorization {}: polkit would ask for a "
                                      "password, which this call does not allow",
                                      call->method().name, action_name(call->method().action)));
    deny(call, verdict.trouble.empty() ? "polkit does not grant it"
                                       : "polkit has not answered: " + verdict.trouble);
}

}  // namespace

// How many calls wait for a verdict, and whose they are. Shared with their answers.
struct Gate::Held {
    std::size_t all = 0;
    std::map<uid_t, std::size_t> of_user;
};

Gate::Gate(SdbusLink& bus, bool polkit)
    : bus_(bus), polkit_(polkit), held_(std::make_shared<Held>()) {}
Gate::~Gate() = default;

void run(const CallPtr& call) {
    if (!call->method().always)
        if (auto admitted = call->supervisor().admit(); !admitted)
            return call->fail(admitted.error());
    call->method().run(call);
}

void Gate::admit(const CallPtr& call) {
    const char* sender = sd_bus_message_get_sender(call->message());
    if (sender == nullptr) return deny(call, "nobody says who calls");
    if (call->method().action == Action::None) return run(call);
    if (const auto uid = known_.find(std::string_view(sender)); uid != known_.end())
        return decide(call, uid->second);
    if (held_->all >= kMostChecks)
        return call->fail(SD_BUS_ERROR_LIMITS_EXCEEDED, "too many calls wait for authorization");
    ++held_->all;
    // Not after this gate: the link cancels what it has asked for when it ends.
    bus_.ask_uid(
        sender, [this, call, client = std::string(sender), held = held_](const Result<uid_t>& uid) {
            --held->all;
            if (!uid) return deny(call, "the bus does not say who calls: " + uid.error().text);
            learn(client, *uid);
            decide(call, *uid);
        });
}

void Gate::learn(const std::string& client, uid_t uid) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_[client] = uid;
}

void Gate::decide(const CallPtr& call, uid_t uid) {
    if (uid == 0 || uid == ::geteuid()) return run(call);
    if (!polkit_) {
        Verdict absent;
        absent.absent = true;
        return follow(call, absent);
    }
    ask(call, uid);
}

void Gate::ask(const CallPtr& call, uid_t uid) {
    auto& of_user = held_->of_user[uid];
    if (held_->all >= kMostChecks || of_user >= kMostOfOneUser) {
        if (of_user == 0) held_->of_user.erase(uid);
        return call->fail(SD_BUS_ERROR_LIMITS_EXCEEDED,
                          "too many calls of this user wait for authorization");
    }
    ++held_->all;
    ++of_user;
    bus_.ask_polkit(question_of(*call), [call, uid, held = held_](const Verdict& verdict) {
        --held->all;
        if (auto user = held->of_user.find(uid); --user->second == 0) held->of_user.erase(user);
        follow(call, verdict);
    });
}

}  // namespace svd::dbus
