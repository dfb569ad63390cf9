#include "http/rpc_dispatcher.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace svd::http {

using control::FaultCode;
using control::refuse;

RpcDispatcher::RpcDispatcher(os::Loop& loop, control::Supervisor& supervisor,
                             std::vector<std::string> namespaces, std::string version)
    : loop_(loop),
      supervisor_(supervisor),
      namespaces_(std::move(namespaces)),
      version_(std::move(version)) {}

void RpcDispatcher::call(std::string_view name, const wire::Array& params, std::string out,
                         ReplyDone done) {
    const Method* method = find(name);
    if (method == nullptr) return done(std::move(out), refuse(FaultCode::UnknownMethod));
    if (auto counted = check_count(*method, params); !counted) {
        return done(std::move(out), std::move(counted));
    }
    if (method->during == During::RunningOnly) {
        if (auto admitted = supervisor_.admit(); !admitted) {
            return done(std::move(out), std::move(admitted));
        }
    }
    const auto arguments = read_arguments(*method, params);
    if (!arguments) return done(std::move(out), std::unexpected(arguments.error()));

    const RpcContext context{supervisor_, *this, version_};
    if (const auto* later = std::get_if<AnswerLater>(&method->answer)) {
        return (*later)(context, *arguments, std::move(out), std::move(done));
    }
    const std::size_t mark = out.size();
    auto outcome = std::get<AnswerNow>(method->answer)(context, *arguments, out);
    if (!outcome) out.resize(mark);
    done(std::move(out), std::move(outcome));
}

const Method* RpcDispatcher::find(std::string_view name) const {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const std::string_view space = name.substr(0, dot);
    const std::string_view rest = name.substr(dot + 1);
    if (rest.empty()) return nullptr;
    std::span<const Method> table;
    if (space == "system") {
        table = system_methods();
    } else if (space == "svd") {
        table = svd_methods();
    } else if (std::ranges::find(namespaces_, space) != namespaces_.end()) {
        table = supervisor_methods();
    }
    for (const Method& method : table) {
        if (method.name == rest || method.alias == rest) return &method;
    }
    return nullptr;
}

std::vector<std::string> RpcDispatcher::method_names() const {
    std::vector<std::string> names;
    const auto add = [&](std::string_view space, std::span<const Method> table) {
        for (const Method& method : table) {
            names.push_back(fmt::format("{}.{}", space, method.name));
            if (!method.alias.empty()) names.push_back(fmt::format("{}.{}", space, method.alias));
        }
    };
    for (const std::string& space : namespaces_) {
        if (space != "system" && space != "svd") add(space, supervisor_methods());
    }
    add("svd", svd_methods());
    add("system", system_methods());
    std::ranges::sort(names);
    return names;
}

void RpcDispatcher::later(std::function<void()> work) {
    if (!defer_) {
        auto made = os::Defer::create(loop_, [this] { return run_one(); }, os::Priority::Control);
        if (!made) return work();  // no memory for a source: late is worse than at once
        defer_ = *std::move(made);
    }
    work_.push_back(std::move(work));
    defer_.enable();
}

bool RpcDispatcher::run_one() {
    if (work_.empty()) return false;
    const auto work = std::move(work_.front());
    work_.pop_front();
    work();
    return !work_.empty();
}

}  // namespace svd::http
