// What the daemon does with its signals, and what its children must undo of that.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace svd::os {

// Signal n is bit n - 1.
using SignalSet = std::uint64_t;
inline constexpr SignalSet kAllSignals = ~SignalSet{0};

// Blocks every signal that the loop takes by signalfd, ignores SIGPIPE and SIGXFSZ, and gives all
// others their default action, whatever a starter has left. Once, first thing in main.
[[nodiscard]] Status prepare_signals();

// The signals that this process may ignore, and that a child has to reset therefore: all of them
// before prepare_signals().
[[nodiscard]] SignalSet signals_ignored() noexcept;

// Gives these signals their default action. Async-signal-safe; leaves errno alone.
void reset_signals(SignalSet which) noexcept;

}  // namespace svd::os
