// The one table of signals: names people may write, numbers, and how Supervisor names them in logs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace svd {

// For rooms that make no system calls.
inline constexpr int kSigkill = 9;

struct SignalRow {
    int number;
    std::string_view name;  // with SIG, as a configuration may spell it
    bool preferred;  // the name that logs use (SIGPOLL for 29, SIGCHLD for 17, SIGABRT for 6)
};

[[nodiscard]] std::span<const SignalRow> signal_table();
// "hup", "SIGHUP", "1" -> 1; any case; "0" is the signal that only asks whether a
// process is there. Empty when neither a known name nor a known number.
[[nodiscard]] std::optional<int> find_signal(std::string_view text);
[[nodiscard]] bool is_known_signal(int number);
// "SIGTERM"; "signal 40" for a number without a name.
[[nodiscard]] std::string signal_name(int number);

}  // namespace svd
