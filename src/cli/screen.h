// A terminal that is drawn over and over, and keys that come one by one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <termios.h>

#include "cli/output.h"

namespace svd::cli {

// Takes the terminal while it lives: another screen, no cursor, no echo, keys at once. Ctrl-C stays
// a signal; hold an InterruptScope, so that the terminal is given back.
class Screen {
  public:
    // `in` is the terminal's descriptor for reading.
    Screen(Output& out, int in);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    // Draws as many lines as fit, cut to the width; the one at `reversed` stands out.
    void draw(const std::vector<std::string>& lines, std::size_t reversed);
    // What was typed and is here already.
    [[nodiscard]] std::string keys() const;

  private:
    Output& out_;
    int in_;
    bool changed_ = false;
    termios saved_{};
};

// The first `width` characters of UTF-8 text, control characters as '?'.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t width);

}  // namespace svd::cli
