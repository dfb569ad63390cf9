// How plain structs become JSON values: every member by its name. Private to state/.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/boxed.h"

namespace svd::state::detail {

struct Anything {
    template <class T>
    operator T() const;  // NOLINT(google-explicit-constructor): stands for any member
};

// How many members an aggregate has.
template <class T, class... Args>
consteval std::size_t member_count() {
    if constexpr (requires { T{Args{}..., Anything{}}; })
        return member_count<T, Args..., Anything>();
    else
        return sizeof...(Args);
}

consteval std::size_t count_names(std::string_view list) {
    std::size_t count = 1;
    for (const char c : list)
        if (c == ',') ++count;
    return count;
}

// Set while the defaults themselves are written; see plain_values().
inline bool write_plain = false;

// Members with their default value are not written: most are, and a thousand programs have many.
template <class T>
void write_member(nlohmann::json& object, const char* name, const T& value, const T& plain) {
    if constexpr (std::equality_comparable<T>) {
        if (value == plain && !write_plain) return;
    }
    object[name] = value;
}

// Nothing of ours is a fraction, and not every one can become a number of ours.
inline bool has_fraction(const nlohmann::json& value) {
    if (value.is_structured())
        return std::any_of(value.begin(), value.end(),
                           [](const auto& member) { return has_fraction(member); });
    return value.is_number_float();
}

inline void check_object(const nlohmann::json& value, const char* type) {
    if (!value.is_object())
        throw nlohmann::json::type_error::create(302, std::string("no object for ") + type, &value);
}

template <class T>
void read_member(const nlohmann::json& object, const char* name, T& value) {
    if (const auto found = object.find(name); found != object.end()) found->get_to(value);
}

}  // namespace svd::state::detail

// NOLINTBEGIN(cppcoreguidelines-macro-usage): members have names only for the preprocessor.
#define SVD_STATE_WRITE(member) \
    svd::state::detail::write_member(object, #member, value.member, plain.member);
#define SVD_STATE_READ(member) svd::state::detail::read_member(object, #member, value.member);

// All members of a struct, in its own namespace. A member that is forgotten does not compile; one
// that an older snapshot does not have keeps its default.
#define SVD_STATE(Type, ...)                                                                       \
    inline void to_json(nlohmann::json& object, const Type& value) {                               \
        static const Type plain{};                                                                 \
        object = nlohmann::json::object();                                                         \
        NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(SVD_STATE_WRITE, __VA_ARGS__))                    \
    }                                                                                              \
    inline void from_json(const nlohmann::json& object, Type& value) {                             \
        svd::state::detail::check_object(object, #Type);                                           \
        NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(SVD_STATE_READ, __VA_ARGS__))                     \
    }                                                                                              \
    static_assert(                                                                                 \
        svd::state::detail::member_count<Type>() == svd::state::detail::count_names(#__VA_ARGS__), \
        "a member of " #Type " is missing here");
// NOLINTEND(cppcoreguidelines-macro-usage)

namespace svd::state {

// What may be missing: a value of T, or null.
template <class Maybe, class T>
struct ValueOrNull {
    static void to_json(nlohmann::json& value, const Maybe& from) {
        if (from)
            value = *from;
        else
            value = nullptr;
    }
    static void from_json(const nlohmann::json& value, Maybe& to) {
        if (value.is_null())
            to.reset();
        else
            to = value.get<T>();
    }
};

}  // namespace svd::state

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> : svd::state::ValueOrNull<std::optional<T>, T> {};

template <class T>
struct adl_serializer<svd::Boxed<T>> : svd::state::ValueOrNull<svd::Boxed<T>, T> {};

template <class T>
struct adl_serializer<svd::Rare<T>> {
    static void to_json(json& value, const svd::Rare<T>& from) { value = from.get(); }
    static void from_json(const json& value, svd::Rare<T>& to) { to = value.get<T>(); }
};

template <class T>
struct adl_serializer<svd::Shared<T>> {
    static void to_json(json& value, const svd::Shared<T>& from) { value = from.get(); }
    static void from_json(const json& value, svd::Shared<T>& to) { to = value.get<T>(); }
};

template <class T>
struct adl_serializer<std::shared_ptr<const T>> {
    static void to_json(json& value, const std::shared_ptr<const T>& from) { value = *from; }
    static void from_json(const json& value, std::shared_ptr<const T>& to) {
        to = std::make_shared<const T>(value.get<T>());
    }
};

// An older snapshot has fewer elements where an enumeration was appended to.
template <class T, std::size_t Size>
struct adl_serializer<std::array<T, Size>> {
    static void to_json(json& value, const std::array<T, Size>& from) {
        value = json::array();
        for (const T& element : from) value.push_back(element);
    }
    static void from_json(const json& value, std::array<T, Size>& to) {
        if (!value.is_array()) throw json::type_error::create(302, std::string("no array"), &value);
        for (std::size_t i = 0; i < std::min(Size, value.size()); ++i) value[i].get_to(to[i]);
    }
};

template <class Rep, class Period>
struct adl_serializer<std::chrono::duration<Rep, Period>> {
    static void to_json(json& value, const std::chrono::duration<Rep, Period>& from) {
        value = from.count();
    }
    static void from_json(const json& value, std::chrono::duration<Rep, Period>& to) {
        to = std::chrono::duration<Rep, Period>(value.get<Rep>());
    }
};

template <class Clock, class Duration>
struct adl_serializer<std::chrono::time_point<Clock, Duration>> {
    static void to_json(json& value, const std::chrono::time_point<Clock, Duration>& from) {
        value = from.time_since_epoch().count();
    }
    static void from_json(const json& value, std::chrono::time_point<Clock, Duration>& to) {
        to =
            std::chrono::time_point<Clock, Duration>(Duration(value.get<typename Duration::rep>()));
    }
};

}  // namespace nlohmann
