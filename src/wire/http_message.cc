#include "wire/http_message.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd::wire {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

struct Reason {
    int status;
    std::string_view phrase;
};
constexpr std::array kReasons = std::to_array<Reason>({
    {100, "Continue"},
    {200, "OK"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
});

void append_headers(std::string& out, const HeaderList& headers) {
    for (const HeaderField& field : headers) {
        out.append(field.name).append(": ").append(field.value).append("\r\n");
    }
    out += "\r\n";
}

}  // namespace

void HeaderList::add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), std::string(value)});
}

const std::string* HeaderList::find(std::string_view name) const {
    for (const HeaderField& field : fields_) {
        if (same_name(field.name, name)) return &field.value;
    }
    return nullptr;
}

bool HeaderList::has_token(std::string_view name, std::string_view token) const {
    for (const HeaderField& field : fields_) {
        if (!same_name(field.name, name)) continue;
        for (const std::string_view part : split(field.value, ',')) {
            if (same_name(trim(part), token)) return true;
        }
    }
    return false;
}

bool HttpRequest::keep_alive() const {
    if (headers.has_token("Connection", "close")) return false;
    return version == HttpVersion::Http11 || headers.has_token("Connection", "keep-alive");
}

std::optional<std::string> HttpRequest::query_value(std::string_view name) const {
    for (const std::string_view pair : split(query, '&')) {
        const std::size_t equals = pair.find('=');
        std::string key(pair.substr(0, equals));
        std::ranges::replace(key, '+', ' ');
        if (percent_decode(key) != name) continue;
        std::string value(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        std::ranges::replace(value, '+', ' ');
        return percent_decode(value);
    }
    return {};
}

std::string_view reason_phrase(int status) {
    const auto* found = std::ranges::find(kReasons, status, &Reason::status);
    return found == kReasons.end() ? "Unknown" : found->phrase;
}

std::string error_page(int status) {
    return fmt::format(
        "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n"
        "<h1>Error response</h1>\r\n<p>Error code {}.\r\n<p>Message: {}.\r\n</body>\r\n",
        status, reason_phrase(status));
}

std::string http_date(WallTime time) {
    static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                              "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
        clock.seconds().count());
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high >= 0 && low >= 0) {
                decoded += static_cast<char>(16 * high + low);
                i += 2;
                continue;
            }
        }
        decoded += text[i];
    }
    return decoded;
}

void split_target(std::string_view target, std::string& path, std::string& query) {
    // Absolute form, as sent to proxies: the authority is nobody's business here.
    if (const std::size_t scheme = target.find("://");
        scheme != std::string_view::npos && scheme < target.find_first_of("/?#")) {
        const std::size_t begin = target.find_first_of("/?#", scheme + 3);
        target = begin == std::string_view::npos ? std::string_view("/") : target.substr(begin);
    }
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    path = percent_decode(target.substr(0, mark));
    query = mark == std::string_view::npos ? std::string() : std::string(target.substr(mark + 1));
}

std::string serialize_request(std::string_view method, std::string_view target,
                              const HeaderList& headers, std::string_view body) {
    std::string out;
    out.reserve(256 + body.size());
    fmt::format_to(std::back_inserter(out), "{} {} HTTP/1.1\r\n", method, target);
    if (!body.empty() || method == "POST" || method == "PUT") {
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", body.size());
    }
    append_headers(out, headers);
    out += body;
    return out;
}

std::string serialize_response_head(int status, const HeaderList& headers) {
    std::string out;
    out.reserve(256);
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
    append_headers(out, headers);
    return out;
}

}  // namespace svd::wire
