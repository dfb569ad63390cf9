#include "http/same_site.h"

#include <array>
#include <cerrno>
#include <cstdint>

#include <fmt/format.h>
#include <sys/random.h>

#include "base/strings.h"

namespace svd::http {
namespace {

// "http://Host:80/x" -> "host"; a default port is left out, as browsers do in Host and Origin.
std::string authority_of(std::string_view url) {
    std::string_view port;
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
        port = url.substr(0, scheme) == "https" ? ":443" : ":80";
        url.remove_prefix(scheme + 3);
    }
    url = url.substr(0, url.find_first_of("/?#"));
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
        url.remove_prefix(at + 1);
    }
    if (!port.empty() && url.ends_with(port)) url.remove_suffix(port.size());
    return to_lower(url);
}

bool is_own(std::string_view url, const wire::HttpRequest& request) {
    const std::string* host = request.headers.find("Host");
    if (host == nullptr || !url.starts_with("http")) return false;
    const std::string authority = authority_of(url);
    if (authority.empty()) return false;
    const std::string_view scheme = url.substr(0, url.find(':'));
    return authority == authority_of(fmt::format("{}://{}", scheme, *host));
}

bool is_browser(const wire::HttpRequest& request) {
    const std::string* agent = request.headers.find("User-Agent");
    return agent != nullptr && agent->starts_with("Mozilla/") &&
           request.headers.find("Accept-Language") != nullptr;
}

}  // namespace

Sender sender_of(const wire::HttpRequest& request) {
    if (const std::string* site = request.headers.find("Sec-Fetch-Site")) {
        return *site == "same-origin" ? Sender::OwnPage : Sender::Elsewhere;
    }
    for (const std::string_view header : {"Origin", "Referer"}) {
        if (const std::string* url = request.headers.find(header)) {
            return is_own(*url, request) ? Sender::OwnPage : Sender::Elsewhere;
        }
    }
    return is_browser(request) ? Sender::Elsewhere : Sender::Script;
}

Result<FormToken> FormToken::create() {
    std::array<std::uint8_t, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return fail_errno(errno, "getrandom");
    }
    FormToken token;
    token.text_ = fmt::format("{:02x}", fmt::join(bytes, ""));
    return token;
}

bool FormToken::matches(std::string_view shown) const {
    if (shown.size() != text_.size() || text_.empty()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        difference |= static_cast<unsigned>(shown[i] ^ text_[i]);
    }
    return difference == 0;
}

}  // namespace svd::http
