#include "cli/status_table.h"

#include <algorithm>

#include "cli/namespec.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr std::size_t kNameWidth = 30;
constexpr std::size_t kNameGap = 3;
constexpr std::size_t kStateWidth = 10;
constexpr std::size_t kRowFields = 5;  // group, name, state, statename, description

}  // namespace

std::vector<StatusRow> status_rows(const wire::Value& answer) {
    std::vector<StatusRow> rows;
    rows.reserve(answer.elements().size());
    for (const auto& entry : answer.elements()) {
        StatusRow row;
        row.source = &entry;
        if (const auto& fields = entry.elements(); fields.size() >= kRowFields) {
            row.group = fields[0].text_or();
            row.name = fields[1].text_or();
            row.state = fields[2].int_or();
            row.statename = fields[3].text_or();
            row.description = fields[4].text_or();
        } else {
            row.group = text_member(entry, "group");
            row.name = text_member(entry, "name");
            row.state = int_member(entry, "state");
            row.statename = text_member(entry, "statename");
            row.description = text_member(entry, "description");
        }
        rows.push_back(row);
    }
    return rows;
}

std::vector<std::string> status_lines(const std::vector<StatusRow>& rows) {
    std::vector<std::string> lines;
    lines.reserve(rows.size());
    std::size_t width = kNameWidth;
    for (const auto& row : rows) {
        lines.push_back(make_namespec(row.group, row.name));
        width = std::max(width, character_count(lines.back()));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        lines[i] = pad_right(lines[i], width + kNameGap);
        lines[i] += pad_right(rows[i].statename, kStateWidth);
        lines[i] += rows[i].description;
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
