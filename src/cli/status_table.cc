#include "cli/status_table.h"

#include <algorithm>

#include "cli/namespec.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr std::size_t kNameWidth = 30;
constexpr std::size_t kNameGap = 3;
constexpr std::size_t kStateWidth = 10;

}  // namespace

std::vector<std::string> status_lines(const std::vector<const wire::Value*>& infos) {
    std::vector<std::string> lines;
    std::size_t width = kNameWidth;
    for (const auto* info : infos) {
        lines.push_back(namespec_of(*info));
        width = std::max(width, character_count(lines.back()));
    }
    for (std::size_t i = 0; i < infos.size(); ++i) {
        lines[i] = pad_right(lines[i], width + kNameGap);
        lines[i] += pad_right(text_member(*infos[i], "statename"), kStateWidth);
        lines[i] += text_member(*infos[i], "description");
    }
    return lines;
}

std::string avail_line(const wire::Value& config) {
    const auto yes = [&](std::string_view name) {
        const auto* member = config.find(name);
        return member && member->bool_or();
    };
    return fmt::format("{} {:<9} {:<9} {}:{}", pad_right(namespec_of(config), 32),
                       yes("inuse") ? "in use" : "avail", yes("autostart") ? "auto" : "manual",
                       int_member(config, "group_prio"), int_member(config, "process_prio"));
}

}  // namespace svd::cli
