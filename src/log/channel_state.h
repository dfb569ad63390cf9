// What an OutputChannel holds in the middle of a stream, as plain values: an upgrade writes it down
// and goes on in the next program, at the same byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace svd::log {

// Of an escape sequence that has begun and not ended.
struct AnsiState {
    int state = 0;  // AnsiFilter::State
    bool osc = false;
    std::size_t length = 0;
    bool operator==(const AnsiState&) const = default;
};

// Of a message between Supervisor's tokens.
struct CaptureState {
    bool capturing = false;
    std::size_t matched = 0;  // bytes of the next token seen so far
    std::string message;
    bool operator==(const CaptureState&) const = default;
};

struct ChannelState {
    AnsiState ansi;
    CaptureState capture;
    std::string line;  // without its end, for syslog
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_passed = 0;
    std::string tail;  // of the last output, where it is remembered
    bool operator==(const ChannelState&) const = default;
};

}  // namespace svd::log
