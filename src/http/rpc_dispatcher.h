// Finds the row of a method and runs it. Only what the tables name can be called.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/rpc_method.h"
#include "linux/loop.h"

namespace svd::http {

class RpcDispatcher {
  public:
    RpcDispatcher(os::Loop& loop, control::Supervisor& supervisor,
                  std::vector<std::string> namespaces, std::string version);
    RpcDispatcher(const RpcDispatcher&) = delete;
    RpcDispatcher& operator=(const RpcDispatcher&) = delete;

    // Calls done once, now or later, with `out` and the method's value behind what it held.
    void call(std::string_view name, const wire::Array& params, std::string out, ReplyDone done);

    // "namespace.method", exactly two parts; null when there is no such method.
    [[nodiscard]] const Method* find(std::string_view name) const;
    // Sorted, aliases included.
    [[nodiscard]] std::vector<std::string> method_names() const;
    // Runs work in a later turn of the loop, in the order of asking.
    void later(std::function<void()> work);

  private:
    bool run_one();

    os::Loop& loop_;
    control::Supervisor& supervisor_;
    std::vector<std::string> namespaces_;
    std::string version_;
    std::deque<std::function<void()>> work_;
    os::Defer defer_;
};

}  // namespace svd::http
