#include "log/flight.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace svd::log {

namespace {
constexpr std::uint64_t kMagic = 0x3174686769'6c66ULL;  // "flight1"
// Stands where a read will put its first bytes, so that its having happened can be seen. Begins
// with a byte that is in no text.
using Mark = std::array<char, 16>;
constexpr char kNoText = '\xff';
}  // namespace

// A kill can come between any two stores, but not reorder them: each is volatile.
struct Flight::Page {
    enum Phase : std::uint32_t { Nothing, Reading, Passing };
    volatile std::uint64_t magic;
    volatile std::uint64_t events;
    volatile std::uint64_t listener_events;
    volatile std::uint32_t phase;
    volatile std::int32_t pipe;
    volatile std::uint64_t passed;
    volatile std::uint64_t size;    // asked for, and got
    volatile std::uint32_t writes;  // begun
    struct File {
        volatile std::uint64_t device;
        volatile std::uint64_t inode;
        volatile std::int64_t position;
    };
    File files[2];  // of the last write at its index modulo 2: the next one's is noted before it
    Mark mark;
    volatile std::int32_t staged_pipe;  // whose bytes are staged, if any are
    alignas(64) char buffer[kBufferSize];
};

Result<std::unique_ptr<Flight>> Flight::create() {
    auto file = UniqueFd::adopt(::memfd_create("svd-flight", MFD_CLOEXEC));
    if (!file) return fail_errno(errno, "create a file in memory");
    if (::ftruncate(file.get(), sizeof(Page)) != 0) return fail_errno(errno, "make room in memory");
    std::unique_ptr<Flight> flight(new Flight);
    SVD_CHECK(flight->map(std::move(file)));
    Page& page = *flight->page_;
    if (::getrandom(page.mark.data(), page.mark.size(), GRND_NONBLOCK) < 0) page.mark.fill(kNoText);
    page.mark[0] = kNoText;
    page.magic = kMagic;
    flight->open_staging();
    return flight;
}

Result<std::unique_ptr<Flight>> Flight::take_up(UniqueFd file, UniqueFd staging) {
    struct stat st{};
    if (::fstat(file.get(), &st) != 0) return fail_errno(errno, "look at the bytes in flight");
    if (st.st_size != static_cast<off_t>(sizeof(Page)))
        return fail("the bytes in flight are of another version");
    std::unique_ptr<Flight> flight(new Flight);
    SVD_CHECK(flight->map(std::move(file)));
    if (flight->page_->magic != kMagic) return fail("the bytes in flight are of another version");
    int there = 0;
    if (staging && ::ioctl(staging.get(), FIONREAD, &there) == 0) {
        flight->staged_ = static_cast<std::size_t>(there);
        flight->staging_.read = std::move(staging);
    }
    return flight;
}

// It only saves time: without it, bytes are read where they are.
void Flight::open_staging() {
    staged_ = 0;
    staging_ = {};
    auto pipe = make_pipe();
    if (pipe && ::fcntl(pipe->read.get(), F_SETPIPE_SZ, kStagingSize) >= kStagingSize)
        staging_ = *std::move(pipe);
}

void Flight::begin_anew() {
    landed();
    if (!staging_.write) open_staging();
}

Status Flight::map(UniqueFd file) {
    void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) return fail_errno(errno, "map a file in memory");
    page_ = static_cast<Page*>(memory);
    file_ = std::move(file);
    return {};
}

Flight::~Flight() {
    if (page_ != nullptr) ::munmap(page_, sizeof(Page));
}

