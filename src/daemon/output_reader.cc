#include "daemon/output_reader.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace svd::daemon {

Result<std::unique_ptr<OutputReader>> OutputReader::open(os::Loop& loop, UniqueFd pipe,
                                                         log::OutputChannel* channel,
                                                         Buffer buffer) {
    SVD_CHECK(set_nonblocking(pipe.get()));
    std::unique_ptr<OutputReader> reader(new OutputReader(std::move(pipe), channel, buffer));
    auto* self = reader.get();
    SVD_TRY(self->watch_, os::Watch::add(loop, self->pipe_.get(), EPOLLIN, os::Priority::Output,
                                         [self](std::uint32_t) {
                                             self->read_once();
                                             if (!self->at_end()) return;
                                             // The call may destroy this reader.
                                             if (const auto call = std::move(self->on_end_)) call();
                                         }));
    return reader;
}

std::size_t OutputReader::read_once() {
    ssize_t got = 0;
    do {
        got = ::read(pipe_.get(), buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        const auto size = static_cast<std::size_t>(got);
        const std::string_view chunk(buffer_.data(), size);
        if (channel_) channel_->feed(chunk, os::Loop::now());
        if (on_chunk_) on_chunk_(chunk);
        return size;
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) close();
    return 0;
}

void OutputReader::drain() {
    std::size_t total = 0;
    while (pipe_ && total < kDrainLimit) {
        const std::size_t got = read_once();
        if (got == 0) break;
        total += got;
    }
}

void OutputReader::close() {
    watch_.reset();
    pipe_.reset();
}

}  // namespace svd::daemon
