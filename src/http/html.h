// Text that comes from outside and goes into a page. Every value of a page is one of these two:
//
//   fmt::format("<a href=\"tail.html?processname={}\">{}</a>", Quoted{name}, Escaped{name})
#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace svd::http {

// As text or inside a quoted attribute: & < > " ' are escaped.
struct Escaped {
    std::string_view text;
};
// As a part of a URL, like Python's urllib.parse.quote: letters, digits and _.-~/ stay, everything
// else is %XX. Needs no escaping after that.
struct Quoted {
    std::string_view text;
};

void append_escaped(std::string& out, std::string_view text);
void append_quoted(std::string& out, std::string_view text);

[[nodiscard]] inline std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

// Appends to a page.
template <class... Args>
void write(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

}  // namespace svd::http

template <>
struct fmt::formatter<svd::http::Escaped> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(const svd::http::Escaped& value, Context& context) const {
        std::string out;
        svd::http::append_escaped(out, value.text);
        return fmt::formatter<fmt::string_view>::format(out, context);
    }
};
template <>
struct fmt::formatter<svd::http::Quoted> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(const svd::http::Quoted& value, Context& context) const {
        return fmt::formatter<fmt::string_view>::format(svd::http::quoted(value.text), context);
    }
};
