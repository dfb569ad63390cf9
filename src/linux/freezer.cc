#include "linux/freezer.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/fd.h"

namespace svd::os {
namespace {

Result<UniqueFd> open_events(int directory) {
    auto fd = UniqueFd::adopt(::openat(directory, "cgroup.events", O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, "open cgroup.events");
    return fd;
}

Result<bool> says_frozen(int events) {
    std::array<char, 256> text{};
    const ssize_t size = ::pread(events, text.data(), text.size(), 0);
    if (size < 0) return fail_errno(errno, "read cgroup.events");
    const std::string_view lines(text.data(), static_cast<std::size_t>(size));
    return lines.find("frozen 1") != std::string_view::npos;
}

}  // namespace

Status order_freeze(int directory, bool freeze) {
    const auto fd = UniqueFd::adopt(::openat(directory, "cgroup.freeze", O_WRONLY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, "open cgroup.freeze");
    if (::write(fd.get(), freeze ? "1" : "0", 1) != 1)
        return fail_errno(errno, "write to cgroup.freeze");
    return {};
}

Result<bool> is_frozen(int directory) {
    SVD_TRY(const UniqueFd events, open_events(directory));
    return says_frozen(events.get());
}

struct FreezeWait::State {
    bool wanted = false;
    MonoTime deadline{};
    Done done;
    UniqueFd events;
    Watch changed;  // after the descriptor it watches
    Timer timer;

    // May destroy this object in its last line.
    void look() {
        const auto frozen = says_frozen(events.get());
        if (frozen && *frozen != wanted) {
            if (Loop::now().mono < deadline) {
                timer.set(deadline);
                return;
            }
            return finish(fail_errno(ETIMEDOUT, "{}", wanted ? "freeze" : "thaw"));
        }
        if (!frozen) return finish(std::unexpected(frozen.error()));
        finish({});
    }
    void finish(Status status) {
        changed.reset();
        timer.clear();
        const auto call = std::move(done);
        call(std::move(status));
    }
};

FreezeWait::FreezeWait() = default;
FreezeWait::FreezeWait(FreezeWait&&) noexcept = default;
FreezeWait& FreezeWait::operator=(FreezeWait&&) noexcept = default;
FreezeWait::~FreezeWait() = default;

Result<FreezeWait> FreezeWait::begin(Loop& loop, int directory, bool frozen, Duration bound,
                                     Done done) {
    FreezeWait wait;
    wait.state_ = std::make_unique<State>();
    State& state = *wait.state_;
    const MonoTime now = Loop::now().mono;
    state.wanted = frozen;
    state.deadline = now + bound;
    state.done = std::move(done);
    SVD_TRY(state.events, open_events(directory));
    // The kernel notifies readers of this file as of an exceptional condition, until they read.
    SVD_TRY(state.changed, Watch::add(loop, state.events.get(), EPOLLPRI, Priority::CgroupEmpty,
                                      [&state](std::uint32_t) { state.look(); }));
    SVD_TRY(state.timer, Timer::create(loop, [&state] { state.look(); }, Priority::CgroupEmpty));
    state.timer.set(now);  // it may be so already
    return wait;
}

}  // namespace svd::os
