#include "log/journal_socket.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "log/datagram.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLastMoment{500};
// As large as the kernel lets it be; entries above it go as a file.
constexpr int kSendBuffer = 8 * 1024 * 1024;

}  // namespace

std::string encode_journal_entry(std::span<const JournalField> fields) {
    std::string entry;
    for (const auto& [name, value] : fields) {
        entry.append(name);
        if (value.find('\n') == std::string_view::npos) {
            entry += '=';
        } else {
            entry += '\n';
            const std::uint64_t size = value.size();
            for (unsigned shift = 0; shift < 64; shift += 8)
                entry += static_cast<char>((size >> shift) & 0xff);  // little endian
        }
        entry.append(value) += '\n';
    }
    return entry;
}

JournalSocket::JournalSocket(std::string path) : path_(std::move(path)) {}

JournalSocket::~JournalSocket() {
    drain(kLastMoment);
}

void JournalSocket::send(std::span<const JournalField> fields, Now now) noexcept try {
    auto entry = encode_journal_entry(fields);
    if (!waiting_.empty() && !flush(now)) return wait(std::move(entry), now);
    const int error = transmit(entry, now);
    if (error == 0) return recovered(now);
    if (error != EAGAIN || hangs_) return lost(1, error, now);
    wait(std::move(entry), now);
} catch (...) {
    ++dropped_;  // out of memory
}

void JournalSocket::wait(std::string entry, Now now) {
    if (waiting_bytes_ + entry.size() > kMaxWaiting) return lost(1, EAGAIN, now);
    waiting_bytes_ += entry.size();
    const bool first = waiting_.empty();
    waiting_.push_back(std::move(entry));
    if (!first) return;
    taken_ = now.mono;
    if (on_waiting_) on_waiting_();
}

bool JournalSocket::flush(Now now) noexcept try {
    while (!waiting_.empty()) {
        const int error = transmit(waiting_.front(), now);
        if (error == EAGAIN) {
            if (now.mono - taken_ >= kPatience) give_up(now);
            return waiting_.empty();
        }
        waiting_bytes_ -= waiting_.front().size();
        waiting_.pop_front();
        taken_ = now.mono;
        if (error != 0) lost(1, error, now);
    }
    return true;
} catch (...) {
    return false;
}

void JournalSocket::give_up(Now now) {
    hangs_ = true;
    const auto entries = waiting_.size();
    waiting_.clear();
    waiting_bytes_ = 0;
    lost(entries, EAGAIN, now);
}

void JournalSocket::drain(Duration at_most) noexcept {
    const MonoTime end = read_clocks().mono + at_most;
    for (;;) {
        const Now now = read_clocks();
        if (flush(now) || now.mono >= end || !fd_) return;
        pollfd room{fd_.get(), POLLOUT, 0};
        const auto rest = std::chrono::ceil<milliseconds>(end - now.mono);
        ::poll(&room, 1, static_cast<int>(rest.count()));
    }
}

int JournalSocket::transmit(const std::string& entry, Now now) {
    const auto try_once = [&] {
        if (!fd_) return ENOTCONN;
        while (::send(fd_.get(), entry.data(), entry.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            if (errno == EMSGSIZE || errno == ENOBUFS) return transmit_as_file(entry);
            if (errno != EINTR) return errno;
        }
        return 0;
    };
    int error = try_once();
    if (is_receiver_gone(error) && now.mono >= next_connect_) {
        next_connect_ = now.mono + kRetryInterval;
        error = connect_now();
        if (error == 0) error = try_once();
    }
    return error;
}

int JournalSocket::transmit_as_file(const std::string& entry) {
    const auto file =
        UniqueFd::adopt(::memfd_create("journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return errno;
    for (std::size_t done = 0; done < entry.size();) {
        const auto n = ::write(file.get(), entry.data() + done, entry.size() - done);
        if (n < 0 && errno != EINTR) return errno;
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return errno;
    union {
        cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control{};
    control.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    const int number = file.get();
    std::memcpy(CMSG_DATA(&control.head), &number, sizeof number);
    msghdr message{};
    message.msg_control = &control;
    message.msg_controllen = sizeof control.space;
    while (::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        if (errno != EINTR) return errno;
    return 0;
}

int JournalSocket::connect_now() {
    auto connected = connect_datagram(path_);
    fd_.reset();
    if (!connected) return connected.error().code;
    fd_ = *std::move(connected);
    if (::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &kSendBuffer, sizeof kSendBuffer) != 0)
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    return 0;
}

void JournalSocket::lost(std::uint64_t entries, int error, Now now) {
    dropped_ += entries;
    if (in_trouble_ || now.mono < next_notice_) return;
    in_trouble_ = true;
    next_notice_ = now.mono + kNoticeInterval;
    if (notify_)
        notify_(
            Notice{NoticeKind::Dropping, Level::Error,
                   fmt::format("entries for the journal at {} are being dropped: {}", path_,
                               error == EAGAIN ? "it takes nothing any more" : errno_text(error))});
}

void JournalSocket::recovered(Now now) {
    hangs_ = false;
    if (!in_trouble_ || now.mono < next_notice_) return;
    in_trouble_ = false;
    next_notice_ = now.mono + kNoticeInterval;
    if (notify_)
        notify_(Notice{NoticeKind::Recovered, Level::Warn,
                       fmt::format("the journal at {} works again, {} entries were dropped so far",
                                   path_, dropped_)});
}

bool leads_to_journal(int fd) {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat there{};
    if (stream == nullptr || ::fstat(fd, &there) != 0) return false;
    return fmt::format("{}:{}", there.st_dev, there.st_ino) == stream;
}

}  // namespace svd::log
