// One row per XML-RPC method: everything the outside can learn of it, and the code behind it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "control/supervisor.h"
#include "wire/xmlrpc.h"

namespace svd::http {

class RpcDispatcher;

// How a parameter is read.
enum class ArgKind {
    Name,     // a text; anything else is a fault
    Group,    // the same, but numbers are taken as their text
    Integer,  // a number, or a text that is one
    Flag,     // anything, with Python's idea of truth
    Chars,    // a text; the fault shows what came instead
    Text,     // a text or a number's text
    Calls,    // an array
};

struct Param {
    ArgKind kind = ArgKind::Text;
    std::string_view type;  // as methodSignature has it
    std::string_view name;  // empty: there is no such parameter
    std::string_view text;
    bool optional = false;  // only Flag, and then true
};
inline constexpr std::size_t kMaxParams = 3;

struct Argument {
    std::string text;
    std::int64_t number = 0;
    bool flag = true;
    const wire::Value* value = nullptr;  // lives as long as the call is being begun
};
using Arguments = std::array<Argument, kMaxParams>;

// What a call ends with: the buffer it was given, with its value appended unless it is a fault.
using ReplyDone = std::function<void(std::string out, control::Outcome<void> outcome)>;

struct RpcContext {
    control::Supervisor& supervisor;
    RpcDispatcher& dispatcher;
    std::string_view version;
};

// Appends `<value>...</value>\n` to out.
using AnswerNow = control::Outcome<void> (*)(const RpcContext&, const Arguments&, std::string& out);
// The same, perhaps later.
using AnswerLater = void (*)(const RpcContext&, const Arguments&, std::string out, ReplyDone done);

enum class During { RunningOnly, Always };  // RunningOnly: fault 6 while the daemon stops

struct Method {
    std::string_view name;
    std::string_view alias;  // a second name, or empty
    During during;
    std::string_view summary;
    std::array<Param, kMaxParams> params;
    std::string_view returns;  // type
    std::string_view result;   // name and text of the result
    std::variant<AnswerNow, AnswerLater> answer;
};

[[nodiscard]] std::span<const Method> supervisor_methods();
[[nodiscard]] std::span<const Method> system_methods();
// What Supervisor does not have.
[[nodiscard]] std::span<const Method> svd_methods();

[[nodiscard]] std::size_t param_count(const Method& method);
// Counts and converts; the fault is IncorrectParameters.
[[nodiscard]] control::Outcome<void> check_count(const Method& method, const wire::Array& params);
[[nodiscard]] control::Outcome<Arguments> read_arguments(const Method& method,
                                                         const wire::Array& params);
// methodHelp: the summary, then `@param type name text` and `@return type name text` lines.
[[nodiscard]] std::string help_text(const Method& method);

}  // namespace svd::http
