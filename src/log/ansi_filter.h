// strip_ansi: removes terminal escape sequences from a byte stream that arrives in any pieces.
//
// Known: CSI (ESC [ ... final 0x40-0x7e), the strings OSC, DCS, SOS, PM and APC (up to ST, OSC also
// up to BEL), ESC with intermediates (ESC ( B) and the two-byte escapes. CAN and SUB end a
// sequence, as on a terminal. A sequence that breaks the grammar, a string with a newline in it, or
// one longer than the limits below is given up: what was seen of it is gone, the byte that broke it
// is kept. Bytes >= 0x80 are text (UTF-8), not 8-bit controls.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "log/channel_state.h"

namespace svd::log {

class AnsiFilter {
  public:
    static constexpr std::size_t kMaxControl = 256;         // bytes of a CSI or ESC sequence
    static constexpr std::size_t kMaxString = 64UL * 1024;  // bytes of an OSC, DCS, ... string

    // The text in `chunk`. The view points into `chunk` when there was nothing to remove, else into
    // a buffer of this object; it holds until the next call or the end of `chunk`.
    [[nodiscard]] std::string_view strip(std::string_view chunk);
    // Forgets a sequence that was begun and not ended; at the end of a stream.
    void reset();

    [[nodiscard]] AnsiState save() const { return {static_cast<int>(state_), osc_, length_}; }
    void restore(const AnsiState& saved);

  private:
    enum class State { Text, Escape, Intermediate, Csi, String, StringEscape };
    [[nodiscard]] bool keeps(unsigned char byte);
    [[nodiscard]] bool after_escape(unsigned char byte);
    [[nodiscard]] bool in_control(unsigned char byte);
    [[nodiscard]] bool in_string(unsigned char byte);

    State state_ = State::Text;
    bool osc_ = false;        // the present string may end with BEL
    std::size_t length_ = 0;  // bytes of the present sequence
    std::string buffer_;
};

}  // namespace svd::log
