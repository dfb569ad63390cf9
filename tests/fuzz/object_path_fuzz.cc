// Object paths and bus addresses from outside: what decodes is what escaping gives.
#include <cstdlib>
#include <string_view>

#include "dbus/address.h"
#include "dbus/paths.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (svd::dbus::unescape_label(svd::dbus::escape_label(text)) != text) std::abort();
    if (const auto name = svd::dbus::read_process_path(text))
        if (svd::dbus::process_path(name->group, name->name) != text) std::abort();
    if (const auto group = svd::dbus::read_group_path(text))
        if (svd::dbus::group_path(*group) != text) std::abort();
    for (const auto& path : svd::dbus::read_bus_address(text).paths)
        if (path.empty() || path.front() != '/') std::abort();
    return 0;
}
