#include "daemon/upgrade.h"

#include <algorithm>

#include "daemon/child_environment.h"
#include "linux/handover.h"
#include "linux/spawn.h"
#include "state/codec.h"

namespace svd::daemon {

using namespace std::chrono_literals;

namespace {
// Clients that have not read their answers by then lose them.
constexpr auto kGoodbyeFor = 500ms;
constexpr auto kLookAgain = 1ms;
}  // namespace

Upgrade::Upgrade(os::Loop& loop, os::ChildTable& children, log::DaemonLog& log,
                 std::vector<std::string> argv, Hooks hooks)
    : loop_(loop),
      children_(children),
      log_(log),
      argv_(std::move(argv)),
      hooks_(std::move(hooks)) {}

Result<std::unique_ptr<Upgrade>> Upgrade::create(os::Loop& loop, os::ChildTable& children,
                                                 log::DaemonLog& log, std::vector<std::string> argv,
                                                 Hooks hooks) {
    std::unique_ptr<Upgrade> upgrade(
        new Upgrade(loop, children, log, std::move(argv), std::move(hooks)));
    auto* self = upgrade.get();
    SVD_TRY(upgrade->timer_,
            os::Timer::create(loop, [self] { self->leave(); }, os::Priority::Control));
    return upgrade;
}

void Upgrade::begin(control::Done<void> done) {
    if (in_progress())
        return done(control::refuse(control::FaultCode::Failed, "an upgrade is under way"));
    phase_ = Phase::Asking;
    done_ = std::move(done);
    auto program = os::own_program();
    if (!program) return asked(std::unexpected(std::move(program).error()));
    program_ = *std::move(program);
    auto check = UpgradeCheck::start(loop_, children_, program_, state::encode(hooks_.save()),
                                     [this](const Status& answer) { asked(answer); });
    if (!check) return asked(std::unexpected(std::move(check).error()));
    check_ = *std::move(check);
}

void Upgrade::asked(const Status& answer) {
    const auto done = std::exchange(done_, nullptr);
    if (!answer) {
        phase_ = Phase::None;
        log_.error("not upgraded, everything goes on as it is: {}", answer.error().text);
        return done(control::refuse(control::FaultCode::Failed, answer.error().text));
    }
    phase_ = Phase::Leaving;
    const MonoTime now = os::Loop::now().mono;
    patience_over_ = now + kGoodbyeFor;
    timer_.set(now);
    done({});
}

void Upgrade::leave() {
    auto& server = hooks_.server();
    // Those who come now wait in the queue of the socket.
    server.stop_listening();
    server.say_goodbye();
    const MonoTime now = os::Loop::now().mono;
    const bool clients_left = server.connection_count() > 0 && now < patience_over_;
    // A child between clone and exec could not report a failure to the next program.
    if (clients_left || !os::settle_launches()) return timer_.set(now + kLookAgain);
    children_.collect();
    become();
}

void Upgrade::become() {
    phase_ = Phase::None;
    log_.info("going on as {}", program_);
    const auto snapshot = hooks_.save();
    auto descriptors = state::descriptors_of(snapshot);
    hooks_.let_go();
    const auto become = [&]() -> Status {
        SVD_TRY(const auto file, os::make_sealed_file(state::encode(snapshot)));
        descriptors.push_back(file.get());
        SVD_CHECK(os::set_at_exec(descriptors, os::AtExec::Keep));
        return std::unexpected(
            os::become_program(program_, argv_, fmt::format("{}={}", kStateVariable, file.get())));
    };
    const auto failed = become();
    ignore(os::set_at_exec(descriptors, os::AtExec::Close), "they are closed in children anyway");
    log_.critical("not upgraded, everything goes on as it is: {}", failed.error().text);
    hooks_.resume();
}

}  // namespace svd::daemon
