#include "linux/kept_sockets.h"

#include <utility>

#include <sys/mman.h>

namespace svd::os {
namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

using Word = std::atomic<std::uint64_t>;

std::span<Word> map_words() {
    constexpr std::size_t kCount = detail::kKeptSocketsEnd / detail::kKeptWordBits;
    void* memory = ::mmap(nullptr, kCount * sizeof(Word), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return {};
    // Zero pages are such words already; to construct them would touch them all.
    return {static_cast<Word*>(memory), kCount};
}

// Null for a number that cannot be marked.
Word* word_of(int fd) {
    const auto words = detail::kept_sockets();
    if (fd < 0 || fd >= detail::kKeptSocketsEnd || words.empty()) return nullptr;
    return &words[static_cast<std::size_t>(fd / detail::kKeptWordBits)];
}

std::uint64_t bit_of(int fd) {
    return std::uint64_t{1} << static_cast<unsigned>(fd % detail::kKeptWordBits);
}

}  // namespace

std::span<Word> detail::kept_sockets() {
    static const std::span<Word> words = map_words();
    return words;
}

KeptMark::KeptMark(int fd) : fd_(fd) {
    if (auto* word = word_of(fd_)) word->fetch_or(bit_of(fd_));
}

KeptMark::KeptMark(KeptMark&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

KeptMark& KeptMark::operator=(KeptMark&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void KeptMark::reset() noexcept {
    if (auto* word = word_of(fd_)) word->fetch_and(~bit_of(fd_));
    fd_ = -1;
}

}  // namespace svd::os
