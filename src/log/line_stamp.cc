#include "log/line_stamp.h"

#include <ctime>

#include <fmt/format.h>

namespace svd::log {

void LineStamp::append(std::string& line, WallTime wall) {
    const std::int64_t second = epoch_seconds(wall);
    if (second != second_) {
        const std::time_t t = second;
        std::tm local{};
        ::localtime_r(&t, &local);
        const auto end = fmt::format_to_n(
            text_, sizeof(text_), "{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900,
            local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
        length_ = static_cast<std::size_t>(end.out - text_);
        second_ = second;
    }
    const auto micros = (wall.time_since_epoch() - std::chrono::seconds(second)).count();
    const auto millis = static_cast<unsigned>(micros / 1000);
    const char tail[] = {',', static_cast<char>('0' + millis / 100),
                         static_cast<char>('0' + millis / 10 % 10),
                         static_cast<char>('0' + millis % 10), ' '};
    line.append(text_, length_).append(tail, sizeof(tail));
}

}  // namespace svd::log
