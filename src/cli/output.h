// Standard output of svctl: buffered between waits, quiet when the reader is gone.
//
// Whoever is about to wait (an RPC, a prompt, a stream) flushes first, so lines appear when they
// are true. After EPIPE everything more is dropped and the command goes on: `svctl stop all | head
// -1` still stops everything.
#pragma once

#include <string>
#include <string_view>

namespace svd::cli {

class Output {
  public:
    explicit Output(int fd) : fd_(fd) {}

    void line(std::string_view text);  // text and a newline
    void raw(std::string_view text);
    void flush();

    // The reader has gone away; streams end on it.
    [[nodiscard]] bool is_broken() const { return error_ != 0; }
    // errno of the first failed write other than EPIPE, 0 if none: a full disk is worth an exit
    // code.
    [[nodiscard]] int write_error() const;

  private:
    int fd_;
    int error_ = 0;
    std::string buffer_;
};

// Writes to standard error, at once.
void write_stderr(std::string_view text);

// text padded with blanks on the right to `width` characters (not bytes) of UTF-8.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace svd::cli
