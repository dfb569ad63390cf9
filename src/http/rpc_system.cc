// system.*: what there is to call, and many calls in one.
#include <memory>
#include <utility>

#include "http/rpc_dispatcher.h"
#include "http/rpc_emit.h"
#include "http/rpc_method.h"

namespace svd::http {
namespace {

using control::FaultCode;
using control::Outcome;
using control::refuse;

// A multicall yields to the loop after so many calls or bytes, and refuses what goes beyond the
// largest answer.
constexpr std::size_t kCallsPerTurn = 64;
constexpr std::size_t kBytesPerTurn = 512U << 10;
constexpr std::size_t kMaxAnswer = 64U << 20;

Outcome<void> list_methods(const RpcContext& context, const Arguments&, std::string& out) {
    emit_texts(out, context.dispatcher.method_names());
    return {};
}

Outcome<void> method_help(const RpcContext& context, const Arguments& args, std::string& out) {
    const Method* method = context.dispatcher.find(args[0].text);
    if (method == nullptr) return refuse(FaultCode::SignatureUnsupported);
    emit_text(out, help_text(*method));
    return {};
}

Outcome<void> method_signature(const RpcContext& context, const Arguments& args, std::string& out) {
    const Method* method = context.dispatcher.find(args[0].text);
    if (method == nullptr) return refuse(FaultCode::SignatureUnsupported);
    std::vector<std::string> types{std::string(method->returns)};
    for (const Param& param : method->params) {
        if (!param.name.empty()) types.emplace_back(param.type);
    }
    emit_texts(out, types);
    return {};
}

// Runs calls strictly one after the other, also those that have to wait.
class Multicall : public std::enable_shared_from_this<Multicall> {
  public:
    Multicall(RpcDispatcher& dispatcher, wire::Array calls, std::string out, ReplyDone done)
        : dispatcher_(dispatcher),
          calls_(std::move(calls)),
          out_(std::move(out)),
          done_(std::move(done)) {}

    void begin() {
        out_ += "<value><array><data>\n";
        run();
    }

  private:
    void run() {
        const std::size_t last_call = next_ + kCallsPerTurn;
        const std::size_t last_byte = out_.size() + kBytesPerTurn;
        while (next_ < calls_.size()) {
            if (next_ == last_call || out_.size() > last_byte) {
                return dispatcher_.later([self = shared_from_this()] { self->run(); });
            }
            complete_ = false;
            running_ = true;
            call_one(calls_[next_++]);
            running_ = false;
            if (!complete_) return;  // on_reply goes on
        }
        out_ += "</data></array></value>\n";
        std::exchange(done_, nullptr)(std::move(out_), {});
    }

    void call_one(const wire::Value& call) {
        static const wire::Array kNone;
        const wire::Value* name = call.find("methodName");
        const wire::Value* params = call.find("params");
        const std::string* method = name == nullptr ? nullptr : name->get_if<std::string>();
        if (method == nullptr) {
            return on_reply(refuse(FaultCode::IncorrectParameters, "No methodName"));
        }
        if (*method == "system.multicall") {
            return on_reply(
                refuse(FaultCode::IncorrectParameters, "Recursive system.multicall forbidden"));
        }
        if (params != nullptr && !params->is<wire::Array>()) {
            return on_reply(refuse(FaultCode::IncorrectParameters));
        }
        if (out_.size() > kMaxAnswer) {
            return on_reply(refuse(FaultCode::Failed, "the answer is too large"));
        }
        dispatcher_.call(*method, params == nullptr ? kNone : params->elements(), std::move(out_),
                         [self = shared_from_this()](std::string out, Outcome<void> outcome) {
                             self->out_ = std::move(out);
                             self->on_reply(outcome);
                         });
    }

    void on_reply(const Outcome<void>& outcome) {
        if (!outcome) emit_fault_struct(out_, outcome.error());
        complete_ = true;
        if (!running_) run();
    }

    RpcDispatcher& dispatcher_;
    wire::Array calls_;
    std::size_t next_ = 0;
    std::string out_;
    ReplyDone done_;
    bool running_ = false;   // call_one is on the stack
    bool complete_ = false;  // the current call has been answered
};

void multicall(const RpcContext& context, const Arguments& args, std::string out, ReplyDone done) {
    std::make_shared<Multicall>(context.dispatcher, args[0].value->elements(), std::move(out),
                                std::move(done))
        ->begin();
}

constexpr Param kMethodName{ArgKind::Text, "string", "name", "full name of a method"};

const Method kMethods[] = {
    {"listMethods",
     "",
     During::Always,
     "Lists the methods that can be called.",
     {},
     "array",
     "result names with their namespace, sorted",
     list_methods},
    {"methodHelp",
     "",
     During::Always,
     "Describes one method.",
     {kMethodName},
     "string",
     "result what the method does, its parameters and its result",
     method_help},
    {"methodSignature",
     "",
     During::Always,
     "Lists the types of a method: that of its result, then those of its parameters.",
     {kMethodName},
     "array",
     "result names of types",
     method_signature},
    {"multicall",
     "",
     During::Always,
     "Runs several calls one after the other. Each call is a struct of methodName and params; its\n"
     "place in the result holds its value, or a struct of faultCode and faultString.",
     {Param{ArgKind::Calls, "array", "calls", "the calls, in order"}},
     "array",
     "result one element for each call",
     multicall},
};

}  // namespace

std::span<const Method> system_methods() {
    return kMethods;
}

}  // namespace svd::http
