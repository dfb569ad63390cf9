#include "linux/keeper.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/keeper_process.h"
#include "linux/keeper_protocol.h"
#include "linux/kept_sockets.h"
#include "linux/proc_info.h"
#include "linux/raw_syscall.h"
#include "linux/spawn_memory.h"

namespace svd::os {
namespace {

constexpr int kPatience = 10;  // seconds for an answer of a keeper
constexpr auto kPidfd = static_cast<idtype_t>(3);

struct Address {
    sockaddr_un name{};
    socklen_t size = 0;
};

Address abstract_address(const std::string& text) {
    Address address;
    address.name.sun_family = AF_UNIX;
    const std::size_t size = std::min(text.size(), sizeof address.name.sun_path - 1);
    std::memcpy(address.name.sun_path + 1, text.data(), size);
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
    return address;
}

Result<UniqueFd> packet_socket() {
    auto socket = UniqueFd::adopt(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!socket) return fail_errno(errno, "create a socket");
    return socket;
}

Result<UniqueFd> listen_at(const std::string& text) {
    SVD_TRY(auto socket, packet_socket());
    const Address address = abstract_address(text);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.name), address.size) != 0 ||
        ::listen(socket.get(), 4) != 0)
        return fail_errno(errno, "listen at @{}", text);
    return socket;
}

}  // namespace

std::string keeper_address(const std::string& pidfile) {
    struct stat space{};
    ::stat("/proc/self/ns/pid", &space);
    // Long paths do not fit; the same one always gives the same number.
    return fmt::format("svd-keeper/{}/{}/{:016x}", space.st_ino, ::geteuid(),
                       std::hash<std::string>{}(pidfile));
}

Result<std::unique_ptr<Keeper>> Keeper::start(const std::string& address, int state,
                                              std::span<const int> doors) {
    std::unique_ptr<Keeper> keeper(new Keeper);
    SVD_TRY(keeper->listener_, listen_at(address));
    keeper->owner_ = UniqueFd::adopt(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    if (!keeper->owner_) return fail_errno(errno, "open a pidfd of this process");
    void* page =
        ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return fail_errno(errno, "share a page with the keeper");
    keeper->own_pidfd_ = new (page) int(-1);

    constexpr std::size_t kArgStart = 48;
    constexpr std::size_t kArgEnd = 49;
    const std::uintptr_t arguments = own_stat_field(kArgStart);
    detail::KeeperDuty duty;
    duty.listener = keeper->listener_.get();
    duty.owner = keeper->owner_.get();
    duty.state = state;
    duty.user = ::geteuid();
    duty.own_pidfd = keeper->own_pidfd_;
    duty.kept_sockets = detail::kept_sockets().data();
    duty.title = reinterpret_cast<char*>(arguments);
    duty.title_size = own_stat_field(kArgEnd) - arguments;
    for (const int door : doors.first(std::min(doors.size(), detail::KeeperDuty::kMaxDoors)))
        if (struct stat there{}; ::fstat(door, &there) == 0)
            duty.doors[duty.door_count++] = there.st_ino;
    clone_args args{};
    args.flags = CLONE_FILES | CLONE_PIDFD;
    // Written by the kernel before the keeper runs.
    args.pidfd = reinterpret_cast<std::uintptr_t>(keeper->own_pidfd_);
    long pid = 0;
    {
        const HeapStaysHome no_heap;
        pid = raw_syscall(SYS_clone3, &args, sizeof args);
        if (pid == 0) detail::run_keeper(duty);
    }
    if (pid < 0) return fail_errno(static_cast<int>(-pid), "start a keeper");
    keeper->pid_ = static_cast<pid_t>(pid);
    keeper->pidfd_ = UniqueFd::adopt(*keeper->own_pidfd_);
    return keeper;
}

Keeper::~Keeper() {
    if (pidfd_) {
        ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
        // It raises no SIGCHLD, so it must be asked for as such.
        siginfo_t info{};
        while (::waitid(kPidfd, static_cast<id_t>(pidfd_.get()), &info, WEXITED | __WALL) != 0 &&
               errno == EINTR) {
        }
    }
    if (own_pidfd_ != nullptr) ::munmap(own_pidfd_, sizeof(int));
}

// --- the other side -----------------------------------------------------------------------------

Result<std::optional<Estate>> Estate::find(const std::string& address) {
    Estate estate;
    SVD_TRY(estate.connection_, packet_socket());
    const int fd = estate.connection_.get();
    const Address where = abstract_address(address);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&where.name), where.size) != 0) {
        if (errno == ECONNREFUSED) return std::optional<Estate>();
        return fail_errno(errno, "connect to @{}", address);
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return fail_errno(errno, "ask who listens at @{}", address);
    if (peer.uid != ::geteuid() && peer.uid != 0)
        return fail("@{} belongs to user {}, who is not trusted", address, peer.uid);
    const timeval patience{kPatience, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    detail::Packet greeting;
    const long got = detail::receive_packet(fd, greeting);
    if (got == -ECONNRESET) return std::optional<Estate>();  // it was about to end
    if (got < 0) return fail_errno(static_cast<int>(-got), "hear from the keeper at @{}", address);
    if (greeting.descriptor_count == 1) estate.state_ = UniqueFd::adopt(greeting.descriptors[0]);
    const bool here = greeting.word_count == 1 &&
                      greeting.words[0] == static_cast<std::int32_t>(detail::Greeting::Here);
    if (!here || !estate.state_) return std::optional<Estate>();
    return std::optional<Estate>(std::move(estate));
}

Result<std::vector<UniqueFd>> Estate::take(std::span<const int> numbers) {
    std::vector<UniqueFd> taken;
    taken.reserve(numbers.size());
    while (!numbers.empty()) {
        const auto batch = numbers.first(std::min(numbers.size(), detail::kBatch));
        numbers = numbers.subspan(batch.size());
        detail::Packet packet;
        for (const int number : batch) packet.add(number);
        if (const long sent = detail::send_packet(connection_.get(), packet); sent < 0)
            return fail_errno(static_cast<int>(-sent), "ask the keeper");
        const long got = detail::receive_packet(connection_.get(), packet);
        if (got < 0) return fail_errno(static_cast<int>(-got), "hear from the keeper");
        std::size_t next = 0;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const bool given =
                i < packet.word_count && packet.words[i] == 1 && next < packet.descriptor_count;
            taken.push_back(given ? UniqueFd::adopt(packet.descriptors[next++]) : UniqueFd());
        }
        // A descriptor limit of this process cuts what arrives.
        if (got == 0 ||
            next < static_cast<std::size_t>(std::count(
                       packet.words.begin(),
                       packet.words.begin() + static_cast<std::ptrdiff_t>(packet.word_count), 1)))
            return fail(
                "the keeper's descriptors do not all arrive; is the limit of open files "
                "lower than that of the daemon before?");
    }
    return taken;
}

Status Estate::settle() {
    detail::Packet packet;
    packet.add(detail::kSettled);
    if (const long sent = detail::send_packet(connection_.get(), packet); sent < 0)
        return fail_errno(static_cast<int>(-sent), "dismiss the keeper");
    // It hangs up with its end, after which nothing is open twice.
    if (const long got = detail::receive_packet(connection_.get(), packet);
        got < 0 && got != -ECONNRESET)
        return fail_errno(static_cast<int>(-got), "wait for the keeper's end");
    return {};
}

}  // namespace svd::os
