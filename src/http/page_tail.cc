// The tail page, and the question that a browser from elsewhere gets.
#include <array>
#include <utility>

#include "http/html.h"
#include "http/page_frame.h"
#include "http/page_status.h"

namespace svd::http {
namespace {

struct Size {
    std::int64_t bytes;
    std::string_view text;
};
constexpr std::array kSizes = std::to_array<Size>(
    {{1024, "1 KB"}, {16 << 10, "16 KB"}, {256 << 10, "256 KB"}, {1 << 20, "1 MB"}});

std::string_view channel_name(control::Channel channel) {
    return channel == control::Channel::Stdout ? "stdout" : "stderr";
}

// The same page with something changed.
void tail_link(std::string& out, const TailPage& page, std::string_view text, bool here) {
    write(out, "<a href=\"tail.html?processname={}&amp;limit={}{}\"{}>{}</a>\n",
          Quoted{page.process}, page.limit,
          page.channel == control::Channel::Stderr ? "&amp;channel=stderr" : "",
          here ? " aria-current=\"page\"" : "", Escaped{text});
}

void links(std::string& out, const TailPage& page) {
    write(out, "<nav class=\"toolbar\"><a href=\"./\">All programs</a>\n");
    if (!page.process.empty()) {
        tail_link(out, page, "Refresh", false);
        TailPage other = page;
        for (const auto channel : {control::Channel::Stdout, control::Channel::Stderr}) {
            other.channel = channel;
            tail_link(out, other, channel == control::Channel::Stdout ? "Stdout" : "Stderr",
                      channel == page.channel);
        }
        other = page;
        for (const Size& size : kSizes) {
            other.limit = size.bytes;
            tail_link(out, other, size.text, size.bytes == page.limit);
        }
        write(out, "<a href=\"logtail/{}/{}\" target=\"_blank\" rel=\"noopener\">Tail -f</a>\n",
              Quoted{page.process}, channel_name(page.channel));
    }
    write(out, "<span id=\"live\" hidden></span></nav>\n");
}

}  // namespace

std::string render_tail(const TailPage& page) {
    const std::string_view name = page.process.empty() ? "None" : page.process;
    std::string out;
    out.reserve(4096 + page.text.size());
    open_page(out, {fmt::format("Supervisor tail of process {}", name), "tail"});
    write(out, "<header><h1>{} <small>{}</small></h1></header>\n", Escaped{name},
          channel_name(page.channel));
    links(out, page);
    // A parser drops one line break at the beginning of a <pre>.
    write(out, "<main>\n<pre id=\"log\" tabindex=\"0\" class=\"{}\">\n{}</pre>\n</main>\n",
          page.has_log ? "log" : "log none", Escaped{page.text});
    close_page(out);
    return out;
}

std::string render_question(const PageAction& action, std::string_view token) {
    std::string out;
    open_page(out, {"Supervisor Status", "question"});
    write(out,
          "<header><h1>Please confirm</h1></header>\n<main>\n"
          "<p>Something outside these pages (another site, a mail, a bookmark) asks to "
          "<strong>{}</strong>. Nothing has been done.</p>\n"
          "<form method=\"post\" action=\"index.html\">\n"
          "<input type=\"hidden\" name=\"token\" value=\"{}\">\n"
          "<input type=\"hidden\" name=\"action\" value=\"{}\">\n",
          Escaped{describe(action)}, Escaped{token}, action_name(action.verb));
    if (!action.process.empty()) {
        write(out, "<input type=\"hidden\" name=\"processname\" value=\"{}\">\n",
              Escaped{action.process});
    }
    write(out,
          "<p class=\"toolbar\"><button>Do it</button> <a href=\"./\">Do nothing</a></p>\n"
          "</form>\n</main>\n");
    close_page(out);
    return out;
}

}  // namespace svd::http
