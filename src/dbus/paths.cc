#include "dbus/paths.h"

#include <fmt/format.h>

namespace svd::dbus {

namespace {
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_plain(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
int lower_hex_value(char c) {
    if (is_digit(c)) return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What follows "PREFIX/"; empty when the path is none below it.
std::optional<std::string_view> below(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix) || path.size() <= prefix.size() + 1) return std::nullopt;
    if (path[prefix.size()] != '/') return std::nullopt;
    return path.substr(prefix.size() + 1);
}
}  // namespace

std::string escape_label(std::string_view text) {
    if (text.empty()) return "_";
    std::string label;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (is_plain(text[i]) && !(i == 0 && is_digit(text[i])))
            label += text[i];
        else
            label += fmt::format("_{:02x}", static_cast<unsigned char>(text[i]));
    return label;
}

std::optional<std::string> unescape_label(std::string_view label) {
    if (label == "_") return "";
    std::string text;
    for (std::size_t i = 0; i < label.size(); ++i) {
        if (label[i] != '_') {
            text += label[i];
            continue;
        }
        if (i + 2 >= label.size()) return std::nullopt;
        const int high = lower_hex_value(label[i + 1]);
        const int low = lower_hex_value(label[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        text += static_cast<char>(high * 16 + low);
        i += 2;
    }
    if (text.empty() || escape_label(text) != label) return std::nullopt;
    return text;
}

std::string process_path(std::string_view group, std::string_view name) {
    return fmt::format("{}/{}/{}", kProcesses, escape_label(group), escape_label(name));
}

std::string group_path(std::string_view group) {
    return fmt::format("{}/{}", kGroups, escape_label(group));
}

std::optional<ProcessName> read_process_path(std::string_view path) {
    const auto labels = below(path, kProcesses);
    if (!labels) return std::nullopt;
    const auto slash = labels->find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto group = unescape_label(labels->substr(0, slash));
    auto name = unescape_label(labels->substr(slash + 1));
    if (!group || !name) return std::nullopt;
    return ProcessName{*std::move(group), *std::move(name)};
}

std::optional<std::string> read_group_path(std::string_view path) {
    const auto label = below(path, kGroups);
    return label ? unescape_label(*label) : std::nullopt;
}

std::optional<std::string> read_process_folder(std::string_view path) {
    const auto label = below(path, kProcesses);
    return label ? unescape_label(*label) : std::nullopt;
}

}  // namespace svd::dbus
