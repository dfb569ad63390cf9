// The writing half of a connection: answers and streams.
#include <utility>

#include <fmt/format.h>

#include "http/connection.h"

namespace svd::http {
namespace {

bool has_no_body(int status) {
    return status == 204 || status == 304;
}

}  // namespace

bool Connection::is_open(std::uint64_t exchange) const {
    return exchange == exchange_ && !broken_ &&
           (phase_ == Phase::Handling || phase_ == Phase::Streaming);
}

void Connection::answer(std::uint64_t exchange, Response response) {
    if (!is_open(exchange) || phase_ != Phase::Handling) return;
    queue_head(response.status, response.headers, response.body.size());
    body_bytes_ = 0;
    if (!head_request_ && !has_no_body(response.status)) {
        body_bytes_ = response.body.size();
        output_.append(std::move(response.body));
    }
    exchange_done();
}

void Connection::begin_stream(std::uint64_t exchange, int status, const wire::HeaderList& headers) {
    if (!is_open(exchange) || phase_ != Phase::Handling) return;
    chunked_ = version_ == wire::HttpVersion::Http11;
    if (!chunked_) close_after_ = true;  // the end of the body is the end of the connection
    queue_head(status, headers, std::nullopt);
    phase_ = Phase::Streaming;
    body_bytes_ = 0;
    if (head_request_) return exchange_done();
    if (in_loop_) return;
    flush();
    update();
}

void Connection::queue_head(int status, const wire::HeaderList& headers,
                            std::optional<std::size_t> body_size) {
    start_writing();
    status_ = status;
    fmt::memory_buffer head;
    const auto out = fmt::appender(head);
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nServer: svd\r\nDate: {}\r\n", status,
                   wire::reason_phrase(status), host_.date());
    for (const wire::HeaderField& field : headers) {
        fmt::format_to(out, "{}: {}\r\n", field.name, field.value);
    }
    if (body_size && !has_no_body(status)) {
        fmt::format_to(out, "Content-Length: {}\r\n", *body_size);
    } else if (!body_size && chunked_) {
        fmt::format_to(out, "Transfer-Encoding: chunked\r\n");
    }
    if (close_after_) {
        fmt::format_to(out, "Connection: close\r\n");
    } else if (version_ == wire::HttpVersion::Http10) {
        fmt::format_to(out, "Connection: Keep-Alive\r\n");
    }
    fmt::format_to(out, "\r\n");
    output_.append(std::string_view(head.data(), head.size()));
}

// The answer is completely queued: ready for the next request.
void Connection::exchange_done() {
    if (host_.hooks().access) {
        host_.hooks().access(Access{peer_, request_line_, status_, body_bytes_});
        request_line_.clear();
    }
    ++exchange_;
    room_call_ = nullptr;
    gone_call_ = nullptr;
    room_wanted_ = false;
    phase_ = Phase::Reading;
    parser_.reset();
    header_seen_ = false;
    route_ = nullptr;
    request_began_.reset();
    idle_since_ = host_.now().mono;
    if (in_loop_) return;
    flush();
    if (!broken_) finish_or_linger();
    // The next pipelined request runs from the loop, not inside somebody else's call.
    resume_ = !input_.empty();
    update();
}

std::size_t Connection::stream_room(std::uint64_t exchange) const {
    if (!is_open(exchange) || phase_ != Phase::Streaming) return 0;
    const std::size_t most = host_.limits().max_stream_bytes;
    return output_.size() < most ? most - output_.size() : 0;
}

bool Connection::stream_write(std::uint64_t exchange, std::string_view bytes) {
    if (!is_open(exchange) || phase_ != Phase::Streaming) return false;
    if (bytes.empty()) return true;  // an empty chunk would end the body
    const std::size_t most = host_.limits().max_stream_bytes;
    if (bytes.size() > stream_room(exchange)) {
        room_wanted_ = true;
        return false;
    }
    start_writing();
    body_bytes_ += bytes.size();
    if (chunked_) {
        std::string chunk = fmt::format("{:x}\r\n", bytes.size());
        chunk.reserve(chunk.size() + bytes.size() + 2);
        chunk.append(bytes).append("\r\n");
        output_.append(std::move(chunk));
    } else {
        output_.append(bytes);
    }
    if (!in_loop_) flush();
    if (output_.size() > most / 2) room_wanted_ = true;
    update();
    return true;
}

void Connection::stream_finish(std::uint64_t exchange) {
    if (!is_open(exchange) || phase_ != Phase::Streaming) return;
    start_writing();
    if (chunked_) output_.append(std::string_view("0\r\n\r\n"));
    exchange_done();
}

void Connection::on_room(std::uint64_t exchange, std::function<void()> call) {
    if (is_open(exchange)) room_call_ = std::move(call);
}

void Connection::on_gone(std::uint64_t exchange, std::function<void()> call) {
    if (is_open(exchange)) gone_call_ = std::move(call);
}

void Connection::call_on_room() {
    if (phase_ != Phase::Streaming || !room_wanted_ || !output_.empty() || broken_) return;
    room_wanted_ = false;
    // A copy, because the call may replace or end what it belongs to.
    if (const auto call = room_call_) call();
}

void Connection::start_writing() {
    if (output_.empty()) write_progress_ = host_.now().mono;
}

void Connection::flush() {
    if (output_.empty() || phase_ == Phase::Closed || broken_) return;
    const auto written = output_.write_to(fd_.get());
    if (!written) {
        broken_ = true;
        output_.clear();
    } else if (*written > 0 && !output_.empty()) {
        write_progress_ = host_.now().mono;
    }
}

}  // namespace svd::http
