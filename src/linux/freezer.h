// The freezer of cgroup v2: nothing in a directory of the tree runs until it is thawed.
//
// cgroup.freeze is an order; the kernel says in cgroup.events when it has been carried out. Frozen
// processes handle signals when they are thawed; one that ends them without their doing (SIGKILL,
// cgroup.kill, SIGTERM that nobody handles) does so at once. Works on an open directory, whatever
// the tree looks like. Linux 5.2 or later; before, ENOENT.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "linux/loop.h"

namespace svd::os {

// Gives the order, and does not wait.
[[nodiscard]] Status order_freeze(int directory, bool freeze);
// What the kernel says of everything in the directory. ENODEV when the directory was removed.
[[nodiscard]] Result<bool> is_frozen(int directory);

// Waits on the loop until a directory is frozen, or is not any more. Move-only; destroying it
// forgets the wait and leaves the order as it is. One descriptor and no wake-up without news.
class FreezeWait {
  public:
    // An error: ETIMEDOUT after `bound`, else what is_frozen() fails with.
    using Done = std::function<void(Status)>;

    FreezeWait();
    FreezeWait(FreezeWait&&) noexcept;
    FreezeWait& operator=(FreezeWait&&) noexcept;
    ~FreezeWait();

    // Calls done once, from the loop, never before this returns; it may destroy the FreezeWait.
    // The directory is only used during this call.
    [[nodiscard]] static Result<FreezeWait> begin(Loop& loop, int directory, bool frozen,
                                                  Duration bound, Done done);
    explicit operator bool() const { return state_ != nullptr; }

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace svd::os
