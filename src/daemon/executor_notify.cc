// Executor: what programs tell of themselves (ready=, sd_notify), and what follows from it.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/kcmp.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/child_environment.h"
#include "daemon/executor.h"

namespace svd::daemon {

using process::Process;
using process::State;

namespace {
// Of one process, before everybody else has his turn.
constexpr int kMessagesPerTurn = 16;
constexpr std::string_view kStoredName = "stored";

bool is_same_file(int a, int b) {
    const pid_t self = ::getpid();
    return ::syscall(SYS_kcmp, self, self, KCMP_FILE, a, b) == 0;
}

Duration watchdog_of(const Process& process) {
    const auto& notify = runtime_of(process).notify;
    if (!notify || !notify->socket) return {};  // it cannot be heard
    return notify->told.watchdog.value_or(process.config->readiness->watchdog);
}

bool has_gone(const os::NotifySocket::Message& message) {
    if (message.pidfd) return os::has_exited(message);
    return message.pid > 0 && ::kill(message.pid, 0) != 0 && errno == ESRCH;
}
}  // namespace

// --- before a start ------------------------------------------------------------------------------

Status Executor::open_notify(Process& process) {
    const config::Readiness& readiness = process.config->readiness;
    auto& notify = runtime_of(process).notify;
    if (!readiness.notifies() && readiness.by != config::ReadyBy::Descriptor) return {};
    if (!notify) notify = std::make_unique<NotifyChannel>();
    if (!readiness.notifies()) return {};
    SVD_TRY(notify->socket, os::NotifySocket::open());
    return listen_to(process);
}

Status Executor::listen_to(Process& process) {
    auto& notify = *runtime_of(process).notify;
    SVD_TRY(notify.messages,
            os::Watch::add(parts_.loop, notify.socket.fd(), EPOLLIN, os::Priority::Output,
                           [this, &process](std::uint32_t) { hear(process, kMessagesPerTurn); }));
    return {};
}

void Executor::add_notify(const Process& process, int ready_pipe, os::SpawnSpec& spec) const {
    const auto& notify = *runtime_of(process).notify;
    if (notify.socket) set_variable(spec.env, "NOTIFY_SOCKET", notify.socket.address());
    if (const auto interval = process.config->readiness->watchdog; interval.count() > 0) {
        set_variable(spec.env, "WATCHDOG_USEC",
                     fmt::format("{}", std::chrono::microseconds(interval).count()));
        spec.pid_variables.emplace_back("WATCHDOG_PID");
    }
    if (ready_pipe >= 0) spec.passed.push_back({ready_pipe, process.config->readiness->fd});
}

// --- what it says --------------------------------------------------------------------------------

Status Executor::listen_for_line(Process& process, UniqueFd pipe) {
    auto& notify = *runtime_of(process).notify;
    SVD_CHECK(set_nonblocking(pipe.get()));
    notify.ready_line.reset();
    notify.ready_pipe = std::move(pipe);
    SVD_TRY(notify.ready_line,
            os::Watch::add(parts_.loop, notify.ready_pipe.get(), EPOLLIN, os::Priority::Output,
                           [this, &process](std::uint32_t) { heard_line(process); }));
    return {};
}

void Executor::heard_line(Process& process) {
    auto& notify = *runtime_of(process).notify;
    char bytes[256];
    const ssize_t size = ::read(notify.ready_pipe.get(), bytes, sizeof(bytes));
    if (size < 0) return;
    const bool line = std::find(bytes, bytes + size, '\n') != bytes + size;
    // Nothing more is expected, and at the end nothing more can come.
    if (line || size == 0) {
        notify.ready_line.reset();
        notify.ready_pipe.reset();
    }
    if (!line) return;
    fleet_->feed(process, process::Ready{process.data.run}, now());
    touch(process);
    if (on_change_) on_change_();
}

void Executor::hear(Process& process, int most) {
    const auto run = process.data.run;
    for (int i = 0; i < most; ++i) {
        const auto& notify = runtime_of(process).notify;
        if (!notify || !notify->socket || process.data.run != run) return;
        auto message = notify->socket.receive();
        if (!message) return;
        heard(process, *std::move(message));
    }
}

// Who cannot be seen any more was of the program's user, or of root, who may do anything with it.
bool Executor::may_tell(const Process& process, const os::NotifySocket::Message& message) const {
    if (message.pid > 0 && message.pid == process.data.pid) return true;
    if (message.pid > 0 && runtime_of(process).scope.contains(message.pid) &&
        !os::has_exited(message))
        return true;
    const uid_t own = process.config->user ? process.config->user->uid : ::geteuid();
    return has_gone(message) && (message.uid == own || message.uid == 0);
}

void Executor::heard(Process& process, os::NotifySocket::Message message) {
    auto& notify = *runtime_of(process).notify;
    if (!may_tell(process, message)) {
        if (!std::exchange(notify.stranger_seen, true))
            parts_.log.warn("pid {} is no process of '{}', what it tells about it is ignored",
                            message.pid, process.namespec());
        return;
    }
    const auto told = process::parse_announcement(message.text);
    const auto run = process.data.run;
    if (told.main_pid) name_leader(process, *told.main_pid);
    const bool news = notify.told.note(told);
    if (told.store || told.remove) {
        // What says by its end that we are here is not kept.
        if (told.barrier) message.fds.clear();
        store(process, told, std::move(message.fds));
    }
    if (told.extend) fleet_->feed(process, process::TimeExtended{*told.extend, run}, now());
    if (told.ready) fleet_->feed(process, process::Ready{run}, now());
    if (told.stopping) fleet_->feed(process, process::EndAnnounced{run}, now());
    if (told.watchdog_trigger) fleet_->feed(process, process::Silent{run}, now());
    if (told.alive || told.watchdog || told.stopping) wind_watchdog(process);
    const bool decides = told.extend || told.ready || told.stopping || told.watchdog_trigger;
    if (!decides && !news) return;
    touch(process);
    if (on_detail_change_) on_detail_change_(process);
    if (on_change_) on_change_();
}

void Executor::name_leader(Process& process, pid_t pid) {
    auto& data = process.data;
    if (pid == data.pid || data.pid == 0 || data.leader_gone) return;
    const auto refuse = [&](std::string_view why) {
        parts_.log.warn("'{}' names pid {} as its main process, which is ignored: {}",
                        process.namespec(), pid, why);
    };
    const auto& scope = runtime_of(process).scope;
    if (!scope.contains(pid)) return refuse("it is none of its processes");
    os::Child child;
    child.pid = pid;
    child.foreign = true;
    if (const auto adopted = adopt(process, std::move(child)); !adopted)
        return refuse(adopted.error().text);
    // Now that there is a pidfd the number cannot become somebody else's unseen.
    const pid_t before = data.pid;
    if (scope.contains(pid)) fleet_->feed(process, process::LeaderNamed{pid, data.run}, now());
    parts_.children.forget(data.pid == pid ? before : pid);
    if (data.pid != pid) return refuse("it cannot be now");
    mark_leader(process, pid);
    touch(process);
}

// --- its watchdog --------------------------------------------------------------------------------

// From now on, where it runs; a process that stands still on request is not watched.
void Executor::wind_watchdog(Process& process) {
    const auto& runtime = runtime_of(process);
    const auto interval = watchdog_of(process);
    const auto& data = process.data;
    const bool paused = runtime.pause && runtime.pause->state.paused;
    if (interval <= Duration{} || data.state != State::Running || data.leader_gone ||
        data.doom != process::Doom::None || paused) {
        if (runtime.notify) runtime.notify->watchdog.clear();
        return;
    }
    auto& timer = runtime.notify->watchdog;
    if (!timer) {
        auto made = os::Timer::create(parts_.loop, [this, &process] {
            // It may have spoken while svd was busy.
            hear(process, kLastMessages);
            if (runtime_of(process).notify->watchdog.deadline()) return;
            fleet_->feed(process, process::Silent{process.data.run}, now());
            touch(process);
            if (on_change_) on_change_();
        });
        if (!made)
            return parts_.log.error("'{}' has no watchdog: {}", process.name(), made.error().text);
        timer = *std::move(made);
    }
    timer.set(now().mono + interval);
}

// --- what it stores ------------------------------------------------------------------------------

void Executor::store(Process& process, const process::Announcement& told,
                     std::vector<UniqueFd> fds) {
    auto& stored = runtime_of(process).notify->stored;
    const std::string name = told.fd_name.value_or(std::string(kStoredName));
    if (told.remove && told.fd_name)
        std::erase_if(stored, [&](const StoredFd& one) { return one.name == name; });
    if (told.store)
        for (auto& fd : fds)
            if (!keep(process, name, std::move(fd), told.fd_poll)) break;
    touch(process);
}

// False when there is no room.
bool Executor::keep(Process& process, std::string name, UniqueFd fd, bool poll) {
    auto& stored = runtime_of(process).notify->stored;
    if (std::ranges::any_of(
            stored, [&](const StoredFd& one) { return is_same_file(one.fd.get(), fd.get()); }))
        return true;
    if (stored.size() >= static_cast<std::size_t>(process.config->readiness->fdstore_max)) {
        parts_.log.warn("'{}' stores more than fdstore_max={} descriptors, '{}' is dropped",
                        process.namespec(), process.config->readiness->fdstore_max, name);
        return false;
    }
    os::KeptMark mark(fd.get());
    const auto entry = stored.insert(
        stored.end(), StoredFd{std::move(name), std::move(fd), std::move(mark), poll, {}});
    if (!poll) return true;
    auto end = os::Watch::add(parts_.loop, entry->fd.get(), 0, os::Priority::Control,
                              [this, &process, &stored, entry](std::uint32_t) {
                                  entry->end.reset();
                                  stored.erase(entry);
                                  touch(process);
                              });
    if (end) entry->end = *std::move(end);  // a plain file has no other end
    return true;
}

// --- the end of a run, and an upgrade ------------------------------------------------------------

void Executor::close_notify(Process& process) {
    auto& notify = runtime_of(process).notify;
    if (!notify) return;
    notify->messages.reset();
    notify->ready_line.reset();
    notify->watchdog.clear();
    notify->socket = {};
    notify->ready_pipe.reset();
    notify->told = {};
    notify->stranger_seen = false;
}

void Executor::take_up_notify(Process& process, state::Notify saved) {
    const config::Readiness& readiness = process.config->readiness;
    if (!readiness.notifies() && readiness.by != config::ReadyBy::Descriptor) return;
    auto& notify = runtime_of(process).notify;
    notify = std::make_unique<NotifyChannel>();
    notify->told = std::move(saved.told);
    for (auto& one : saved.stored)
        if (auto fd = UniqueFd::adopt(one.fd))
            static_cast<void>(keep(process, std::move(one.name), std::move(fd), one.poll));
    const auto failed = [&](const Error& error) {
        parts_.log.error("'{}' is not heard any more: {}", process.namespec(), error.text);
    };
    if (auto pipe = UniqueFd::adopt(saved.ready_pipe))
        if (const auto heard = listen_for_line(process, std::move(pipe)); !heard)
            failed(heard.error());
    if (auto fd = UniqueFd::adopt(saved.socket)) {
        auto socket = os::NotifySocket::adopt(std::move(fd));
        if (!socket) return failed(socket.error());
        notify->socket = *std::move(socket);
        if (const auto heard = listen_to(process); !heard) failed(heard.error());
    }
    wind_watchdog(process);
}

}  // namespace svd::daemon
