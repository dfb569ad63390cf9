#include "daemon/memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "linux/idle_code.h"

namespace svd::daemon {

void limit_memory_cache() {
#ifdef __GLIBC__
    constexpr int kLargeBlock = 128 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
    ::mallopt(M_TRIM_THRESHOLD, kLargeBlock);
#endif
}

void return_free_memory() {
    os::release_idle_code();  // needs some itself
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}  // namespace svd::daemon
