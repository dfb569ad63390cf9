// restart: a stop and a start that belong together.
#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

// One process: the machine starts it again as soon as it has ended.
void Supervisor::restart_one(std::string_view name, Wait wait, Done<MemberResults> done) {
    const auto again = [this, name = std::string(name), wait,
                        done = std::move(done)](const Outcome<MemberResults>& stopped) {
        if (!stopped && stopped.error().code != FaultCode::NotRunning)
            return done(std::unexpected(stopped.error()));
        start(name, wait, done);
    };
    stop(name, Wait::No, again);
}

// Many: all are down before the first starts, so that it is in the order of priority.
void Supervisor::restart_many(const StopOrStart& stop_them, const StopOrStart& start_them,
                              Wait wait, Done<MemberResults> done) {
    if (wait == Wait::No) {
        stop_them(Wait::Yes, [start_them](const Outcome<MemberResults>& stopped) {
            if (stopped) start_them(Wait::No, [](const Outcome<MemberResults>&) {});
        });
        return done(MemberResults{});
    }
    stop_them(Wait::Yes, [start_them, done = std::move(done)](Outcome<MemberResults> stopped) {
        if (!stopped) return done(std::move(stopped));
        start_them(Wait::Yes, done);
    });
}

void Supervisor::restart_process(std::string_view name, Wait wait, Done<MemberResults> done) {
    const auto spec = split_namespec(name);
    if (spec.process) return restart_one(name, wait, std::move(done));
    if (!fleet_.find_group(spec.group)) return done(refuse(FaultCode::BadName, std::string(name)));
    restart_group(spec.group, wait, std::move(done));
}

void Supervisor::restart_group(std::string_view name, Wait wait, Done<MemberResults> done) {
    if (!fleet_.find_group(name)) return done(refuse(FaultCode::BadName, std::string(name)));
    restart_many(
        [this, name = std::string(name)](Wait how, Done<MemberResults> then) {
            stop_group(name, how, std::move(then));
        },
        [this, name = std::string(name)](Wait how, Done<MemberResults> then) {
            start_group(name, how, std::move(then));
        },
        wait, std::move(done));
}

void Supervisor::restart_all(Wait wait, Done<MemberResults> done) {
    restart_many([this](Wait how, Done<MemberResults> then) { stop_all(how, std::move(then)); },
                 [this](Wait how, Done<MemberResults> then) { start_all(how, std::move(then)); },
                 wait, std::move(done));
}

}  // namespace svd::control
