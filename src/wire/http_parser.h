// HTTP/1.0 and 1.1 parsers over byte buffers, for the server (requests) and svctl (responses).
//
// The caller owns the input buffer: it presents everything that is not yet consumed and drops
// the number of bytes that feed() returns. Bodies may be counted or chunked. A parser is for
// one message; reset() makes it ready for the next one. No exceptions, no system calls. Boost.Beast
// does the work inside http_parser.cc and shows nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "wire/http_message.h"

namespace svd::wire {

struct HttpLimits {
    std::size_t max_header_bytes = 64U << 10;
    std::size_t max_body_bytes = 8U << 20;
};

enum class HttpParseState {
    Header,    // needs more bytes of the start line or header
    Body,      // header complete, needs more bytes of the body
    Complete,  // the message is complete; bytes behind it belong to the next one
    Failed,    // see failure()
};

// What to answer when parsing fails.
struct HttpParseFailure {
    int status = 400;         // 400, 413 body too large, 431 header too large
    std::string_view reason;  // a few words for a log
};

class HttpRequestParser {
  public:
    explicit HttpRequestParser(const HttpLimits& limits = {});
    ~HttpRequestParser();
    HttpRequestParser(HttpRequestParser&&) noexcept;
    HttpRequestParser& operator=(HttpRequestParser&&) noexcept;

    void reset();
    // Returns how many bytes at the front of `bytes` were consumed. Stops once behind the header
    // (state Body) so that the caller can refuse a request before it reads the body.
    [[nodiscard]] std::size_t feed(std::string_view bytes);
    [[nodiscard]] HttpParseState state() const;
    // Some byte of a message has been seen.
    [[nodiscard]] bool begun() const;
    [[nodiscard]] const HttpParseFailure& failure() const;
    // Valid from state Body on; the body is valid in state Complete.
    [[nodiscard]] const HttpRequest& request() const;
    [[nodiscard]] HttpRequest& request();
    // The sender waits for "100 Continue" before it sends the body.
    [[nodiscard]] bool expects_continue() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class HttpResponseParser {
  public:
    explicit HttpResponseParser(const HttpLimits& limits = {});
    ~HttpResponseParser();
    HttpResponseParser(HttpResponseParser&&) noexcept;
    HttpResponseParser& operator=(HttpResponseParser&&) noexcept;

    void reset();
    // Body bytes go to this function instead of response().body, as they come, without limit: for
    // streams such as logtail.
    void on_body(std::function<void(std::string_view)> sink);
    [[nodiscard]] std::size_t feed(std::string_view bytes);
    // The peer closed the connection: completes a message whose body ends there.
    void finish();
    [[nodiscard]] HttpParseState state() const;
    [[nodiscard]] const HttpParseFailure& failure() const;
    [[nodiscard]] const HttpResponse& response() const;
    [[nodiscard]] HttpResponse& response();
    // Whether the connection can carry another request after this message.
    [[nodiscard]] bool keep_alive() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace svd::wire
