#include "daemon/stdin_writer.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace svd::daemon {

Result<std::unique_ptr<StdinWriter>> StdinWriter::open(os::Loop& loop, UniqueFd pipe) {
    SVD_CHECK(set_nonblocking(pipe.get()));
    return std::unique_ptr<StdinWriter>(new StdinWriter(loop, std::move(pipe)));
}

Status StdinWriter::flush() {
    while (!queue_.empty()) {
        const ssize_t put = ::write(pipe_.get(), queue_.data(), queue_.size());
        if (put >= 0) {
            queue_.erase(0, static_cast<std::size_t>(put));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) return {};
        const int code = errno;
        queue_.clear();
        return fail_errno(code, "write to standard input");
    }
    return {};
}

void StdinWriter::on_ready() {
    ignore(flush(), "the child is gone or has closed its input; nothing is left to write");
    if (!queue_.empty()) return;
    watch_.reset();
    if (on_drained_) on_drained_();
}

Status StdinWriter::write(std::string_view text) {
    if (!queue_.empty() && queue_.size() + text.size() > kMaxQueued)
        return fail_errno(ENOBUFS, "queue {} bytes for standard input", text.size());
    queue_ += text;
    SVD_CHECK(flush());
    if (!queue_.empty() && !watch_) {
        SVD_TRY(watch_, os::Watch::add(loop_, pipe_.get(), EPOLLOUT, os::Priority::Control,
                                       [this](std::uint32_t) { on_ready(); }));
    }
    return {};
}

}  // namespace svd::daemon
