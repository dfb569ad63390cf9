// Sockets that are to outlive a crash of the daemon although nobody listens at them.
//
// When its daemon is gone the keeper (keeper.h) closes sockets that do not listen: most are
// connections of clients, who would wait for ever. The others are marked, by their numbers in
// memory that every keeper shares.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

namespace svd::os {

// Marks a descriptor, borrowed, while it exists. Give it up before the descriptor is closed.
class KeptMark {
  public:
    KeptMark() = default;
    explicit KeptMark(int fd);
    KeptMark(KeptMark&& other) noexcept;
    KeptMark& operator=(KeptMark&& other) noexcept;
    ~KeptMark() { reset(); }
    void reset() noexcept;

  private:
    int fd_ = -1;
};

namespace detail {
inline constexpr int kKeptSocketsEnd = 1 << 20;  // numbers from here on cannot be marked
inline constexpr int kKeptWordBits = 64;
// A bit for each number; empty when there is no memory for it. The same for all.
[[nodiscard]] std::span<std::atomic<std::uint64_t>> kept_sockets();
}  // namespace detail

}  // namespace svd::os
