#include "base/clock.h"

#include <ctime>

namespace svd {

Now read_clocks() {
    timespec mono{};
    timespec wall{};
    ::clock_gettime(CLOCK_MONOTONIC, &mono);
    ::clock_gettime(CLOCK_REALTIME, &wall);
    using namespace std::chrono;
    return Now{
        MonoTime(seconds(mono.tv_sec) + nanoseconds(mono.tv_nsec)),
        WallTime(duration_cast<microseconds>(seconds(wall.tv_sec) + nanoseconds(wall.tv_nsec)))};
}

}  // namespace svd
