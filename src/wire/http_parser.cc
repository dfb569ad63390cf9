#include "wire/http_parser.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

// Beast 1.74 asserts that a last chunk "0" arrives together with the bytes behind it, and goes on
// correctly when it does not; a sender must not be able to abort a debug build that way.
#define BOOST_DISABLE_ASSERTS
// The project's own messages are used instead of Beast's; only its incremental grammar is wanted.
#include <boost/beast/http/basic_parser.hpp>

namespace svd::wire {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;
using beast::error_code;
using BeastText = beast::string_view;

constexpr std::size_t kBodyReserve = 1U << 20;

std::string_view view(BeastText text) {
    return {text.data(), text.size()};
}

// Collects what Beast's grammar reports into a message of ours.
template <bool kIsRequest>
class Machine final : public beast::http::basic_parser<kIsRequest> {
  public:
    using Message = std::conditional_t<kIsRequest, HttpRequest, HttpResponse>;

    Message message;
    HttpVersion version = HttpVersion::Http11;
    std::function<void(std::string_view)> sink;  // body bytes, when set

  private:
    void on_request_impl(beast::http::verb, BeastText method, BeastText target, int number,
                         error_code&) override {
        if constexpr (kIsRequest) {
            message.method = view(method);
            message.target = view(target);
            split_target(message.target, message.path, message.query);
            message.version = number == 10 ? HttpVersion::Http10 : HttpVersion::Http11;
        }
    }
    void on_response_impl(int status, BeastText, int number, error_code&) override {
        if constexpr (!kIsRequest) {
            message.status = status;
            version = number == 10 ? HttpVersion::Http10 : HttpVersion::Http11;
        }
    }
    void on_field_impl(beast::http::field, BeastText name, BeastText value, error_code&) override {
        // Trailers come after the decisions that headers are for.
        if (!in_body_) message.headers.add(view(name), view(value));
    }
    void on_header_impl(error_code& ec) override {
        in_body_ = true;
        const bool encoded = message.headers.find("Transfer-Encoding") != nullptr;
        if (encoded && !this->chunked()) ec = BeastError::bad_transfer_encoding;
        if constexpr (kIsRequest) {
            message.has_body_header = encoded || message.headers.find("Content-Length") != nullptr;
        }
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        // A client's promise is not worth more than this before the bytes are here.
        if (length && !sink) {
            message.body.reserve(
                static_cast<std::size_t>(std::min<std::uint64_t>(*length, kBodyReserve)));
        }
    }
    std::size_t on_body_impl(BeastText bytes, error_code&) override {
        if (sink) {
            sink(view(bytes));
        } else {
            message.body += view(bytes);
        }
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, BeastText, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastText bytes, error_code& ec) override {
        return on_body_impl(bytes, ec);
    }
    void on_finish_impl(error_code&) override {}

    bool in_body_ = false;
};

HttpParseFailure failure_of(const error_code& ec) {
    if (ec == BeastError::body_limit) return {413, "body too large"};
    if (ec == BeastError::header_limit) return {431, "header too large"};
    if (ec == BeastError::bad_content_length) return {400, "bad Content-Length"};
    if (ec == BeastError::bad_transfer_encoding) return {400, "bad Transfer-Encoding"};
    if (ec == BeastError::bad_version) return {400, "bad HTTP version"};
    if (ec == BeastError::bad_method || ec == BeastError::bad_target) {
        return {400, "bad request line"};
    }
    if (ec == BeastError::bad_chunk || ec == BeastError::bad_chunk_extension) {
        return {400, "bad chunk"};
    }
    if (ec == BeastError::partial_message) return {400, "message cut short"};
    return {400, "bad header"};
}

// What both directions share: the state around one Machine.
template <bool kIsRequest>
struct Engine {
    explicit Engine(const HttpLimits& given) : limits(given) { reset(); }

    void reset() {
        auto sink = machine ? std::move(machine->sink) : nullptr;
        machine.emplace();
        // Counted here: Beast's own limit depends on how the bytes are cut.
        machine->header_limit(std::numeric_limits<std::uint32_t>::max());
        header_bytes = 0;
        use_sink(std::move(sink));
        state = HttpParseState::Header;
        failure = {};
        begun = false;
    }

    void use_sink(std::function<void(std::string_view)> sink) {
        machine->sink = std::move(sink);
        if (machine->sink) {
            machine->body_limit(boost::none);
        } else {
            machine->body_limit(limits.max_body_bytes);
        }
    }

    void fail(HttpParseFailure why) {
        failure = why;
        state = HttpParseState::Failed;
    }

