#include "cli/screen.h"

#include <algorithm>

#include <sys/ioctl.h>
#include <unistd.h>

namespace svd::cli {
namespace {

struct Size {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

Size terminal_size(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
    return {size.ws_row, size.ws_col};
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

constexpr std::string_view kEnter = "\033[?1049h\033[?25l";  // other screen, no cursor
constexpr std::string_view kLeave = "\033[?25h\033[?1049l";
constexpr std::string_view kHome = "\033[H";
constexpr std::string_view kClearLine = "\033[K";
constexpr std::string_view kClearRest = "\033[J";
constexpr std::string_view kReverse = "\033[7m";
constexpr std::string_view kPlain = "\033[m";

}  // namespace

Screen::Screen(Output& out, int in) : out_(out), in_(in) {
    changed_ = tcgetattr(in_, &saved_) == 0;
    if (changed_) {
        termios keys = saved_;
        keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        keys.c_cc[VMIN] = 1;
        keys.c_cc[VTIME] = 0;
        tcsetattr(in_, TCSANOW, &keys);
    }
    out_.raw(kEnter);
    out_.flush();
}

Screen::~Screen() {
    out_.raw(kLeave);
    out_.flush();
    if (changed_) tcsetattr(in_, TCSADRAIN, &saved_);
}

void Screen::draw(const std::vector<std::string>& lines, std::size_t reversed) {
    const Size size = terminal_size(in_);
    const auto shown = std::min(lines.size(), size.rows);
    out_.raw(kHome);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) out_.raw("\r\n");
        if (i == reversed) out_.raw(kReverse);
        out_.raw(cut_to_width(lines[i], size.columns));
        if (i == reversed) out_.raw(kPlain);
        out_.raw(kClearLine);
    }
    out_.raw(kClearRest);
    out_.flush();
}

std::string Screen::keys() const {
    char bytes[64];
    const auto got = read(in_, bytes, sizeof bytes);
    return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : std::string();
}

std::string cut_to_width(std::string_view text, std::size_t width) {
    std::string cut;
    std::size_t characters = 0;
    for (const char c : text) {
        if (!is_continuation(c) && ++characters > width) break;
        const auto code = static_cast<unsigned char>(c);
        cut += code < 0x20 || code == 0x7f ? '?' : c;
    }
    return cut;
}

}  // namespace svd::cli
