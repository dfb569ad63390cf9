// A second process that holds every descriptor of this one, so that they outlive a crash of it.
//
// The keeper is a child that shares the daemon's descriptor table (CLONE_FILES). So it holds
// whatever the daemon holds at any moment, under the same numbers, and nobody has to tell it of
// anything. When the daemon is gone the table is the keeper's alone: the pipes of the children stay
// open, their pidfds remember how they end, and the next daemon asks for what it needs by number.
//
// Everything else is left to the kernel: the keeper shares no memory with the daemon (a crash that
// dumps core ends all who do), has no heap, and waits in one poll. Without its daemon it closes
// the daemon's connections (kept_sockets.h says which sockets are none) and doors at once, and ends
// when no child is left alive.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"

namespace svd::os {

// Where the keeper of the daemon with this pid file (absolute path) is found: a name in the
// abstract namespace of unix sockets, of this user and pid namespace.
[[nodiscard]] std::string keeper_address(const std::string& pidfile);

class Keeper {
  public:
    // `state` is given to a successor first; its number must stay what it is. `doors` are the
    // listening sockets of the daemon: without one nobody is to wait at them. EADDRINUSE in
    // Error::code when the address is taken.
    [[nodiscard]] static Result<std::unique_ptr<Keeper>> start(const std::string& address,
                                                               int state,
                                                               std::span<const int> doors);
    // Ends it. What it holds is then the daemon's alone again.
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    // Readable when it has ended.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    Keeper() = default;

    int* own_pidfd_ = nullptr;  // in memory that is shared with the keeper
    UniqueFd listener_;
    UniqueFd owner_;  // pidfd of the daemon itself
    UniqueFd pidfd_;
    pid_t pid_ = 0;
};

// What a daemon that is gone has left with its keeper.
class Estate {
  public:
    // Empty when there is no keeper or its daemon lives. An error for a keeper of somebody else, or
    // one that does not answer.
    [[nodiscard]] static Result<std::optional<Estate>> find(const std::string& address);

    [[nodiscard]] int state() const { return state_.get(); }
    // The descriptors that had these numbers there, in this order; an empty one for each that is
    // not open.
    [[nodiscard]] Result<std::vector<UniqueFd>> take(std::span<const int> numbers);
    // Everything is taken: the keeper ends, and with it what was not. Without this it goes on.
    [[nodiscard]] Status settle();

  private:
    UniqueFd connection_;
    UniqueFd state_;
};

}  // namespace svd::os