    std::size_t feed(std::string_view bytes) {
        std::size_t used = begun ? 0 : skip_empty_lines(bytes);
        const HttpParseState entered = state;
        while (used < bytes.size() && state == entered &&
               (state == HttpParseState::Header || state == HttpParseState::Body)) {
            begun = true;
            error_code ec;
            const std::string_view rest = bytes.substr(used);
            const std::size_t taken =
                machine->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
            used += taken;
            if (entered == HttpParseState::Header) header_bytes += taken;
            if (ec == BeastError::need_more) {
                // A sender of bare line feeds believes that it is done and would wait for ever.
                if (state == HttpParseState::Header && rest.ends_with("\n\n")) {
                    fail({400, "bad header"});
                    break;
                }
                // In the body these are chunk headers or trailers.
                const std::size_t before = entered == HttpParseState::Header ? header_bytes : 0;
                if (before + bytes.size() - used > limits.max_header_bytes) {
                    fail({431, "header too large"});
                }
                break;
            }
            if (ec) {
                fail(failure_of(ec));
            } else if (header_bytes > limits.max_header_bytes) {
                fail({431, "header too large"});
            } else if (machine->is_done()) {
                state = HttpParseState::Complete;
            } else if (machine->is_header_done()) {
                state = HttpParseState::Body;
            }
        }
        return used;
    }

    // Robust clients may send line ends between messages (RFC 9112, 2.2).
    static std::size_t skip_empty_lines(std::string_view bytes) {
        return std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    }

    HttpLimits limits;
    std::optional<Machine<kIsRequest>> machine;
    HttpParseState state = HttpParseState::Header;
    HttpParseFailure failure;
    bool begun = false;
    std::size_t header_bytes = 0;
};

}  // namespace

struct HttpRequestParser::Impl : Engine<true> {
    using Engine::Engine;
};
struct HttpResponseParser::Impl : Engine<false> {
    using Engine::Engine;
};

HttpRequestParser::HttpRequestParser(const HttpLimits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}
HttpRequestParser::~HttpRequestParser() = default;
HttpRequestParser::HttpRequestParser(HttpRequestParser&&) noexcept = default;
HttpRequestParser& HttpRequestParser::operator=(HttpRequestParser&&) noexcept = default;

void HttpRequestParser::reset() {
    impl_->reset();
}
std::size_t HttpRequestParser::feed(std::string_view bytes) {
    return impl_->feed(bytes);
}
bool HttpRequestParser::begun() const {
    return impl_->begun;
}
HttpParseState HttpRequestParser::state() const {
    return impl_->state;
}
const HttpParseFailure& HttpRequestParser::failure() const {
    return impl_->failure;
}
const HttpRequest& HttpRequestParser::request() const {
    return impl_->machine->message;
}
HttpRequest& HttpRequestParser::request() {
    return impl_->machine->message;
}
bool HttpRequestParser::expects_continue() const {
    const HttpRequest& message = request();
    return state() == HttpParseState::Body && message.version == HttpVersion::Http11 &&
           message.headers.has_token("Expect", "100-continue");
}

HttpResponseParser::HttpResponseParser(const HttpLimits& limits)
    : impl_(std::make_unique<Impl>(limits)) {}
HttpResponseParser::~HttpResponseParser() = default;
HttpResponseParser::HttpResponseParser(HttpResponseParser&&) noexcept = default;
HttpResponseParser& HttpResponseParser::operator=(HttpResponseParser&&) noexcept = default;

void HttpResponseParser::reset() {
    impl_->reset();
}
void HttpResponseParser::on_body(std::function<void(std::string_view)> sink) {
    impl_->use_sink(std::move(sink));
}
std::size_t HttpResponseParser::feed(std::string_view bytes) {
    std::size_t used = impl_->feed(bytes);
    // "100 Continue" only announces the message that matters.
    while (impl_->state == HttpParseState::Complete && response().status / 100 == 1) {
        impl_->reset();
        used += impl_->feed(bytes.substr(used));
    }
    return used;
}
void HttpResponseParser::finish() {
    if (state() == HttpParseState::Complete || state() == HttpParseState::Failed) return;
    if (!impl_->begun) return impl_->fail({400, "no answer"});
    error_code ec;
    impl_->machine->put_eof(ec);
    if (ec) return impl_->fail(failure_of(ec));
    impl_->state = HttpParseState::Complete;
}
HttpParseState HttpResponseParser::state() const {
    return impl_->state;
}
const HttpParseFailure& HttpResponseParser::failure() const {
    return impl_->failure;
}
const HttpResponse& HttpResponseParser::response() const {
    return impl_->machine->message;
}
HttpResponse& HttpResponseParser::response() {
    return impl_->machine->message;
}
bool HttpResponseParser::keep_alive() const {
    const auto& machine = *impl_->machine;
    if (machine.need_eof() || response().headers.has_token("Connection", "close")) return false;
    return machine.version == HttpVersion::Http11 ||
           response().headers.has_token("Connection", "keep-alive");
}

}  // namespace svd::wire
