#include "log/ansi_filter.h"

namespace svd::log {
namespace {

constexpr unsigned char kBell = 0x07;
constexpr unsigned char kCancel = 0x18;
constexpr unsigned char kSubstitute = 0x1a;
constexpr unsigned char kEscape = 0x1b;
// Memory that each channel may keep between chunks; thousands of channels must stay cheap.
constexpr std::size_t kKeptBuffer = 16UL * 1024;

bool between(unsigned char byte, unsigned char low, unsigned char high) {
    return byte >= low && byte <= high;
}
bool cancels(unsigned char byte) {
    return byte == kCancel || byte == kSubstitute;
}

}  // namespace

std::string_view AnsiFilter::strip(std::string_view chunk) {
    if (state_ == State::Text && chunk.find('\x1b') == std::string_view::npos) return chunk;
    if (buffer_.capacity() > kKeptBuffer && chunk.size() <= kKeptBuffer) buffer_ = {};
    buffer_.clear();
    std::size_t i = 0;
    while (i < chunk.size()) {
        if (state_ == State::Text) {
            const std::size_t escape = chunk.find('\x1b', i);
            buffer_.append(chunk.substr(i, escape - i));
            if (escape == std::string_view::npos) break;
            state_ = State::Escape;
            length_ = 1;
            i = escape + 1;
            continue;
        }
        if (keeps(static_cast<unsigned char>(chunk[i]))) buffer_.push_back(chunk[i]);
        ++i;
    }
    return buffer_;
}

void AnsiFilter::reset() {
    state_ = State::Text;
}

// One byte of a sequence; true when it turns out to be text.
bool AnsiFilter::keeps(unsigned char byte) {
    ++length_;
    switch (state_) {
        case State::Text:
            return true;
        case State::Escape:
            return after_escape(byte);
        case State::Intermediate:
        case State::Csi:
            return in_control(byte);
        case State::String:
            return in_string(byte);
        case State::StringEscape:
            if (byte != '\\') return after_escape(byte);
            state_ = State::Text;
            return false;
    }
    return true;
}

bool AnsiFilter::after_escape(unsigned char byte) {
    length_ = 2;
    if (byte == kEscape) {
        state_ = State::Escape;
    } else if (byte == '[') {
        state_ = State::Csi;
    } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
        state_ = State::String;
        osc_ = byte == ']';
    } else if (between(byte, 0x20, 0x2f)) {
        state_ = State::Intermediate;
    } else {
        state_ = State::Text;
        return !between(byte, 0x30, 0x7e) && !cancels(byte);
    }
    return false;
}

bool AnsiFilter::in_control(unsigned char byte) {
    if (byte == kEscape) {
        state_ = State::Escape;
        return false;
    }
    const bool goes_on =
        state_ == State::Csi ? between(byte, 0x20, 0x3f) : between(byte, 0x20, 0x2f);
    if (goes_on && length_ <= kMaxControl) return false;
    state_ = State::Text;
    return goes_on || !(between(byte, 0x30, 0x7e) || cancels(byte));
}

bool AnsiFilter::in_string(unsigned char byte) {
    if (byte == kEscape) {
        state_ = State::StringEscape;
        return false;
    }
    const bool ends = cancels(byte) || (osc_ && byte == kBell);
    const bool breaks = byte == '\n' || length_ > kMaxString;
    if (ends || breaks) state_ = State::Text;
    return breaks && !ends;
}

void AnsiFilter::restore(const AnsiState& saved) {
    if (saved.state < 0 || saved.state > static_cast<int>(State::StringEscape)) return;
    state_ = static_cast<State>(saved.state);
    osc_ = saved.osc;
    length_ = saved.length;
}

}  // namespace svd::log
