// "2026-11-21 20:00:00,123 " in local time; the date part is worked out once per second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace svd::log {

class LineStamp {
  public:
    // Appends the stamp with its trailing blank; milliseconds are cut off, not rounded.
    void append(std::string& line, WallTime wall);

  private:
    std::int64_t second_ = INT64_MIN;
    std::size_t length_ = 0;
    char text_[32] = {};  // up to and including the seconds
};

}  // namespace svd::log
