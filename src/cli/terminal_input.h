// Lines from standard input, and the questions that svctl asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/output.h"

namespace svd::cli {

// Reads a descriptor and hands out whole lines. Bounded: a line longer than kMaxLine is handed out
// in pieces.
class LineInput {
  public:
    static constexpr std::size_t kMaxLine = 64U << 10;
    explicit LineInput(int fd) : fd_(fd) {}

    // Next line without its newline; waits. Empty at the end of input and on Ctrl-C.
    [[nodiscard]] std::optional<std::string> read_line();
    // A line that is already here.
    [[nodiscard]] std::optional<std::string> take_line();
    // One read; call it when the descriptor is readable.
    void fill();
    [[nodiscard]] bool at_end() const { return at_end_; }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
    bool at_end_ = false;
    std::string buffer_;
};

// Shows `question` on standard output and reads the answer.
[[nodiscard]] std::optional<std::string> ask(Output& out, LineInput& in, std::string_view question);
// The same on the terminal itself, without echo; falls back to `in` where there is none.
[[nodiscard]] std::optional<std::string> ask_hidden(Output& out, LineInput& in,
                                                    std::string_view question);

}  // namespace svd::cli
