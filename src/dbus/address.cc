#include "dbus/address.h"

#include "base/strings.h"

namespace svd::dbus {

namespace {
constexpr std::string_view kSystemBus = "unix:path=/run/dbus/system_bus_socket";

// Empty for what is malformed.
std::optional<std::string> unescape(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '%') {
            text += value[i];
            continue;
        }
        if (i + 2 >= value.size()) return std::nullopt;
        const int high = hex_value(value[i + 1]);
        const int low = hex_value(value[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
        text += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return text;
}

// Of one address that is a socket in the file system.
std::optional<std::string> path_of(std::string_view address) {
    constexpr std::string_view kUnix = "unix:";
    constexpr std::string_view kPath = "path=";
    if (!address.starts_with(kUnix)) return std::nullopt;
    for (const auto part : split(address.substr(kUnix.size()), ',')) {
        if (!part.starts_with(kPath)) continue;
        auto path = unescape(part.substr(kPath.size()));
        if (path && path->starts_with('/')) return path;
    }
    return std::nullopt;
}
}  // namespace

BusAddress read_bus_address(std::string_view text) {
    BusAddress address{std::string(text), {}, false};
    for (const auto one : split(text, ';')) {
        if (one.empty()) continue;
        if (auto path = path_of(one))
            address.paths.push_back(*std::move(path));
        else
            address.elsewhere = true;
    }
    return address;
}

BusAddress system_bus_address(const BusEnvironment& environment) {
    return read_bus_address(environment.system_address.empty() ? kSystemBus
                                                               : environment.system_address);
}

std::optional<BusAddress> user_bus_address(const BusEnvironment& environment) {
    if (!environment.user_address.empty()) return read_bus_address(environment.user_address);
    if (!environment.runtime_dir.starts_with('/')) return std::nullopt;
    const std::string path = environment.runtime_dir + "/bus";
    return BusAddress{"unix:path=" + path, {path}, false};
}

}  // namespace svd::dbus
