// The reading half of a connection: events, requests, handlers, deadlines.
#include "http/connection.h"

#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace svd::http {
namespace {

// A client that sends requests without reading answers is not read from beyond this.
constexpr std::size_t kPipelinedOutput = 64U << 10;
constexpr std::size_t kKeptInputCapacity = 4096;
constexpr Duration kLingerTime = std::chrono::seconds(2);

}  // namespace

Connection::Connection(ConnectionHost& host, std::shared_ptr<ListenerState> listener, UniqueFd fd,
                       Peer peer, bool is_unix)
    : host_(host),
      listener_(std::move(listener)),
      peer_(std::move(peer)),
      is_unix_(is_unix),
      fd_(std::move(fd)),
      parser_(host.limits().message),
      idle_since_(host.now().mono) {}

Connection::~Connection() = default;

Status Connection::start(os::Loop& loop) {
    SVD_TRY(watch_, os::Watch::add(loop, fd_.get(), wanted_events(), os::Priority::Control,
                                   [this](std::uint32_t revents) { on_ready(revents); }));
    update();
    return {};
}

bool Connection::is_idle() const {
    if (phase_ != Phase::Reading || parser_.begun() || !input_.empty() || !output_.empty()) {
        return false;
    }
    char byte = 0;  // a request may have arrived that the loop has not come to yet
    return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

void Connection::on_ready(std::uint32_t revents) {
    const auto self = shared_from_this();
    const bool dead = (revents & (EPOLLERR | EPOLLHUP)) != 0;
    const bool answering = phase_ == Phase::Handling || phase_ == Phase::Streaming;
    if (broken_ || (dead && (answering || !output_.empty()))) return close();
    if (phase_ == Phase::Streaming && (revents & EPOLLRDHUP) != 0) return close();

    in_loop_ = true;
    resume_ = false;
    flush();
    call_on_room();
    if (phase_ == Phase::Reading) process_input();
    const bool readable = (revents & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    const bool wants_input =
        phase_ == Phase::Lingering || (phase_ == Phase::Reading && output_.empty());
    if (readable && wants_input && !broken_) read_some();
    flush();
    in_loop_ = false;
    if (phase_ == Phase::Closed) return;
    if (broken_) return close();
    finish_or_linger();
    update();
}

void Connection::read_some() {
    const std::span<char> buffer = host_.read_buffer();
    const ssize_t count = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) close();
        return;
    }
    if (count == 0) return close();
    if (phase_ == Phase::Lingering) return;
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    process_input();
}

void Connection::process_input() {
    std::size_t used = 0;
    bool stuck = false;  // the parser wants more than there is
    while (phase_ == Phase::Reading && !close_after_ && !stuck && used < input_.size() &&
           output_.size() < kPipelinedOutput) {
        used += parser_.feed(std::string_view(input_).substr(used));
        switch (parser_.state()) {
            case wire::HttpParseState::Header:
                stuck = true;
                break;
            case wire::HttpParseState::Body:
                if (header_seen_) {
                    stuck = true;
                } else {
                    header_arrived();
                }
                break;
            case wire::HttpParseState::Complete:
                unread_input_ = false;
                if (!header_seen_) header_arrived();
                if (header_seen_) dispatch();
                break;
            case wire::HttpParseState::Failed:
                version_ = wire::HttpVersion::Http11;
                head_request_ = false;
                close_after_ = true;
                refuse(parser_.failure().status);
                break;
        }
    }
    if (phase_ == Phase::Closed) return;
    // Held back by unsent answers: go on when they are out, even if the client sends nothing more.
    resume_ = phase_ == Phase::Reading && !close_after_ && !stuck && used < input_.size();
    input_.erase(0, used);
    if (input_.empty() && input_.capacity() > kKeptInputCapacity) input_ = {};
    if (phase_ == Phase::Reading && parser_.begun() && !request_began_) {
        request_began_ = host_.now().mono;
    }
}

