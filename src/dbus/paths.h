// Object paths: /org/svd1, /org/svd1/process/GROUP/NAME and /org/svd1/group/NAME, with names as
// sd_bus_path_encode writes them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace svd::dbus {

inline constexpr const char* kRoot = "/org/svd1";
inline constexpr const char* kProcesses = "/org/svd1/process";
inline constexpr const char* kGroups = "/org/svd1/group";

// Letters and digits stay (a digit in front does not), every other byte becomes _xx; an empty text
// is "_".
[[nodiscard]] std::string escape_label(std::string_view text);
// Empty for what escape_label never writes, so that every object has one path.
[[nodiscard]] std::optional<std::string> unescape_label(std::string_view label);

struct ProcessName {
    std::string group;
    std::string name;
    bool operator==(const ProcessName&) const = default;
};
[[nodiscard]] std::string process_path(std::string_view group, std::string_view name);
[[nodiscard]] std::string group_path(std::string_view group);
[[nodiscard]] std::optional<ProcessName> read_process_path(std::string_view path);
[[nodiscard]] std::optional<std::string> read_group_path(std::string_view path);
// The group of /org/svd1/process/GROUP, which is no object but has some below it.
[[nodiscard]] std::optional<std::string> read_process_folder(std::string_view path);

}  // namespace svd::dbus
