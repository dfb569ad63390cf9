#include "http/rpc.h"

#include <exception>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/python_text.h"
#include "http/rpc_dispatcher.h"
#include "http/rpc_emit.h"
#include "wire/xmlrpc.h"

namespace svd::http {
namespace {

// A request that makes no sense is shown in the log, but not megabytes of it.
constexpr std::size_t kShownBytes = 2048;

std::string shown(std::string_view body) {
    return body.size() <= kShownBytes ? py_repr(body)
                                      : py_repr(body.substr(0, kShownBytes)) + "...";
}

class Endpoint : public std::enable_shared_from_this<Endpoint> {
  public:
    Endpoint(os::Loop& loop, control::Supervisor& supervisor, std::vector<std::string> namespaces,
             RpcOptions options)
        : options_(std::move(options)),
          dispatcher_(loop, supervisor, std::move(namespaces), options_.version) {}

    void handle(Request& request, Responder responder) {
        if (!request.has_body_header) return responder.error(411);
        const std::string start = request.body.substr(0, kShownBytes + 1);
        auto call = wire::parse_call(std::move(request.body));
        if (!call) {
            log(Severity::Error, "XML-RPC request data {} is invalid: {}", shown(start),
                call.error().text);
            return responder.error(400);
        }
        run(*call, start, std::move(responder));
    }

  private:
    void run(const wire::Call& call, std::string_view start, Responder responder) {
        if (options_.trace) log(Severity::Trace, "XML-RPC method called: {}()", call.method);
        // Shared because std::function has to be copyable; there is one owner at any time.
        auto answer = std::make_shared<Responder>(std::move(responder));
        std::string out;
        begin_response(out);
        try {
            dispatcher_.call(call.method, call.params, std::move(out),
                             [self = shared_from_this(), answer, method = call.method](
                                 std::string text, control::Outcome<void> outcome) {
                                 self->finish(*answer, method, std::move(text), outcome);
                             });
        } catch (const std::exception& error) {
            log(Severity::Critical,
                "Handling XML-RPC request with data {} raised an unexpected exception: {}",
                shown(start), error.what());
            answer->error(500);
        }
    }

    void finish(Responder& responder, std::string_view method, std::string out,
                const control::Outcome<void>& outcome) {
        if (outcome) {
            end_response(out);
        } else {
            out =
                wire::write_fault({static_cast<int>(outcome.error().code), outcome.error().text()});
        }
        if (options_.trace) trace_outcome(method, outcome);
        Response response;
        response.headers.add("Content-Type", "text/xml");
        response.body = std::move(out);
        responder.send(std::move(response));
    }

    void trace_outcome(std::string_view method, const control::Outcome<void>& outcome) {
        if (outcome) {
            log(Severity::Trace, "XML-RPC method {}() returned successfully", method);
        } else {
            log(Severity::Trace, "XML-RPC method {}() returned fault: [{}] {}", method,
                static_cast<int>(outcome.error().code), outcome.error().text());
        }
    }

    template <class... Args>
    void log(Severity severity, fmt::format_string<Args...> format, Args&&... args) {
        if (options_.log) options_.log(severity, fmt::format(format, std::forward<Args>(args)...));
    }

    RpcOptions options_;
    RpcDispatcher dispatcher_;
};

}  // namespace

std::vector<Route> make_routes(os::Loop& loop, control::Supervisor& supervisor,
                               const std::vector<config::RpcInterface>& interfaces,
                               RpcOptions options) {
    std::vector<std::string> namespaces;
    for (const config::RpcInterface& interface : interfaces) {
        if (interface.factory == kMainInterfaceFactory) namespaces.push_back(interface.name);
    }
    auto endpoint =
        std::make_shared<Endpoint>(loop, supervisor, std::move(namespaces), std::move(options));
    Route route;
    route.match = PathMatch::Prefix;
    route.path = "/RPC2";
    route.methods = {"POST"};
    route.handler = [endpoint](Request& request, Responder responder) {
        endpoint->handle(request, std::move(responder));
    };
    return {std::move(route)};
}

}  // namespace svd::http
