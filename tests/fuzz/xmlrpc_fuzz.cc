// Any bytes as a call and as an answer; whatever is read must survive being written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "wire/xmlrpc.h"

namespace {

using namespace svd::wire;

// Writing clamps integers and replaces what XML cannot carry, so the second reading is the one
// that has to be stable.
void check_round_trip(const Value& value) {
    const auto once = parse_response(write_response(value));
    if (!once) std::abort();
    const auto& first = std::get<Value>(*once);
    if (write_response(first) != write_response(value)) {
        const auto twice = parse_response(write_response(first));
        if (!twice || write_response(std::get<Value>(*twice)) != write_response(first))
            std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string body(reinterpret_cast<const char*>(data), size);
    if (const auto call = parse_call(body)) {
        if (call->method.empty()) std::abort();
        for (const auto& param : call->params) check_round_trip(param);
    }
    if (const auto answer = parse_response(body))
        if (const auto* value = std::get_if<Value>(&*answer)) check_round_trip(*value);
    std::string escaped;
    append_escaped(escaped, body);
    if (escaped.find('\0') != std::string::npos) std::abort();
    return 0;
}
