#include "cli/terminal_input.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/interrupt.h"

namespace svd::cli {
namespace {

// Turns echo off while it lives. Ctrl-C meanwhile is a flag (InterruptScope), so the terminal is
// always restored.
class EchoOff {
  public:
    explicit EchoOff(int fd) : fd_(fd) {
        active_ = tcgetattr(fd_, &saved_) == 0;
        if (!active_) return;
        termios silent = saved_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(fd_, TCSAFLUSH, &silent);
    }
    ~EchoOff() {
        if (active_) tcsetattr(fd_, TCSAFLUSH, &saved_);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

  private:
    int fd_;
    bool active_ = false;
    termios saved_{};
};

}  // namespace

std::optional<std::string> LineInput::take_line() {
    auto end = buffer_.find('\n');
    std::size_t gap = 1;
    if (end == std::string::npos) {
        const bool whole = buffer_.size() >= kMaxLine || (at_end_ && !buffer_.empty());
        if (!whole) return std::nullopt;
        end = buffer_.size();
        gap = 0;
    }
    auto line = buffer_.substr(0, end);
    buffer_.erase(0, end + gap);
    return line;
}

void LineInput::fill() {
    std::array<char, 4096> bytes;
    const auto got = read(fd_, bytes.data(), bytes.size());
    if (got > 0)
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        at_end_ = true;
}

std::optional<std::string> LineInput::read_line() {
    for (;;) {
        if (auto line = take_line()) return line;
        if (at_end_ || !wait_readable(fd_)) return std::nullopt;
        fill();
    }
}

std::optional<std::string> ask(Output& out, LineInput& in, std::string_view question) {
    out.raw(question);
    out.flush();
    return in.read_line();
}

std::optional<std::string> ask_hidden(Output& out, LineInput& in, std::string_view question) {
    const auto terminal = UniqueFd::adopt(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal) return ask(out, in, question);
    out.flush();
    const InterruptScope scope;
    Output screen(terminal.get());
    LineInput keyboard(terminal.get());
    const EchoOff silent(terminal.get());
    auto answer = ask(screen, keyboard, question);
    screen.line("");
    screen.flush();
    return answer;
}

}  // namespace svd::cli
