// A verb on one or many processes that is not complete yet.
#pragma once

#include "control/supervisor.h"

namespace svd::control {

// Also what is stopping only to start again, which is taken back.
[[nodiscard]] inline bool can_be_stopped(const process::Data& data) {
    return process::is_running(data.state) || data.restart_wanted;
}

struct Supervisor::Member {
    process::Process* process = nullptr;
    std::string name;    // as the caller will see it in a fault
    bool begun = false;  // false: still to be started or stopped in a later turn
};

struct Supervisor::Pending {
    Action action = Action::Start;
    Wait wait = Wait::Yes;
    bool single = false;          // a fault of the one member is the fault of the verb
    std::vector<Member> members;  // those without a result yet, in order
    MemberResults results;
    std::optional<Fault> fault;  // single only
    Done<MemberResults> done;

    void add_result(const Member& member, const Outcome<void>& outcome);
    void finish();
};

}  // namespace svd::control
