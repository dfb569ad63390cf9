#include "wire/xmlrpc.h"

namespace svd::wire {

std::string_view Value::text_or(std::string_view otherwise) const {
    const auto* text = get_if<std::string>();
    return text ? std::string_view(*text) : otherwise;
}

std::int64_t Value::int_or(std::int64_t otherwise) const {
    if (const auto* number = get_if<std::int64_t>()) return *number;
    if (const auto* flag = get_if<bool>()) return *flag ? 1 : 0;
    return otherwise;
}

bool Value::bool_or(bool otherwise) const {
    if (const auto* flag = get_if<bool>()) return *flag;
    if (const auto* number = get_if<std::int64_t>()) return *number != 0;
    return otherwise;
}

const Value* Value::find(std::string_view name) const {
    const auto* members = get_if<Struct>();
    if (!members) return nullptr;
    for (auto it = members->rbegin(); it != members->rend(); ++it)
        if (it->name == name) return &it->value;
    return nullptr;
}

const Array& Value::elements() const {
    static const Array kNone;
    const auto* array = get_if<Array>();
    return array ? *array : kNone;
}

std::string_view Value::type_name() const {
    static constexpr std::string_view kNames[] = {
        "string", "int", "boolean", "double", "dateTime.iso8601", "base64", "array", "struct"};
    static_assert(std::size(kNames) == std::variant_size_v<decltype(data_)>);
    return kNames[data_.index()];
}

bool Value::operator==(const Value& other) const {
    return data_ == other.data_;
}

}  // namespace svd::wire
