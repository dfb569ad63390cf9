#include "process/announcement.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "base/strings.h"

namespace svd::process {

namespace {

// Longer ones make no difference, and this one cannot overflow.
constexpr auto kLongest = std::chrono::hours(24 * 365 * 50);

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.begin(), text.end(), value);
    if (read.ec != std::errc{} || read.ptr != text.end()) return std::nullopt;
    return value;
}

std::optional<Duration> microseconds(std::string_view text) {
    using std::chrono::microseconds;
    const auto value = number(text);
    if (!value) return std::nullopt;
    constexpr auto kMost = std::chrono::duration_cast<microseconds>(kLongest).count();
    return microseconds(std::min<std::uint64_t>(*value, kMost));
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

void read_status(Announcement& all, std::string_view text) {
    if (!is_utf8(text)) return;
    std::size_t size = std::min(text.size(), kLongestStatus);
    while (size < text.size() && size > 0 && is_continuation(text[size])) --size;
    all.status = text.substr(0, size);
    // It is shown on terminals.
    std::ranges::replace_if(
        *all.status, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
}

void read_main_pid(Announcement& all, std::string_view text) {
    constexpr std::uint64_t kMostPids = 1U << 22U;  // the kernel's PID_MAX_LIMIT
    const auto pid = number(text);
    if (pid && *pid > 1 && *pid <= kMostPids) all.main_pid = static_cast<pid_t>(*pid);
}

struct Field {
    std::string_view name;
    void (*read)(Announcement& all, std::string_view value);
};
constexpr auto kFields = std::to_array<Field>({
    {"READY", [](Announcement& all, std::string_view v) { all.ready = v == "1"; }},
    {"RELOADING", [](Announcement& all, std::string_view v) { all.reloading = v == "1"; }},
    {"STOPPING", [](Announcement& all, std::string_view v) { all.stopping = v == "1"; }},
    {"STATUS", read_status},
    {"MAINPID", read_main_pid},
    {"WATCHDOG",
     [](Announcement& all, std::string_view v) {
         all.alive = v == "1";
         all.watchdog_trigger = v == "trigger";
     }},
    {"WATCHDOG_USEC",
     [](Announcement& all, std::string_view v) {
         if (const auto usec = microseconds(v)) all.watchdog = usec;
     }},
    {"EXTEND_TIMEOUT_USEC",
     [](Announcement& all, std::string_view v) {
         if (const auto usec = microseconds(v)) all.extend = usec;
     }},
    {"FDSTORE", [](Announcement& all, std::string_view v) { all.store = v == "1"; }},
    {"FDSTOREREMOVE", [](Announcement& all, std::string_view v) { all.remove = v == "1"; }},
    {"FDNAME",
     [](Announcement& all, std::string_view v) {
         if (is_fd_name(v)) all.fd_name = std::string(v);
     }},
    {"FDPOLL", [](Announcement& all, std::string_view v) { all.fd_poll = v != "0"; }},
    {"BARRIER", [](Announcement& all, std::string_view v) { all.barrier = v == "1"; }},
});

}  // namespace

bool is_fd_name(std::string_view name) {
    return !name.empty() && name.size() <= kLongestFdName &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != ':'; });
}

bool Told::note(const Announcement& message) {
    const Told before = *this;
    if (message.status) status = *message.status;
    if (message.ready) reloading = false;
    if (message.reloading) reloading = true;
    if (message.stopping) stopping = true;
    if (message.watchdog) watchdog = message.watchdog;
    return *this != before;
}

Announcement parse_announcement(std::string_view text) {
    Announcement all;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const auto field = std::ranges::find(kFields, line.substr(0, equals), &Field::name);
        if (field != kFields.end()) field->read(all, line.substr(equals + 1));
    }
    return all;
}

}  // namespace svd::process
