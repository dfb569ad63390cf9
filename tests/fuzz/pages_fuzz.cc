// Bytes of a client -> request -> form fields, sender and pages. Whatever came in, no markup of it
// may be in a page and no line break in a URL.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.h"
#include "http/html.h"
#include "http/page_status.h"
#include "http/same_site.h"
#include "wire/http_parser.h"

namespace {

using namespace svd;

void check(bool condition) {
    if (!condition) std::abort();
}

std::size_t count(std::string_view text, char wanted) {
    std::size_t found = 0;
    for (const char c : text) found += c == wanted ? 1U : 0U;
    return found;
}

// As many of the characters that make markup as the same page has with harmless texts.
void check_same_markup(std::string_view page, std::string_view harmless) {
    for (const char c : {'<', '>', '"'}) check(count(page, c) == count(harmless, c));
}

std::string status_page(std::string_view text, std::string_view filter) {
    control::ProcessInfo info;
    info.group = info.name = info.description = text;
    const std::vector<control::ProcessInfo> processes{info};
    http::StatusPage page;
    page.identifier = page.message = page.token = text;
    page.filter = filter;
    page.processes = processes;
    return http::render_status(page);
}

std::string tail_page(std::string_view text) {
    http::TailPage page;
    page.process = page.text = text;
    return http::render_tail(page);
}

void use(const wire::HttpRequest& request) {
    (void)http::sender_of(request);
    const std::string text = http::form_field(request, "text").value_or("");
    check(http::form_field(request, "text") == http::form_field(request, "text"));
    const std::string url = http::quoted(text);
    check(url.find_first_of("\r\n \"<>&?#") == std::string::npos);
    check(wire::percent_decode(url) == text);

    // A filter that keeps every row, so that both pages have as many.
    if (text.empty() || text.starts_with("ERROR") || text.starts_with("unexpected") ||
        text.starts_with("No such")) {
        return;
    }
    check_same_markup(status_page(text, ""), status_page("x", ""));
    check_same_markup(tail_page(text), tail_page("x"));
    (void)status_page("x", text);
    const auto action =
        http::find_page_action(http::form_field(request, "action").value_or(""), text);
    if (action) {
        auto harmless = *action;
        if (!harmless.process.empty()) harmless.process = "x";
        check_same_markup(http::render_question(*action, text),
                          http::render_question(harmless, "x"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    wire::HttpRequestParser parser({4096, 4096});
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    while (!bytes.empty() && parser.state() != wire::HttpParseState::Complete) {
        const auto before = parser.state();
        const std::size_t used = parser.feed(bytes);
        bytes.remove_prefix(used);
        if (parser.state() == wire::HttpParseState::Failed) return 0;
        if (used == 0 && parser.state() == before) return 0;
    }
    if (parser.state() == wire::HttpParseState::Complete) use(parser.request());
    return 0;
}
