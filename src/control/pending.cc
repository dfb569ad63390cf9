#include "control/pending.h"

namespace svd::control {

void Supervisor::Pending::add_result(const Member& member, const Outcome<void>& outcome) {
    if (single) {
        if (!outcome) fault = outcome.error();
        return;
    }
    MemberResult result;
    result.name = member.process->name();
    result.group = member.process->group->name();
    result.status = outcome ? FaultCode::Success : outcome.error().code;
    result.description = outcome ? "OK" : outcome.error().text();
    results.push_back(std::move(result));
}

void Supervisor::Pending::finish() {
    if (fault)
        done(std::unexpected(std::move(*fault)));
    else
        done(std::move(results));
}

}  // namespace svd::control
