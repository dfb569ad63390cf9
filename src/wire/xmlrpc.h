// XML-RPC: the value type and both directions of the codec, for the server and for svctl.
//
// Writing follows the layout that Supervisor's clients have always seen: `<?xml version='1.0'?>`,
// every tag on its own line, only & < > escaped. What XML cannot carry (control characters,
// ill-formed UTF-8) is written as U+FFFD, so an answer always parses. Reading is bounded in size,
// depth and number of values and knows no entities beyond the five of XML. Nothing here throws or
// makes a system call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace svd::wire {

class Value;
struct Member;

// ISO 8601 text as it stood on the wire, e.g. "20261121T22:40:05".
struct DateTime {
    std::string text;
    bool operator==(const DateTime&) const = default;
};
// Decoded bytes.
struct Base64 {
    std::string bytes;
    bool operator==(const Base64&) const = default;
};
using Array = std::vector<Value>;
using Struct = std::vector<Member>;  // member order is kept, on input and on output

// One XML-RPC value. There is no nil. A default Value is the empty string.
// Integers are 64 bits inside; they are written as <int> and clamped to 32 bits, and read from
// <int>, <i4> and <i8>.
class Value {
  public:
    Value() = default;
    Value(bool v);
    Value(int v);
    Value(std::int64_t v);
    Value(double v);
    Value(const char* v);
    Value(std::string_view v);
    Value(std::string v);
    Value(DateTime v);
    Value(Base64 v);
    Value(Array v);
    Value(Struct v);
    // A pointer would silently become a boolean.
    template <class T>
    Value(const T*) = delete;

    // The alternative asked for, or nullptr. T: std::string, std::int64_t, bool, double, DateTime,
    // Base64, Array or Struct.
    template <class T>
    [[nodiscard]] const T* get_if() const {
        return std::get_if<T>(&data_);
    }
    template <class T>
    [[nodiscard]] T* get_if() {
        return std::get_if<T>(&data_);
    }
    template <class T>
    [[nodiscard]] bool is() const {
        return std::holds_alternative<T>(data_);
    }

    // Calls visitor with the alternative that is held.
    template <class Visitor>
    decltype(auto) visit(Visitor&& visitor) const {
        return std::visit(std::forward<Visitor>(visitor), data_);
    }

    // Lenient readers for answers: the value, or `otherwise` when it is of another type.
    [[nodiscard]] std::string_view text_or(std::string_view otherwise = {}) const;
    [[nodiscard]] std::int64_t int_or(std::int64_t otherwise = 0) const;  // booleans count as 0, 1
    [[nodiscard]] bool bool_or(bool otherwise = false) const;
    // Member of a struct by name (the last one, if a sender repeats it); nullptr when this is no
    // struct or has no such member.
    [[nodiscard]] const Value* find(std::string_view name) const;
    // Elements of an array; an empty one when this is no array.
    [[nodiscard]] const Array& elements() const;

    // "int", "boolean", "string", "double", "dateTime.iso8601", "base64", "array", "struct".
    [[nodiscard]] std::string_view type_name() const;

    bool operator==(const Value&) const;

  private:
    std::variant<std::string, std::int64_t, bool, double, DateTime, Base64, Array, Struct> data_;
};

struct Member {
    std::string name;
    Value value;
    bool operator==(const Member&) const = default;
};

// Here because a Value can only be made where Member is complete.
inline Value::Value(bool v) : data_(v) {}
inline Value::Value(int v) : data_(std::int64_t{v}) {}
inline Value::Value(std::int64_t v) : data_(v) {}
inline Value::Value(double v) : data_(v) {}
inline Value::Value(const char* v) : data_(std::string(v)) {}
inline Value::Value(std::string_view v) : data_(std::string(v)) {}
inline Value::Value(std::string v) : data_(std::move(v)) {}
inline Value::Value(DateTime v) : data_(std::move(v)) {}
inline Value::Value(Base64 v) : data_(std::move(v)) {}
inline Value::Value(Array v) : data_(std::move(v)) {}
inline Value::Value(Struct v) : data_(std::move(v)) {}

struct Fault {
    int code = 0;
    std::string text;
    bool operator==(const Fault&) const = default;
};

struct Call {
    std::string method;  // never empty after parse_call
    Array params;
};

// The value of a method, or its fault.
using Response = std::variant<Value, Fault>;

struct Limits {
    std::size_t max_bytes = 64U << 20;
    std::size_t max_depth = 64;          // nested arrays and structs
    std::size_t max_values = 4'000'000;  // all values of a message together
};
// For requests from outside: far above anything that Supervisor's methods take.
inline constexpr Limits kRequestLimits{8U << 20, 32, 100'000};

// The body is taken over because it is parsed in place. The error's text is Supervisor's own word
// for the log: "unmarshallable" or "no method name". <params> may be missing.
[[nodiscard]] Result<Call> parse_call(std::string body, const Limits& limits = kRequestLimits);
// The error's text says what is wrong with the answer.
[[nodiscard]] Result<Response> parse_response(std::string body, const Limits& limits = {});

[[nodiscard]] std::string write_call(std::string_view method, const Array& params);
[[nodiscard]] std::string write_response(const Value& value);
[[nodiscard]] std::string write_fault(const Fault& fault);

// Appends `<value>...</value>\n`, for senders that lay out a large answer themselves.
void append_value(std::string& out, const Value& value);
// Appends text with & < > escaped and everything that XML 1.0 cannot carry as U+FFFD.
void append_escaped(std::string& out, std::string_view text);

}  // namespace svd::wire
