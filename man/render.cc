// Makes a manual page from its text and the program's own tables: render TEXT PAGE. A line that
// begins with '@' stands for a table.
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/version.h"
#include "tables.h"

namespace svd::man {
namespace {

std::string os_line(std::string_view) {
    return fmt::format(".Os svd {}\n", kVersion);
}

// The rest of the line is what a table is asked for.
std::string expand(std::string_view line) {
    using Table = std::string (*)(std::string_view);
    static const std::map<std::string_view, Table> kTables{
        {"@svd-options", [](std::string_view) { return svd_options(); }},
        {"@svctl-options", [](std::string_view) { return svctl_options(); }},
        {"@svctl-actions", [](std::string_view) { return svctl_actions(); }},
        {"@options", options_of},
        {"@rpc-methods", rpc_methods},
        {"@rpc-faults", [](std::string_view) { return rpc_faults(); }},
        {"@events", [](std::string_view) { return events(); }},
        {"@dbus-interface", dbus_interface},
        {"@dbus-errors", [](std::string_view) { return dbus_errors(); }},
        {"@differences", [](std::string_view) { return differences(); }},
        {"@version", os_line},
    };
    const auto blank = line.find(' ');
    const auto table = kTables.find(line.substr(0, blank));
    if (table == kTables.end()) return {};
    return table->second(blank == line.npos ? std::string_view() : line.substr(blank + 1));
}

int render(const char* path, const char* made) {
    std::ifstream text(path);
    std::ofstream page(made);
    for (std::string line; std::getline(text, line);) {
        const auto expanded = line.starts_with('@') ? expand(line) : line + "\n";
        if (expanded.empty()) {
            fmt::print(stderr, "{}: there is no table {}\n", path, line);
            return 1;
        }
        page << expanded;
    }
    if (text.eof() && page.flush()) return 0;
    fmt::print(stderr, "cannot make {} from {}\n", made, path);
    return 1;
}

}  // namespace
}  // namespace svd::man

int main(int argc, char** argv) {
    if (argc == 3) return svd::man::render(argv[1], argv[2]);
    fmt::print(stderr, "usage: render TEXT PAGE\n");
    return 2;
}
