// Incremental reader of one HTTP/1.x answer. It makes no system call: bytes go in as they arrive,
// body bytes come out as soon as they are complete.
//
// Strict where it matters (a length that is no number, a chunk size that is none), lenient where
// servers differ (line ends, blanks after a colon). Bounded: the head by kMaxHead, a chunk line by
// kMaxLine; the body by whoever collects it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace svd::cli {

class HttpReply {
  public:
    static constexpr std::size_t kMaxHead = 64U << 10;
    static constexpr std::size_t kMaxLine = 4U << 10;

    // Reads what it can of `bytes` and appends body bytes to `body`.
    [[nodiscard]] Status feed(std::string_view bytes, std::string& body);
    // The peer closed: completes an answer without a length, an error for any other.
    [[nodiscard]] Status finish();

    [[nodiscard]] bool has_head() const { return state_ != State::Head; }
    [[nodiscard]] bool is_complete() const { return state_ == State::Complete; }
    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::string& reason() const { return reason_; }
    // Whether the connection serves another request after this answer.
    [[nodiscard]] bool keeps_alive() const { return is_complete() && keep_alive_; }

  private:
    enum class State { Head, Length, Chunked, ChunkLine, ChunkEnd, Trailer, UntilClose, Complete };

    Status feed_head(std::string_view& bytes);
    Status parse_head(std::string_view head);
    Status parse_status_line(std::string_view line);
    Status parse_header(std::string_view line);
    void choose_body();
    Status feed_line(std::string_view& bytes);
    Status on_line(std::string_view line);
    void take_body(std::string_view& bytes, std::string& body);

    State state_ = State::Head;
    std::string pending_;  // an unfinished head or line
    int status_ = 0;
    std::string reason_;
    bool keep_alive_ = false;
    bool chunked_ = false;
    bool has_length_ = false;
    std::uint64_t left_ = 0;  // of the body or the chunk
};

}  // namespace svd::cli