std::size_t Flight::stage(int pipe) {
    if (!staging_.write || staged_ > 0) return 0;
    page_->staged_pipe = pipe;
    const ssize_t moved = ::splice(pipe, nullptr, staging_.write.get(), nullptr, kStagingSize,
                                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    staged_ = moved > 0 ? static_cast<std::size_t>(moved) : 0;
    return staged_;
}

// As read(2), noted before and after.
ssize_t Flight::fill(int from, int pipe, std::size_t size, std::uint64_t passed) {
    std::memcpy(page_->buffer, page_->mark.data(), std::min(size, page_->mark.size()));
    page_->pipe = pipe;
    page_->passed = passed;
    page_->size = size;
    page_->writes = writes_ = 0;
    page_->phase = Page::Reading;
    const ssize_t got = ::read(from, page_->buffer, size);
    if (got > 0) page_->size = static_cast<std::uint64_t>(got);
    page_->phase = got > 0 ? Page::Passing : Page::Nothing;
    return got;
}

std::string_view Flight::read_staged(std::uint64_t passed) {
    const std::size_t size = std::min(staged_, kBufferSize);
    const ssize_t got = size == 0 ? 0 : fill(staging_.read.get(), page_->staged_pipe, size, passed);
    if (got <= 0) return {};
    staged_ -= static_cast<std::size_t>(got);
    return {page_->buffer, static_cast<std::size_t>(got)};
}

Flight::Chunk Flight::read(int pipe, std::uint64_t passed) {
    if (staged_ > 0 && page_->staged_pipe == pipe) return {read_staged(passed)};
    for (;;) {
        // No more than is there: then the read either has not happened or has got all of it.
        int there = 0;
        if (::ioctl(pipe, FIONREAD, &there) != 0) return {{}, true};
        if (there == 0) {
            pollfd state{pipe, POLLIN, 0};
            if (::poll(&state, 1, 0) < 0 && errno == EINTR) continue;
            if ((state.revents & POLLIN) != 0) continue;
            return {{}, state.revents != 0};
        }
        const std::size_t size = std::min(static_cast<std::size_t>(there), kBufferSize);
        const ssize_t got = fill(pipe, pipe, size, passed);
        if (got > 0) return {{page_->buffer, static_cast<std::size_t>(got)}, false};
        if (got == 0 || (errno != EINTR && errno != EAGAIN)) return {{}, true};
    }
}

void Flight::landed() {
    page_->phase = Page::Nothing;
    replaying_ = false;
}

std::size_t Flight::begin_write(const Place& place, std::size_t size) {
    // Not of a pipe: what a finish() still had.
    if (page_->phase != Page::Passing || aside_ > 0) return 0;
    const std::uint32_t index = writes_++;
    if (replaying_) {
        const std::uint32_t begun = page_->writes;
        if (index + 1 < begun) return size;
        if (index + 1 == begun) {
            const auto& file = page_->files[index % 2];
            // Rotated away since: then it had been written whole.
            if (file.device != place.device || file.inode != place.inode) return size;
            const std::int64_t done = place.position - file.position;
            return static_cast<std::size_t>(
                std::clamp<std::int64_t>(done, 0, static_cast<std::int64_t>(size)));
        }
    }
    auto& file = page_->files[index % 2];
    file.device = place.device;
    file.inode = place.inode;
    file.position = place.position;
    page_->writes = index + 1;
    return 0;
}

Flight::Pipes Flight::pipes() const {
    return {page_->phase == Page::Nothing ? -1 : page_->pipe,
            staged_ == 0 ? -1 : page_->staged_pipe};
}

std::string_view Flight::replay(std::uint64_t passed) {
    if (page_->phase == Page::Nothing || passed > page_->passed) return {};
    const std::size_t size = std::min(std::size_t{page_->size}, kBufferSize);
    if (page_->phase == Page::Reading) {
        const std::size_t seen = std::min(size, page_->mark.size());
        if (std::memcmp(page_->buffer, page_->mark.data(), seen) == 0) return {};
        page_->phase = Page::Passing;
    }
    replaying_ = true;
    writes_ = 0;
    return {page_->buffer, size};
}

void Flight::note(const Serials& serials) {
    page_->events = serials.events;
    page_->listener_events = serials.listener_events;
}

Flight::Serials Flight::serials() const {
    return {page_->events, page_->listener_events};
}

}  // namespace svd::log
