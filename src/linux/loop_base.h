// What both loops (loop.cc and loop_epoll.cc) keep the same way, for them and loop_handles.cc
// alone. Each completes LoopState, which is a LoopBase, and Source for itself.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <signal.h>

#include "base/error.h"
#include "linux/loop.h"

namespace svd::os::detail {

// How often a source may run before it steps behind the others. Small, because a hundred noisy
// children each get this many reads before an API client is answered.
constexpr int kTurnsBeforeStepBack = 4;
constexpr std::int64_t kStepBack = 100;  // added to the priority; larger than any Priority

struct LoopBase {
    std::vector<Source*> stepped_back;
    std::function<void(std::string_view)> on_exception;
    std::uint64_t turns = 0;
    std::optional<int> exit_code;

    // Calls a callback; what it throws is told to on_exception.
    template <class F>
    void guarded(F&& call) noexcept {
        try {
            call();
        } catch (const std::exception& e) {
            complain(e.what());
        } catch (...) {
            complain("unknown exception");
        }
    }

  private:
    void complain(const char* what) noexcept;
};

// Makes a signal one that only waits to be taken: by default, and blocked in this thread. Answers
// the set that it is alone in.
[[nodiscard]] Result<sigset_t> hold_back_signal(int number);

}  // namespace svd::os::detail
