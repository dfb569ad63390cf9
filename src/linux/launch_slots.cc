#include "linux/launch_slots.h"

#include <algorithm>
#include <new>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "linux/raw_syscall.h"

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

namespace svd::os {
namespace {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

constexpr std::size_t kPageBytes = 4096;

// Asked without the flag, which came with the call (5.9): the daemon's own table must stay shared
// with its keeper.
bool kernel_can_unshare() {
    return raw_syscall(SYS_close_range, ~0U, ~0U, 0) == 0;
}

std::span<std::byte> map(std::size_t size, int kind) {
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return {};
    return {static_cast<std::byte*>(memory), size};
}

bool has_ended(pid_t child) {
    siginfo_t info{};
    const int r = waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT);
    return r != 0 || info.si_pid != 0;
}

}  // namespace

std::span<std::byte> LaunchSlot::block(std::size_t size) {
    if (block_.size() >= size) return block_;
    if (!block_.empty()) munmap(block_.data(), block_.size());
    block_ = map((size + kPageBytes - 1) / kPageBytes * kPageBytes, MAP_PRIVATE);
    return block_;
}

void LaunchSlot::launched(pid_t pid, bool borrows_memory) {
    pid_ = pid;
    borrows_memory_ = borrows_memory;
}

void LaunchSlot::wait_until_left(std::chrono::milliseconds limit) const {
    constexpr timespec kSlice{0, 1'000'000};  // the dead wake nobody
    for (auto waited = std::chrono::milliseconds{0}; waited < limit; ++waited) {
        if (words_->left.load(std::memory_order_acquire) != 0 || has_ended(pid_)) return;
        raw_syscall(SYS_futex, &words_->left, FUTEX_WAIT, 0, &kSlice);
    }
}

void LaunchSlot::take_off(int nothing) {
    for (const UniqueFd& end : ends_) dup3(nothing, end.get(), O_CLOEXEC);
}

void LaunchSlot::settle(int nothing) {
    if (state_ == State::Free) return;
    const bool in_borrowed_memory =
        borrows_memory_ && words_->tid.load(std::memory_order_acquire) != 0;
    // Out of our memory it is out of our table as well, by execve or by its death.
    bool left = words_->left.load(std::memory_order_acquire) != 0 ||
                (borrows_memory_ && !in_borrowed_memory) || pid_ < 0;
    if (!left && !borrows_memory_) left = has_ended(pid_);
    if (!left) return;
    if (state_ == State::Launched) {
        take_off(nothing);
        state_ = State::Left;
    }
    if (!in_borrowed_memory) state_ = State::Free;
}

LaunchSlots& LaunchSlots::instance() {
    static LaunchSlots slots;
    return slots;
}

LaunchSlots::LaunchSlots() {
    if (!kernel_can_unshare()) return;
    nothing_ = UniqueFd::adopt(open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto words = map(kPageBytes, MAP_SHARED);
    const auto stacks = map(kCount * kStackBytes, MAP_PRIVATE | MAP_NORESERVE | MAP_STACK);
    if (!nothing_ || words.empty() || stacks.empty()) return;
    static_assert(kCount * sizeof(LaunchWords) <= kPageBytes);
    int last = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
        LaunchSlot& slot = slots_[i];
        slot.words_ = new (words.data() + i * sizeof(LaunchWords)) LaunchWords{};
        slot.stack_ = stacks.subspan(i * kStackBytes, kStackBytes);
        for (UniqueFd& end : slot.ends_) {
            // Not below 3, where the child's own will be.
            end = UniqueFd::adopt(fcntl(nothing_.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
            if (!end) return;
            last = std::max(last, end.get());
        }
    }
    descriptors_end_ = static_cast<unsigned>(last) + 1;
}

LaunchSlot* LaunchSlots::take(const int (&ends)[3]) {
    if (descriptors_end_ == 0) return nullptr;
    settle();
    const auto slot = std::ranges::find(slots_, LaunchSlot::State::Free, &LaunchSlot::state_);
    if (slot == slots_.end()) return nullptr;
    for (std::size_t i = 0; i < slot->ends_.size(); ++i) {
        if (ends[i] < 0 || dup3(ends[i], slot->ends_[i].get(), O_CLOEXEC) >= 0) continue;
        slot->take_off(nothing_.get());
        return nullptr;
    }
    slot->words_->left.store(0, std::memory_order_relaxed);
    slot->words_->tid.store(1, std::memory_order_relaxed);
    slot->state_ = LaunchSlot::State::Launched;
    slot->pid_ = -1;
    return &*slot;
}

bool LaunchSlots::settle() {
    bool done = true;
    for (LaunchSlot& slot : slots_) {
        slot.settle(nothing_.get());
        done = done && slot.state_ != LaunchSlot::State::Launched;
    }
    return done;
}

int leave_shared_table(LaunchWords& words, unsigned descriptors_end) noexcept {
    const long r = raw_syscall(SYS_close_range, descriptors_end, ~0U, CLOSE_RANGE_UNSHARE);
    words.left.store(1, std::memory_order_release);
    raw_syscall(SYS_futex, &words.left, FUTEX_WAKE, 1);
    return static_cast<int>(-r);
}

}  // namespace svd::os
