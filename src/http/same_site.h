// Who may change something through a page: scripts, and browsers that show our own page. Another
// site, or a link in a mail, can make a browser send any request with the user's password; what it
// cannot do is to forge the headers that say so, or to read the token of our pages.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/http_message.h"

namespace svd::http {

enum class Sender {
    Script,     // no browser: curl and the like
    OwnPage,    // a browser, from one of our pages
    Elsewhere,  // a browser from another site, a mail or a bookmark, or that hides where from
};

// In this order: Sec-Fetch-Site (browsers send it to https and loopback only), Origin, Referer
// against Host; a browser (Mozilla/ and Accept-Language) with none of them is taken for the worst.
[[nodiscard]] Sender sender_of(const wire::HttpRequest& request);

// A random word that the forms of our pages carry. It lets them through where a proxy has replaced
// Host, so that Origin and Referer do not match.
class FormToken {
  public:
    [[nodiscard]] static Result<FormToken> create();
    [[nodiscard]] const std::string& text() const { return text_; }
    // Takes the same time wherever the texts differ.
    [[nodiscard]] bool matches(std::string_view shown) const;

  private:
    std::string text_;
};

}  // namespace svd::http