// Decides whether the request is let in before its body is read. Sets header_seen_ when it is.
void Connection::header_arrived() {
    const wire::HttpRequest& request = parser_.request();
    version_ = request.version;
    head_request_ = request.method == "HEAD";
    // Not close_after_ yet: the body is still to be read.
    last_request_ = !request.keep_alive();
    unread_input_ = parser_.state() != wire::HttpParseState::Complete;
    if (host_.hooks().access) {
        request_line_ = request.method + " " + request.target +
                        (version_ == wire::HttpVersion::Http10 ? " HTTP/1.0" : " HTTP/1.1");
    }
    if (!authorize()) return;
    const RouteChoice choice = choose_route(host_.routes(), request.method, request.path);
    if (choice.route == nullptr) return refuse(choice.status);
    route_ = choice.route;
    header_seen_ = true;
    if (parser_.expects_continue()) {
        start_writing();
        output_.append(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
    }
}

bool Connection::authorize() {
    if (!listener_->verifier) return true;
    auto verdict = wire::AuthVerdict::Refused;
    if (const std::string* header = parser_.request().headers.find("Authorization")) {
        if (auto credentials = wire::parse_basic(*header)) {
            verdict = listener_->verifier->check(*credentials, host_.now().mono);
            peer_.username = std::move(credentials->username);
        }
    }
    if (verdict == wire::AuthVerdict::Accepted) return true;
    peer_.username.reset();
    close_after_ = true;
    if (verdict == wire::AuthVerdict::TryLater) {
        refuse(503, {{"Retry-After", "1"}});
    } else {
        refuse(401, {{"WWW-Authenticate", "Basic realm=\"default\""}});
    }
    return false;
}

void Connection::dispatch() {
    Request request;
    static_cast<wire::HttpRequest&>(request) = std::move(parser_.request());
    request.peer = &peer_;
    phase_ = Phase::Handling;
    close_after_ = close_after_ || last_request_;
    request_began_.reset();
    try {
        route_->handler(request, Responder(weak_from_this(), exchange_));
    } catch (const std::exception& error) {
        // The Responder has answered 500 while the stack was unwound.
        if (host_.hooks().log) {
            host_.hooks().log(Severity::Error, fmt::format("{}:Server Error: {}: {}", peer_.address,
                                                           request.path, error.what()));
        }
    }
}

void Connection::refuse(int status, wire::HeaderList headers) {
    // A body that was not read cannot be told from the next request.
    if (unread_input_ || parser_.state() != wire::HttpParseState::Complete) {
        unread_input_ = true;
        close_after_ = true;
    }
    phase_ = Phase::Handling;
    close_after_ = close_after_ || last_request_;
    headers.add("Content-Type", "text/html");
    answer(exchange_, Response{status, std::move(headers), wire::error_page(status)});
}

void Connection::on_deadline() {
    const auto self = shared_from_this();
    const bool late_request =
        phase_ == Phase::Reading && output_.empty() && request_began_ && !close_after_;
    if (!late_request) return close();
    in_loop_ = true;
    version_ = wire::HttpVersion::Http11;
    head_request_ = false;
    close_after_ = true;
    refuse(408);
    flush();
    in_loop_ = false;
    if (broken_) return close();
    finish_or_linger();
    update();
}

// A request that is only arriving is let in; it is answered before the next call.
void Connection::say_goodbye() {
    switch (phase_) {
        case Phase::Reading:
            if (exchange_ > 0 && is_idle()) close();
            break;
        case Phase::Handling: {
            close_after_ = true;
            Response response;
            response.status = 503;
            response.headers = {{"Content-Type", "text/html"}, {"Retry-After", "1"}};
            response.body = wire::error_page(503);
            answer(exchange_, std::move(response));
            break;
        }
        case Phase::Streaming:
            close_after_ = true;
            stream_finish(exchange_);
            break;
        case Phase::Lingering:
        case Phase::Closed:
            break;
    }
}

void Connection::finish_or_linger() {
    if (phase_ != Phase::Reading || !close_after_ || !output_.empty()) return;
    if (!unread_input_ && input_.empty()) return close();
    // Closing with unread bytes makes the kernel reset the connection, and the answer is lost.
    ::shutdown(fd_.get(), SHUT_WR);
    phase_ = Phase::Lingering;
    linger_began_ = host_.now().mono;
    input_ = {};
}

void Connection::close() {
    if (phase_ == Phase::Closed) return;
    const auto self = shared_from_this();
    const auto gone = std::exchange(gone_call_, nullptr);
    abandon();
    host_.closed(*this);
    if (gone) gone();
}

void Connection::abandon() {
    phase_ = Phase::Closed;
    ++exchange_;
    room_call_ = nullptr;
    gone_call_ = nullptr;
    watch_.reset();
    fd_.reset();
    output_.clear();
    input_ = {};
    const auto before = std::exchange(deadline_, std::nullopt);
    if (before) host_.deadline_changed(before, std::nullopt);
}

void Connection::update() {
    if (phase_ == Phase::Closed) return;
    if (const std::uint32_t events = wanted_events(); watch_.mask() != events) {
        watch_.set_mask(events);
    }
    const auto wanted = wanted_deadline();
    if (wanted == deadline_) return;
    const auto before = std::exchange(deadline_, wanted);
    host_.deadline_changed(before, wanted);
}

std::uint32_t Connection::wanted_events() const {
    if (phase_ == Phase::Lingering) return EPOLLIN;
    std::uint32_t events = output_.empty() && !resume_ && !broken_ ? 0U : EPOLLOUT;
    if (phase_ == Phase::Reading && output_.empty() && !close_after_) events |= EPOLLIN;
    // Over TCP a client that went away and one that only stopped sending look the same. Nobody
    // listens to a stream half-closed, but scripts wait for an answer that way.
    if (phase_ == Phase::Streaming && !is_unix_) events |= EPOLLRDHUP;
    return events;
}

std::optional<MonoTime> Connection::wanted_deadline() const {
    const Limits& limits = host_.limits();
    if (phase_ == Phase::Lingering) return linger_began_ + kLingerTime;
    if (!output_.empty()) return write_progress_ + limits.write_timeout;
    if (phase_ != Phase::Reading) return {};
    if (request_began_) return *request_began_ + limits.request_timeout;
    if (is_unix_) return {};
    return idle_since_ + limits.idle_timeout;
}

}  // namespace svd::http
