#include "cli/http_reply.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace svd::cli {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number, int base) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

std::string_view without_cr(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool has_token(std::string_view list, std::string_view token) {
    for (const auto part : split(list, ','))
        if (to_lower(trim(part)) == token) return true;
    return false;
}

}  // namespace

Status HttpReply::feed(std::string_view bytes, std::string& body) {
    while (!bytes.empty()) {
        switch (state_) {
            case State::Head:
                SVD_CHECK(feed_head(bytes));
                break;
            case State::Length:
            case State::Chunked:
            case State::UntilClose:
                take_body(bytes, body);
                break;
            case State::ChunkLine:
            case State::ChunkEnd:
            case State::Trailer:
                SVD_CHECK(feed_line(bytes));
                break;
            case State::Complete:
                keep_alive_ = false;
                return {};  // more than was asked for
        }
    }
    return {};
}

Status HttpReply::finish() {
    if (state_ == State::Complete) return {};
    if (state_ != State::UntilClose) return fail("the server closed the connection");
    state_ = State::Complete;
    return {};
}

Status HttpReply::feed_head(std::string_view& bytes) {
    const auto seen = pending_.size();
    pending_ += bytes;
    auto end = pending_.find("\n\r\n", seen < 2 ? 0 : seen - 2);
    std::size_t gap = 3;
    if (const auto bare = pending_.find("\n\n", seen < 1 ? 0 : seen - 1); bare < end) {
        end = bare;
        gap = 2;
    }
    if (end == std::string::npos) {
        bytes = {};
        if (pending_.size() > kMaxHead) return fail("the head of the answer is too long");
        return {};
    }
    bytes.remove_prefix(end + gap - seen);
    const auto head = std::exchange(pending_, {});
    SVD_CHECK(parse_head(std::string_view(head).substr(0, end)));
    // An interim answer (100 Continue) announces the real one.
    if (status_ >= 100 && status_ < 200)
        state_ = State::Head;
    else
        choose_body();
    return {};
}

Status HttpReply::parse_head(std::string_view head) {
    chunked_ = has_length_ = false;
    left_ = 0;
    bool first = true;
    for (const auto raw : split(head, '\n')) {
        const auto line = without_cr(raw);
        SVD_CHECK(first ? parse_status_line(line) : parse_header(line));
        first = false;
    }
    return {};
}

Status HttpReply::parse_status_line(std::string_view line) {
    const auto words = split_blanks(line);
    if (words.size() < 2 || !words[0].starts_with("HTTP/") || words[1].size() != 3 ||
        !read_number(words[1], status_, 10))
        return fail("not an HTTP answer");
    keep_alive_ = words[0] == "HTTP/1.1";
    const auto code = static_cast<std::size_t>(words[1].data() - line.data());
    reason_ = trim(line.substr(code + words[1].size()));
    return {};
}

Status HttpReply::parse_header(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == line.npos) return {};
    const auto name = to_lower(trim(line.substr(0, colon)));
    const auto value = trim(line.substr(colon + 1));
    if (name == "content-length") {
        std::uint64_t length = 0;
        if (!read_number(value, length, 10)) return fail("a Content-Length that is no number");
        if (has_length_ && length != left_) return fail("two Content-Lengths");
        has_length_ = true;
        left_ = length;
    } else if (name == "transfer-encoding") {
        chunked_ = has_token(value, "chunked");
    } else if (name == "connection") {
        if (has_token(value, "close")) keep_alive_ = false;
        if (has_token(value, "keep-alive")) keep_alive_ = true;
    }
    return {};
}

void HttpReply::choose_body() {
    if (status_ == 204 || status_ == 304)
        state_ = State::Complete;
    else if (chunked_)
        state_ = State::ChunkLine;
    else if (has_length_)
        state_ = left_ == 0 ? State::Complete : State::Length;
    else
        state_ = State::UntilClose;
}

void HttpReply::take_body(std::string_view& bytes, std::string& body) {
    if (state_ == State::UntilClose) {
        body += bytes;
        bytes = {};
        return;
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    body += bytes.substr(0, size);
    bytes.remove_prefix(size);
    left_ -= size;
    if (left_ == 0) state_ = state_ == State::Length ? State::Complete : State::ChunkEnd;
}

Status HttpReply::feed_line(std::string_view& bytes) {
    const auto newline = bytes.find('\n');
    pending_ += bytes.substr(0, newline);
    if (pending_.size() > kMaxLine) return fail("a line of the answer is too long");
    if (newline == bytes.npos) {
        bytes = {};
        return {};
    }
    bytes.remove_prefix(newline + 1);
    const auto line = std::exchange(pending_, {});
    return on_line(without_cr(line));
}

Status HttpReply::on_line(std::string_view line) {
    if (state_ == State::ChunkEnd) {
        if (!line.empty()) return fail("a chunk longer than it says");
        state_ = State::ChunkLine;
    } else if (state_ == State::Trailer) {
        if (line.empty()) state_ = State::Complete;
    } else {
        const auto size = trim(line.substr(0, line.find(';')));
        if (!read_number(size, left_, 16)) return fail("a chunk size that is no number");
        state_ = left_ == 0 ? State::Trailer : State::Chunked;
    }
    return {};
}

}  // namespace svd::cli
