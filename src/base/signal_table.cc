#include "base/signal_table.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd {

namespace {
// 34 and 64 are what Python calls SIGRTMIN and SIGRTMAX on Linux; the C library's SIGRTMIN is a
// function call and may differ, and configurations mean these numbers.
constexpr auto kSignals = std::to_array<SignalRow>({
    {SIGHUP, "SIGHUP", true},       {SIGINT, "SIGINT", true},       {SIGQUIT, "SIGQUIT", true},
    {SIGILL, "SIGILL", true},       {SIGTRAP, "SIGTRAP", true},     {SIGABRT, "SIGABRT", true},
    {SIGABRT, "SIGIOT", false},     {SIGBUS, "SIGBUS", true},       {SIGFPE, "SIGFPE", true},
    {SIGKILL, "SIGKILL", true},     {SIGUSR1, "SIGUSR1", true},     {SIGSEGV, "SIGSEGV", true},
    {SIGUSR2, "SIGUSR2", true},     {SIGPIPE, "SIGPIPE", true},     {SIGALRM, "SIGALRM", true},
    {SIGTERM, "SIGTERM", true},     {SIGSTKFLT, "SIGSTKFLT", true}, {SIGCHLD, "SIGCHLD", true},
    {SIGCHLD, "SIGCLD", false},     {SIGCONT, "SIGCONT", true},     {SIGSTOP, "SIGSTOP", true},
    {SIGTSTP, "SIGTSTP", true},     {SIGTTIN, "SIGTTIN", true},     {SIGTTOU, "SIGTTOU", true},
    {SIGURG, "SIGURG", true},       {SIGXCPU, "SIGXCPU", true},     {SIGXFSZ, "SIGXFSZ", true},
    {SIGVTALRM, "SIGVTALRM", true}, {SIGPROF, "SIGPROF", true},     {SIGWINCH, "SIGWINCH", true},
    {SIGIO, "SIGIO", false},        {SIGIO, "SIGPOLL", true},       {SIGPWR, "SIGPWR", true},
    {SIGSYS, "SIGSYS", true},       {34, "SIGRTMIN", true},         {64, "SIGRTMAX", true},
});
}  // namespace

std::span<const SignalRow> signal_table() {
    return kSignals;
}

bool is_known_signal(int number) {
    return std::ranges::any_of(kSignals, [&](const auto& row) { return row.number == number; });
}

std::optional<int> find_signal(std::string_view text) {
    if (const auto number = parse_python_int(text)) {
        if (*number == 0) return 0;  // "are you there?", as kill(2) has it
        if (*number < 0 || *number > 64 || !is_known_signal(static_cast<int>(*number)))
            return std::nullopt;
        return static_cast<int>(*number);
    }
    std::string wanted = to_upper(trim(text));
    if (!wanted.starts_with("SIG")) wanted.insert(0, "SIG");
    const auto row = std::ranges::find(kSignals, wanted, &SignalRow::name);
    if (row == kSignals.end()) return std::nullopt;
    return row->number;
}

std::string signal_name(int number) {
    for (const auto& row : kSignals)
        if (row.preferred && row.number == number) return std::string(row.name);
    return fmt::format("signal {}", number);
}

}  // namespace svd
