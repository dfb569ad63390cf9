#include "http/form.h"

#include <algorithm>

namespace svd::http {
namespace {

std::string decoded(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '+', ' ');
    return wire::percent_decode(plain);
}

enum class Which { First, Last };

std::optional<std::string> find(std::string_view pairs, std::string_view name, Which which) {
    std::optional<std::string> found;
    while (!pairs.empty()) {
        const std::string_view pair = pairs.substr(0, pairs.find('&'));
        pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals + 1 == pair.size()) continue;
        if (decoded(pair.substr(0, equals)) != name) continue;
        found = decoded(pair.substr(equals + 1));
        if (which == Which::First) break;
    }
    return found;
}

}  // namespace

std::optional<std::string> form_field(const wire::HttpRequest& request, std::string_view name) {
    if (auto value = find(request.body, name, Which::Last)) return value;
    return find(request.query, name, Which::First);
}

}  // namespace svd::http
