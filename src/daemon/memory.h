// Keeping the daemon small: what a burst needed (reading a configuration, one large answer) goes
// back to the kernel instead of staying in the allocator, and code that only the burst needed is
// let go.
#pragma once

namespace svd::daemon {

// Once, before anything is allocated: large blocks are mapped and unmapped on their own. By default
// the C library moves that limit up as soon as the first large block is freed.
void limit_memory_cache();
// After a burst. A few milliseconds with thousands of programs.
void return_free_memory();

}  // namespace svd::daemon
