#include "http/output_queue.h"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

namespace svd::http {
namespace {

// Below this, copying is cheaper than one more iovec.
constexpr std::size_t kSmallPiece = 4096;
constexpr std::size_t kMaxVectors = 16;

}  // namespace

void OutputQueue::append(std::string piece) {
    if (piece.size() <= kSmallPiece) return append(std::string_view(piece));
    size_ += piece.size();
    pieces_.push_back(std::move(piece));
}

void OutputQueue::append(std::string_view bytes) {
    if (bytes.empty()) return;
    size_ += bytes.size();
    const bool join =
        first_ < pieces_.size() && pieces_.back().size() + bytes.size() <= kSmallPiece;
    if (join) {
        pieces_.back() += bytes;
    } else {
        pieces_.emplace_back(bytes);
    }
}

void OutputQueue::clear() {
    pieces_ = {};
    first_ = offset_ = size_ = 0;
}

Result<std::size_t> OutputQueue::write_to(int socket) {
    std::size_t total = 0;
    while (!empty()) {
        std::array<iovec, kMaxVectors> vectors{};
        std::size_t count = 0;
        for (std::size_t i = first_; i < pieces_.size() && count < kMaxVectors; ++i, ++count) {
            const std::size_t skip = i == first_ ? offset_ : 0;
            vectors[count] = {pieces_[i].data() + skip, pieces_[i].size() - skip};
        }
        msghdr message{};
        message.msg_iov = vectors.data();
        message.msg_iovlen = count;
        const ssize_t written = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (written < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK) break;
            return fail_errno(errno, "send");
        }
        total += static_cast<std::size_t>(written);
        drop_written(static_cast<std::size_t>(written));
    }
    return total;
}

void OutputQueue::drop_written(std::size_t bytes) {
    size_ -= bytes;
    if (size_ == 0) return clear();
    while (bytes > 0) {
        const std::size_t rest = pieces_[first_].size() - offset_;
        if (bytes < rest) {
            offset_ += bytes;
            return;
        }
        bytes -= rest;
        offset_ = 0;
        pieces_[first_++] = {};
    }
    // A stream that never runs empty must not gather husks.
    if (first_ > 64) {
        pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

}  // namespace svd::http
