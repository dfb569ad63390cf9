#include "cli/namespec.h"

namespace svd::cli {

Namespec split_namespec(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos) return {std::string(text), std::string(text)};
    const auto process = text.substr(colon + 1);
    Namespec split{std::string(text.substr(0, colon)), std::nullopt};
    if (!process.empty() && process != "*") split.process = process;
    return split;
}

std::string make_namespec(std::string_view group, std::string_view process) {
    if (group == process) return std::string(process);
    return fmt::format("{}:{}", group, process);
}

std::string namespec_of(const wire::Value& info) {
    return make_namespec(text_member(info, "group"), text_member(info, "name"));
}

std::string_view text_member(const wire::Value& info, std::string_view name) {
    const auto* member = info.find(name);
    return member ? member->text_or() : std::string_view{};
}

std::int64_t int_member(const wire::Value& info, std::string_view name) {
    const auto* member = info.find(name);
    return member ? member->int_or() : 0;
}

}  // namespace svd::cli
