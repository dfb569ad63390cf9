#include "linux/memory_use.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "linux/cgroup_files.h"
#include "linux/proc_info.h"
#include "linux/proc_usage.h"

namespace svd::os {

namespace {

// How often the mark was reached. The kernel rings until this is read.
std::uint64_t times_reached(int events) {
    std::array<char, 256> text{};
    const auto size = ::pread(events, text.data(), text.size(), 0);
    if (size <= 0) return 0;  // MemoryAlarm::read() will fail as well
    return parse_keyed({text.data(), static_cast<std::size_t>(size)}, "high").value_or(0);
}

}  // namespace

std::optional<MemoryReading> parse_memory(std::string_view current, std::string_view stat,
                                          std::string_view swap) {
    const auto charged = parse_number(current);
    if (!charged) return std::nullopt;
    MemoryReading reading;
    reading.charged = *charged;
    for (const auto* key : {"active_file", "inactive_file", "slab_reclaimable"})
        reading.reclaimable += parse_keyed(stat, key).value_or(0);
    reading.swapped = parse_number(swap).value_or(0);
    return reading;
}

std::optional<MemoryReading> read_memory(int directory) {
    const auto text = [&](const char* file) {
        return read_small_file_at(directory, file).value_or(std::string());
    };
    return parse_memory(text("memory.current"), text("memory.stat"), text("memory.swap.current"));
}

std::uint64_t read_memory_by_proc(const Scope& scope) {
    std::uint64_t own = 0;
    std::uint64_t shared = 0;
    for (const pid_t pid : scope.recent_pids()) {
        const auto text = read_small_file(fmt::format("/proc/{}/status", pid));
        const auto memory = text ? parse_proc_status(*text) : std::nullopt;
        if (!memory) continue;
        own += memory->anonymous + memory->swap;
        shared = std::max(shared, memory->shared);
    }
    return own + shared;
}

Result<MemoryAlarm> MemoryAlarm::open(Loop& loop, UniqueFd directory, std::function<void()> ring) {
    MemoryAlarm alarm;
    alarm.events_ =
        UniqueFd::adopt(::openat(directory.get(), "memory.events", O_RDONLY | O_CLOEXEC));
    if (!alarm.events_) return fail_errno(errno, "open memory.events");
    const int events = alarm.events_.get();
    alarm.times_reached_ = times_reached(events);
    SVD_TRY(alarm.watch_, Watch::add(loop, events, EPOLLPRI, Priority::CgroupEmpty,
                                     [events, ring = std::move(ring)](std::uint32_t) {
                                         static_cast<void>(times_reached(events));
                                         ring();
                                     }));
    alarm.directory_ = std::move(directory);
    return alarm;
}

std::optional<MemoryReading> MemoryAlarm::read() {
    // First: what comes after it is news for the next reading.
    const auto times = times_reached(events_.get());
    auto reading = read_memory(directory_.get());
    if (reading) reading->reached = std::exchange(times_reached_, times) != times;
    return reading;
}

Status MemoryAlarm::set_mark(std::optional<std::uint64_t> bytes) {
    // O_NONBLOCK: newer kernels then leave the taking back to the processes themselves.
    const auto fd = UniqueFd::adopt(
        ::openat(directory_.get(), "memory.high", O_WRONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return fail_errno(errno, "open memory.high");
    const std::string text = bytes ? fmt::format("{}\n", *bytes) : "max\n";
    if (::write(fd.get(), text.data(), text.size()) < 0)
        return fail_errno(errno, "set memory.high to {}",
                          bytes ? fmt::format("{}", *bytes) : "max");
    return {};
}

}  // namespace svd::os
