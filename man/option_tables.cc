// Command lines, actions of svctl and options of the configuration.
#include <fmt/format.h>

#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/options.h"
#include "config/option_table.h"
#include "daemon/options.h"
#include "mdoc.h"
#include "tables.h"

namespace svd::man {
namespace {

std::string option_item(char letter, std::string_view name, std::string_view value,
                        std::string_view help) {
    std::string item = ".It";
    const auto add = [&](std::string_view spelling) {
        item += item == ".It" ? "" : " ,";
        item += fmt::format(" Fl {}", spelling);
    };
    if (letter != 0) add(std::string_view(&letter, 1));
    if (!name.empty()) add(fmt::format("\\-{}", escape(name)));
    if (!value.empty()) item += fmt::format(" Ar {}", to_lower(value));
    return fmt::format("{}\n{}", item, prose(fmt::format("{}.", help)));
}

const char* reload_text(config::OnReload how) {
    switch (how) {
        case config::OnReload::Hot:
            return "holds at once";
        case config::OnReload::Respawn:
            return "needs a new process";
        case config::OnReload::Restart:
            return "holds when svd restarts";
    }
    return "";
}

std::string option_text(const config::OptionRow& row) {
    std::string text = fmt::format(".It Ic {}\n{}", escape(row.name), prose(row.doc));
    if (const auto allowed = config::allowed_values(row.type); !allowed.empty())
        text += prose(fmt::format("Takes {}.", allowed));
    if (!row.default_text)
        text += "Unset by default.\n";
    else if (row.default_text->empty())
        text += "Empty by default.\n";
    else
        text += fmt::format("Default:\n.Li {} .\n", argument(*row.default_text));
    if (!row.example.empty()) text += fmt::format("Example:\n.Li {} .\n", argument(row.example));
    text += fmt::format("A change {}; since {}{}.\n", reload_text(row.on_reload),
                        row.is_addition() ? "" : "Supervisor ", row.since);
    return text;
}

}  // namespace

std::string svd_options() {
    std::string items;
    for (const auto& row : daemon::option_rows())
        if (row.letter != '?') items += option_item(row.letter, row.name, row.metavar, row.help);
    return tag_list(items);
}

std::string svctl_options() {
    std::string items;
    for (const auto& row : cli::option_rows()) {
        if (row.help.empty()) continue;
        std::string help;
        for (const auto& line : split(row.help, '\n'))
            help += (help.empty() ? "" : " ") + std::string(trim(line));
        items += option_item(row.letter, row.name, row.placeholder, help);
    }
    return tag_list(items);
}

// Help lines are "syntax<tabs>meaning"; one that begins with a tab goes on, one without is a note.
std::string svctl_actions() {
    std::string items;
    for (const auto& command : cli::commands()) {
        std::string notes;
        bool first = true;
        for (const std::string_view line : split(command.help, '\n')) {
            const auto tab = line.find('\t');
            const auto syntax = trim(line.substr(0, tab));
            const auto meaning = tab == std::string_view::npos ? "" : trim(line.substr(tab));
            if (syntax.empty() && meaning.empty()) continue;
            if (!syntax.empty() && (!meaning.empty() || first || syntax.starts_with(command.name)))
                items += fmt::format(".It Ic {}\n", argument(syntax));
            else if (!syntax.empty())
                notes += ".Pp\n" + prose(syntax);
            items += prose(meaning);
            first = false;
        }
        items += notes;
    }
    return tag_list(items);
}

std::string options_of(std::string_view section) {
    const auto* kind = config::find_section_kind(section);
    if (kind == nullptr) return {};
    std::string items;
    for (const auto& row : config::option_table())
        if ((row.sections & static_cast<std::uint32_t>(kind->kind)) != 0) items += option_text(row);
    return prose(kind->doc) + tag_list(items);
}

}  // namespace svd::man
