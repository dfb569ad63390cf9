// Sizes, lengths of time and points in time as people read them. Pure but for the time zone.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace svd {

// Powers of 1024 as the configuration writes them: "0", "812K", "12.3M", "600M", "1.5G".
[[nodiscard]] std::string byte_text(std::uint64_t bytes);
// "0.12 s", "9.5 s", "42 s", "3 min 4 s", "2 h 5 min", "4 d 3 h"; a negative one is "0.00 s".
[[nodiscard]] std::string duration_text(Duration duration);
// "2026-11-22 05:14:02", local time.
[[nodiscard]] std::string local_time_text(WallTime time);
// Number of the local calendar day; later days have higher numbers, not always by one.
[[nodiscard]] int local_day(WallTime time);
// "1st", "2nd", "3rd", "11th".
[[nodiscard]] std::string ordinal_text(std::uint64_t number);

}  // namespace svd
