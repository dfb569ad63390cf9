#include "daemon/upgrade_check.h"

#include <csignal>

#include <unistd.h>

#include "base/signal_table.h"
#include "base/strings.h"
#include "linux/handover.h"
#include "linux/spawn.h"

namespace svd::daemon {

Result<std::unique_ptr<UpgradeCheck>> UpgradeCheck::start(os::Loop& loop, os::ChildTable& children,
                                                          const std::string& program,
                                                          std::string_view state,
                                                          std::function<void(Status)> done) {
    SVD_TRY(const auto file, os::make_sealed_file(state));
    SVD_TRY(auto pipe, make_pipe());
    SVD_CHECK(set_nonblocking(pipe.read.get()));
    std::unique_ptr<UpgradeCheck> check(new UpgradeCheck(children, program, std::move(done)));
    auto* self = check.get();
    SVD_TRY(self->timer_, os::Timer::create(loop, [self] {
                self->too_slow_ = true;
                ignore(os::send_signal(self->children_, self->pid_, SIGKILL), "it ends just now");
            }));
    os::SpawnSpec spec;
    spec.path = program;
    spec.argv = {program, "--check-state"};
    for (char** entry = environ; *entry != nullptr; ++entry) spec.env.emplace_back(*entry);
    spec.in = file.get();
    spec.out = pipe.write.get();
    spec.err = pipe.write.get();
    SVD_TRY(auto child, os::spawn(spec));
    check->pid_ = child.pid;
    SVD_CHECK(children.adopt(std::move(child),
                             [self](const os::ExitReport& report) { self->ended(report); }));
    check->output_ = std::move(pipe.read);
    check->timer_.set(os::Loop::now().mono + kPatience);
    return check;
}

UpgradeCheck::~UpgradeCheck() {
    if (pid_ > 0) children_.forget(pid_);
}

// The first line, in one piece.
std::string UpgradeCheck::said() const {
    char buffer[512];
    const ssize_t size = ::read(output_.get(), buffer, sizeof buffer);
    std::string_view text(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
    text = text.substr(0, text.find('\n'));
    return std::string(text);
}

void UpgradeCheck::ended(const os::ExitReport& report) {
    pid_ = 0;
    timer_.clear();
    const auto done = std::move(done_);
    if (report.exec_stage)
        return done(fail("cannot run {}: {}", program_, errno_text(report.exec_errno)));
    if (too_slow_)
        return done(fail("{} has not answered within {} seconds", program_, kPatience.count()));
    if (report.status.code == 0) return done({});
    const std::string text = said();
    if (!report.status.code)
        return done(fail("{} was ended by {}", program_, signal_name(report.status.signal)));
    return done(fail("{} refuses: {}", program_,
                     text.empty() ? fmt::format("exit status {}", *report.status.code) : text));
}

}  // namespace svd::daemon
