#include "cli/output.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace svd::cli {
namespace {

constexpr std::size_t kFlushAt = 64U << 10;

// Standard output may be non-blocking because another program sharing it made it so.
void wait_writable(int fd) {
    pollfd one{.fd = fd, .events = POLLOUT, .revents = 0};
    poll(&one, 1, -1);
}

int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = write(fd, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EAGAIN)
            wait_writable(fd);
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

}  // namespace

void Output::line(std::string_view text) {
    raw(text);
    raw("\n");
}

void Output::raw(std::string_view text) {
    if (error_ != 0) return;
    buffer_ += text;
    if (buffer_.size() >= kFlushAt) flush();
}

void Output::flush() {
    if (error_ == 0) error_ = write_all(fd_, buffer_);
    buffer_.clear();
}

int Output::write_error() const {
    return error_ == EPIPE ? 0 : error_;
}

void write_stderr(std::string_view text) {
    write_all(STDERR_FILENO, text);
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string pad_right(std::string_view text, std::size_t width) {
    std::string padded(text);
    if (const auto have = character_count(text); have < width) padded.append(width - have, ' ');
    return padded;
}

}  // namespace svd::cli
