#include "daemon/stdin_writer.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace svd::daemon {

Result<std::unique_ptr<StdinWriter>> StdinWriter::open(os::Loop& loop, UniqueFd pipe) {
    SVD_CHECK(set_nonblocking(pipe.get()));
    return std::unique_ptr<StdinWriter>(new StdinWriter(loop, std::move(pipe)));
}

// Answers what the pipe had no room for.
Result<std::string_view> StdinWriter::write_some(std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(pipe_.get(), text.data(), text.size());
        if (put >= 0)
            text.remove_prefix(static_cast<std::size_t>(put));
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            return fail_errno(errno, "write to standard input");
    }
    return text;
}

void StdinWriter::on_ready() {
    auto& text = queue_->text;
    // When the child is gone or has closed its input, nothing is left to write.
    const auto rest = write_some(text).value_or("");
    text.erase(0, text.size() - rest.size());
    if (!text.empty()) return;
    text = std::string();  // and its memory
    queue_->watch.reset();
    if (queue_->on_drained) queue_->on_drained();
}

Status StdinWriter::write(std::string_view text) {
    if (!queued().empty()) {
        if (queue_->text.size() + text.size() > kMaxQueued)
            return fail_errno(ENOBUFS, "queue {} bytes for standard input", text.size());
        queue_->text += text;
        return {};
    }
    SVD_TRY(const std::string_view rest, write_some(text));
    if (rest.empty()) return {};
    auto& waiting = queue();
    SVD_TRY(waiting.watch, os::Watch::add(loop_, pipe_.get(), EPOLLOUT, os::Priority::Control,
                                          [this](std::uint32_t) { on_ready(); }));
    waiting.text = rest;
    return {};
}

}  // namespace svd::daemon
