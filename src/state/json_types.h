// How plain structs become JSON values: every member by its name. Private to state/.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

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

}  // namespace svd::state::detail

// All members of a struct, in its own namespace. A member that is forgotten does not compile; one
// that an older snapshot does not have keeps its default.
#define SVD_STATE(Type, ...)                                                                       \
    NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Type, __VA_ARGS__)                             \
    static_assert(                                                                                 \
        svd::state::detail::member_count<Type>() == svd::state::detail::count_names(#__VA_ARGS__), \
        "a member of " #Type " is missing here");

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
    static void to_json(json& value, const std::optional<T>& from) {
        if (from)
            value = *from;
        else
            value = nullptr;
    }
    static void from_json(const json& value, std::optional<T>& to) {
        if (value.is_null())
            to.reset();
        else
            to = value.get<T>();
    }
};

template <class T>
struct adl_serializer<std::shared_ptr<const T>> {
    static void to_json(json& value, const std::shared_ptr<const T>& from) { value = *from; }
    static void from_json(const json& value, std::shared_ptr<const T>& to) {
        to = std::make_shared<const T>(value.get<T>());
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
