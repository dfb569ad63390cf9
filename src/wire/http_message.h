// HTTP messages as values: what the parser produces and the serializer takes. For the server and
// for svctl. No system calls.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace svd::wire {

struct HeaderField {
    std::string name;
    std::string value;
    bool operator==(const HeaderField&) const = default;
};

// Header fields in the order they came; names are looked up without regard to case.
class HeaderList {
  public:
    HeaderList() = default;
    HeaderList(std::initializer_list<HeaderField> fields) : fields_(fields) {}

    void add(std::string_view name, std::string_view value);
    // First field of that name, or nullptr.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    // True when a comma-separated list field holds the token, in any case: has_token("Connection",
    // "close").
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

    [[nodiscard]] auto begin() const { return fields_.begin(); }
    [[nodiscard]] auto end() const { return fields_.end(); }
    [[nodiscard]] std::size_t size() const { return fields_.size(); }
    [[nodiscard]] bool empty() const { return fields_.empty(); }
    bool operator==(const HeaderList&) const = default;

  private:
    std::vector<HeaderField> fields_;
};

enum class HttpVersion : int { Http10 = 10, Http11 = 11 };

struct HttpRequest {
    std::string method;  // as sent, case matters: "GET"
    std::string target;  // as sent: "/logtail/a%20b?x=1"
    std::string path;    // decoded: "/logtail/a b"
    std::string query;   // as sent, without '?': "x=1"
    HttpVersion version = HttpVersion::Http11;
    HeaderList headers;
    std::string body;
    // Whether the sender announced a body (Content-Length, also of 0, or chunked).
    bool has_body_header = false;

    // HTTP's rule from version and Connection header.
    [[nodiscard]] bool keep_alive() const;
    // Decoded value of a query parameter ("a+b%21" -> "a b!"); empty when it is not there.
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};

struct HttpResponse {
    int status = 200;
    HeaderList headers;
    std::string body;
};

// "Not Found"; "Unknown" for a number without a phrase.
[[nodiscard]] std::string_view reason_phrase(int status);
// Supervisor's error page for a status: text/html with CRLF lines.
[[nodiscard]] std::string error_page(int status);
// IMF-fixdate: "Sat, 21 Nov 2026 22:40:17 GMT".
[[nodiscard]] std::string http_date(WallTime time);

// %XX decoded; a '%' that begins no escape stays as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);
// Splits a request target ("/a%20b?q", "http://host/a%20b?q", "*") into decoded path and query.
void split_target(std::string_view target, std::string& path, std::string& query);

// Bytes of a request, for clients. Content-Length is added when there is a body or the method is
// POST or PUT; Host and everything else is the caller's.
[[nodiscard]] std::string serialize_request(std::string_view method, std::string_view target,
                                            const HeaderList& headers, std::string_view body);
// Status line and header block with its closing empty line; nothing is added.
[[nodiscard]] std::string serialize_response_head(int status, const HeaderList& headers);

}  // namespace svd::wire
