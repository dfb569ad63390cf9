// update: reread, and what has changed is carried out, some groups in each turn of the loop.
#include <utility>

#include "control/pending.h"
#include "control/supervisor.h"

namespace svd::control {

namespace {
constexpr int kGroupsPerTurn = 16;
}

void Supervisor::update(Done<ReloadResult> done) {
    if (update_)
        return done(refuse(FaultCode::Failed, "another update is under way, ask again after it"));
    tell_reloading(true);
    auto changes = reload_config();
    if (!changes) {
        tell_reloading(false);
        return done(std::unexpected(changes.error()));
    }
    update_ = std::make_unique<Update>();
    auto& [result, leaving, entering, outcome, stopping, advancing, then] = *update_;
    result = *std::move(changes);
    then = std::move(done);
    // In the order of `svctl update`.
    leaving.assign(result.removed.begin(), result.removed.end());
    leaving.insert(leaving.end(), result.changed.begin(), result.changed.end());
    entering.assign(result.changed.begin(), result.changed.end());
    entering.insert(entering.end(), result.added.begin(), result.added.end());
    advance_update();
}

void Supervisor::advance_update() {
    if (!update_ || update_->advancing) return;
    update_->advancing = true;
    bool going_on = true;
    for (int budget = kGroupsPerTurn; budget > 0 && going_on; --budget)
        if (!update_->leaving.empty())
            going_on = leave_next();
        else if (!update_->entering.empty())
            enter_next();
        else
            return finish_update();
    update_->advancing = false;
    if (going_on) host_.settle_soon();
}

// False while the group is not down: the next change of a state leads here again.
bool Supervisor::leave_next() {
    const std::string& name = update_->leaving.front();
    const auto* group = fleet_.find_group(name);
    if (group != nullptr && !group->all_stopped()) {
        if (!std::exchange(update_->stopping, true))
            stop_group(name, Wait::Yes, [this](const Outcome<MemberResults>&) {
                if (update_) update_->stopping = false;
            });
        return false;
    }
    auto removed = remove_group(name);
    if (!removed && removed.error().code != FaultCode::BadName && update_->outcome)
        update_->outcome = std::move(removed);
    update_->leaving.pop_front();
    update_->stopping = false;
    return true;
}

void Supervisor::enter_next() {
    auto added = add_group(update_->entering.front());
    if (!added && added.error().code != FaultCode::AlreadyAdded && update_->outcome)
        update_->outcome = std::move(added);
    update_->entering.pop_front();
}

void Supervisor::finish_update() {
    const auto update = std::move(update_);
    tell_reloading(false);
    if (!update->outcome) return update->done(std::unexpected(update->outcome.error()));
    update->done(std::move(update->result));
}

}  // namespace svd::control
