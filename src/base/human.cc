#include "base/human.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

namespace svd {

namespace {

std::tm local_tm(WallTime time) {
    const std::time_t seconds = epoch_seconds(time);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return local;
}

}  // namespace

std::string byte_text(std::uint64_t bytes) {
    static constexpr std::array kUnits{"", "K", "M", "G", "T", "P", "E"};
    constexpr double kStep = 1024;
    constexpr double kShortest = 99.95;  // from here on a decimal would say nothing
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 1023.9K is shown as 1.0M, not as 1024K.
    while (value >= kStep - 0.5 && unit + 1 < kUnits.size()) {
        value /= kStep;
        ++unit;
    }
    const bool whole = value == static_cast<double>(static_cast<std::uint64_t>(value));
    if (unit == 0 || whole || value >= kShortest)
        return fmt::format("{:.0f}{}", value, kUnits.at(unit));
    return fmt::format("{:.1f}{}", value, kUnits.at(unit));
}

std::string duration_text(Duration duration) {
    using namespace std::chrono;
    const double exact = std::max(std::chrono::duration<double>(duration).count(), 0.0);
    if (exact < 0.995) return fmt::format("{:.2f} s", exact);
    if (exact < 9.95) return fmt::format("{:.1f} s", exact);
    const std::int64_t all = round<seconds>(duration).count();
    if (all < 60) return fmt::format("{} s", all);
    if (all < 3600) return fmt::format("{} min {} s", all / 60, all % 60);
    if (all < 86400) return fmt::format("{} h {} min", all / 3600, all / 60 % 60);
    return fmt::format("{} d {} h", all / 86400, all / 3600 % 24);
}

std::string local_time_text(WallTime time) {
    const std::tm local = local_tm(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900,
                       local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

int local_day(WallTime time) {
    const std::tm local = local_tm(time);
    return local.tm_year * 366 + local.tm_yday;
}

std::string ordinal_text(std::uint64_t number) {
    const auto last_two = number % 100;
    const char* ending = "th";
    if (last_two < 11 || last_two > 13) {
        if (number % 10 == 1) ending = "st";
        if (number % 10 == 2) ending = "nd";
        if (number % 10 == 3) ending = "rd";
    }
    return fmt::format("{}{}", number, ending);
}

}  // namespace svd
