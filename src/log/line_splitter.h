// Cuts a byte stream that arrives in any pieces into lines, for sinks that take one message a line.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace svd::log {

class LineSplitter {
  public:
    using Sink = std::function<void(std::string_view)>;

    // A line longer than `max_line` bytes is delivered in parts of that size. Lines come without
    // their newline; empty lines are delivered too.
    LineSplitter(std::size_t max_line, Sink line) : max_line_(max_line), line_(std::move(line)) {}

    void feed(std::string_view chunk);
    // End of stream: delivers what stands without a newline, if anything.
    void finish();

    // The line without its end, to go on with elsewhere.
    [[nodiscard]] const std::string& unfinished() const { return partial_; }

  private:
    std::size_t max_line_;
    Sink line_;
    std::string partial_;  // never longer than max_line_
};

}  // namespace svd::log
