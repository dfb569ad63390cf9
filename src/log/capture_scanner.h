// Capture mode: finds Supervisor's tokens in a byte stream that arrives in any pieces. Bytes
// between BEGIN and END are collected (the last `limit` of them), the tokens themselves go nowhere,
// and all other bytes pass through at once; only a possible beginning of a token is held back until
// it is decided. Outside a capture an END token is text; inside one a BEGIN token is data.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "log/channel_state.h"

namespace svd::log {

inline constexpr std::string_view kBeginToken = "<!--XSUPERVISOR:BEGIN-->";
inline constexpr std::string_view kEndToken = "<!--XSUPERVISOR:END-->";

class CaptureScanner {
  public:
    using Sink = std::function<void(std::string_view)>;

    // `limit`: bytes of one message that are kept, the newest ones. `pass` gets pieces that are not
    // captured, `captured` each finished message once.
    CaptureScanner(std::size_t limit, Sink pass, Sink captured);

    void feed(std::string_view chunk);
    // End of stream: a held beginning of a token is text after all. A message without END is lost,
    // as it is with Supervisor; returns how many bytes of it there were.
    std::size_t finish();
    [[nodiscard]] bool capturing() const { return capturing_; }

    [[nodiscard]] CaptureState save() const { return {capturing_, matched_, message_}; }
    void restore(CaptureState saved);

  private:
    [[nodiscard]] std::string_view token() const { return capturing_ ? kEndToken : kBeginToken; }
    void deliver(std::string_view bytes);
    void token_found();

    std::size_t limit_;
    Sink pass_;
    Sink captured_;
    bool capturing_ = false;
    std::size_t matched_ = 0;  // bytes of token() seen at the end of the stream so far
    std::string message_;
};

}  // namespace svd::log
