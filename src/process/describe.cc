// How a process and its end are put into words, as Supervisor does.
#include <array>
#include <ctime>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/signal_table.h"
#include "process/machine.h"

namespace svd::process {

namespace {

// str() of a Python timedelta without microseconds.
std::string uptime_text(Duration uptime) {
    using namespace std::chrono;
    const auto seconds_up = std::max<std::int64_t>(floor<seconds>(uptime).count(), 0);
    const std::int64_t days = seconds_up / 86400;
    const std::int64_t rest = seconds_up % 86400;
    std::string clock =
        fmt::format(FMT_COMPILE("{}:{:02}:{:02}"), rest / 3600, rest / 60 % 60, rest % 60);
    if (days == 0) return clock;
    return fmt::format("{} day{}, {}", days, days == 1 ? "" : "s", clock);
}

// '%b %d %I:%M %p' in the C locale, whatever the locale of the process.
std::string stop_time_text(WallTime stop) {
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = epoch_seconds(stop);
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return "";
    const int hour = local.tm_hour % 12 == 0 ? 12 : local.tm_hour % 12;
    return fmt::format("{} {:02} {:02}:{:02} {}",
                       kMonths.at(static_cast<std::size_t>(local.tm_mon)), local.tm_mday, hour,
                       local.tm_min, local.tm_hour < 12 ? "AM" : "PM");
}

}  // namespace

std::string describe(const ExitStatus& status) {
    if (status.code) return fmt::format("exit status {}", *status.code);
    return fmt::format("terminated by {}{}", signal_name(status.signal),
                       status.core_dumped ? " (core dumped)" : "");
}

std::string describe(const Data& data, const Now& now, std::string_view name) {
    switch (data.state) {
        case State::Running:
            return fmt::format(FMT_COMPILE("pid {}, uptime {}"), data.pid,
                               uptime_text(now.mono - data.started_mono));
        case State::Fatal:
        case State::Backoff:
            if (!data.spawnerr.empty()) return data.spawnerr;
            return fmt::format("unknown error (try \"tail {}\")", name);
        case State::Stopped:
        case State::Exited:
            if (data.laststop == WallTime{}) return "Not started";
            return stop_time_text(data.laststop);
        case State::Starting:
        case State::Stopping:
        case State::Unknown:
            break;
    }
    return "";
}

}  // namespace svd::process
