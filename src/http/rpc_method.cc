#include "http/rpc_method.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd::http {
namespace {

using control::FaultCode;
using control::Outcome;
using control::refuse;

// Texts and numbers as Python's str() shows them.
std::optional<std::string> as_text(const wire::Value& value) {
    if (const auto* text = value.get_if<std::string>()) return *text;
    if (const auto* bytes = value.get_if<wire::Base64>()) return bytes->bytes;
    if (const auto* flag = value.get_if<bool>()) return *flag ? "True" : "False";
    if (const auto* number = value.get_if<std::int64_t>()) return fmt::format("{}", *number);
    if (const auto* number = value.get_if<double>()) return fmt::format("{}", *number);
    return {};
}

bool is_text(const wire::Value& value) {
    return value.is<std::string>() || value.is<wire::Base64>();
}

std::optional<std::int64_t> as_integer(const wire::Value& value) {
    if (const auto* number = value.get_if<std::int64_t>()) return *number;
    if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
    if (const auto* number = value.get_if<double>()) {
        constexpr double kLimit = 9.0e18;
        if (!(std::fabs(*number) < kLimit)) return {};
        return static_cast<std::int64_t>(*number);
    }
    if (is_text(value)) return parse_python_int(*as_text(value));
    return {};
}

bool is_true(const wire::Value& value) {
    if (const auto* flag = value.get_if<bool>()) return *flag;
    if (const auto* number = value.get_if<std::int64_t>()) return *number != 0;
    if (const auto* number = value.get_if<double>()) return *number != 0;
    if (const auto* array = value.get_if<wire::Array>()) return !array->empty();
    if (const auto* members = value.get_if<wire::Struct>()) return !members->empty();
    return !is_text(value) || !as_text(value)->empty();
}

Outcome<Argument> read_one(ArgKind kind, const wire::Value& value) {
    Argument argument;
    argument.value = &value;
    switch (kind) {
        case ArgKind::Flag:
            argument.flag = is_true(value);
            return argument;
        case ArgKind::Calls:
            if (!value.is<wire::Array>()) return refuse(FaultCode::IncorrectParameters);
            return argument;
        case ArgKind::Integer: {
            const auto number = as_integer(value);
            if (!number) return refuse(FaultCode::IncorrectParameters);
            argument.number = *number;
            return argument;
        }
        case ArgKind::Chars:
            if (!is_text(value)) {
                return refuse(FaultCode::IncorrectParameters, as_text(value).value_or(""));
            }
            break;
        case ArgKind::Name:
            if (!is_text(value)) return refuse(FaultCode::IncorrectParameters);
            break;
        case ArgKind::Group:
        case ArgKind::Text:
            break;
    }
    auto text = as_text(value);
    if (!text) return refuse(FaultCode::IncorrectParameters);
    argument.text = std::move(*text);
    return argument;
}

}  // namespace

std::size_t param_count(const Method& method) {
    return static_cast<std::size_t>(
        std::ranges::count_if(method.params, [](const Param& p) { return !p.name.empty(); }));
}

Outcome<void> check_count(const Method& method, const wire::Array& params) {
    const std::size_t most = param_count(method);
    const auto optional =
        static_cast<std::size_t>(std::ranges::count_if(method.params, &Param::optional));
    if (params.size() > most || params.size() + optional < most) {
        return refuse(FaultCode::IncorrectParameters);
    }
    return {};
}

Outcome<Arguments> read_arguments(const Method& method, const wire::Array& params) {
    Arguments arguments;
    for (std::size_t i = 0; i < params.size() && i < kMaxParams; ++i) {
        auto one = read_one(method.params[i].kind, params[i]);
        if (!one) return std::unexpected(std::move(one).error());
        arguments[i] = *std::move(one);
    }
    return arguments;
}

std::string help_text(const Method& method) {
    std::string help = fmt::format("{}\n\n", method.summary);
    for (const Param& param : method.params) {
        if (param.name.empty()) continue;
        help += fmt::format("@param {} {} {}\n", param.type, param.name, param.text);
    }
    help += fmt::format("@return {} {}\n", method.returns, method.result);
    return help;
}

}  // namespace svd::http
