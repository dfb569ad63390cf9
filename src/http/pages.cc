#include "http/pages.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include "http/assets.h"
#include "http/form.h"
#include "http/html.h"
#include "http/page_status.h"
#include "http/same_site.h"

namespace svd::http {
namespace {

constexpr std::int64_t kLeastTail = 1024;
constexpr std::int64_t kMostTail = 8 << 20;

// Nothing but our own files, nothing inline, and no frame on somebody else's page to press our
// buttons in.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

void add_no_cache(wire::HeaderList& headers) {
    headers.add("Pragma", "no-cache");
    headers.add("Cache-Control", "no-cache");
    headers.add("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
}

Response page(int status, std::string body) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/html;charset=utf-8");
    add_no_cache(response.headers);
    response.headers.add("Content-Security-Policy", kContentPolicy);
    response.headers.add("Referrer-Policy", "same-origin");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("X-Frame-Options", "SAMEORIGIN");
    response.body = std::move(body);
    return response;
}

// To the status page with what has been done. Relative, because Host is the client's word and a
// proxy may have put the pages elsewhere; 303, because doing it again is not the same.
Response redirect(std::string_view message, std::string_view filter) {
    Response response;
    response.status = 303;
    std::string location = "./?message=" + quoted(message);
    if (!filter.empty()) location += "&q=" + quoted(filter);
    response.headers.add("Location", location);
    add_no_cache(response.headers);
    return response;
}

std::int64_t tail_limit(std::string_view text) {
    std::int64_t limit = kLeastTail;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (end != text.data() + text.size() || text.starts_with('-')) return kLeastTail;
    if (error == std::errc::result_out_of_range) return kMostTail;
    if (error != std::errc()) return kLeastTail;
    return std::clamp(limit, kLeastTail, kMostTail);
}

class Pages {
  public:
    Pages(control::Supervisor& supervisor, std::function<WallTime()> clock, FormToken token)
        : supervisor_(supervisor), clock_(std::move(clock)), token_(std::move(token)) {}

    void status(const Request& request, Responder responder) const {
        const auto action = form_field(request, "action");
        // HEAD promises to change nothing.
        if (action && request.method != "HEAD") return act(request, *action, std::move(responder));
        responder.send(page(200, status_page(request)));
    }

    void tail(const Request& request, Responder responder) const {
        const std::string process = form_field(request, "processname").value_or("");
        TailPage shown;
        shown.process = process;
        shown.limit = tail_limit(form_field(request, "limit").value_or(""));
        if (form_field(request, "channel") == "stderr") shown.channel = control::Channel::Stderr;
        const std::string text = tail_text(shown);
        shown.text = text;
        responder.send(page(200, render_tail(shown)));
    }

  private:
    void act(const Request& request, std::string_view name, Responder responder) const {
        auto action = find_page_action(name, form_field(request, "processname").value_or(""));
        if (!action) return responder.error(400);
        if (!supervisor_.admit()) return responder.error(503);
        if (action->changes_something() && !may_change(request)) {
            return responder.send(page(403, render_question(*action, token_.text())));
        }
        // Shared because std::function has to be copyable; there is one owner at any time.
        auto answer = std::make_shared<Responder>(std::move(responder));
        run_page_action(supervisor_, *std::move(action), clock_,
                        [answer, filter = form_field(request, "q").value_or("")](
                            std::string_view message) { answer->send(redirect(message, filter)); });
    }

    [[nodiscard]] bool may_change(const Request& request) const {
        return token_.matches(form_field(request, "token").value_or("")) ||
               sender_of(request) != Sender::Elsewhere;
    }

    [[nodiscard]] std::string status_page(const Request& request) const {
        const std::string message = form_field(request, "message").value_or("");
        const std::string filter = form_field(request, "q").value_or("");
        std::vector<control::ProcessInfo> processes;
        supervisor_.each_process_info(
            [&](const control::ProcessInfo& info) { processes.push_back(info); });
        StatusPage shown;
        shown.identifier = supervisor_.identification();
        shown.daemon = supervisor_.state();
        shown.processes = processes;
        shown.message = message;
        shown.filter = filter;
        shown.token = token_.text();
        return render_status(shown);
    }

    [[nodiscard]] std::string tail_text(TailPage& shown) const {
        if (shown.process.empty()) return "No process name found";
        auto text = supervisor_.read_process_log(shown.process, shown.channel, -shown.limit, 0);
        shown.has_log = text.has_value();
        if (text) return *std::move(text);
        const control::Fault& fault = text.error();
        if (fault.code == control::FaultCode::NoFile) {
            return fmt::format("No file for {}", shown.process);
        }
        return fmt::format("ERROR: unexpected rpc fault [{}] {}", static_cast<int>(fault.code),
                           fault.text());
    }

    control::Supervisor& supervisor_;
    std::function<WallTime()> clock_;
    FormToken token_;
};

Route page_route(const std::shared_ptr<const Pages>& pages, std::string path,
                 void (Pages::*show)(const Request&, Responder) const) {
    Route route;
    route.path = std::move(path);
    route.methods = {"GET", "HEAD", "POST"};
    route.handler = [pages, show](Request& request, Responder responder) {
        if (request.body.size() > kMaxFormBytes) return responder.error(413);
        (pages.get()->*show)(request, std::move(responder));
    };
    return route;
}

}  // namespace

Result<std::vector<Route>> make_page_routes(control::Supervisor& supervisor,
                                            std::function<WallTime()> clock) {
    if (!clock) clock = [] { return read_clocks().wall; };
    SVD_TRY(auto token, FormToken::create());
    std::vector<Route> routes = asset_routes(clock());
    const auto pages =
        std::make_shared<const Pages>(supervisor, std::move(clock), std::move(token));
    routes.push_back(page_route(pages, "/", &Pages::status));
    routes.push_back(page_route(pages, "/index.html", &Pages::status));
    routes.push_back(page_route(pages, "/tail.html", &Pages::tail));
    return routes;
}

}  // namespace svd::http
