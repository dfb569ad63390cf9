// Makes a manual page from its text and the program's own tables: render TEXT PAGE. A line that
// begins with '@' stands for a table:
//   @svd-options  @svctl-options  @svctl-actions  @options SECTION [added|inherited]  @version
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/strings.h"
#include "base/version.h"
#include "cli/command_table.h"
#include "cli/options.h"
#include "config/option_table.h"
#include "daemon/options.h"

namespace svd::man {
namespace {

// Text as mdoc(7) takes it: no line is a macro, no character an escape.
std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
    return out;
}

// Sentences on lines of their own, none longer than a terminal.
std::string prose(std::string_view text) {
    constexpr std::size_t kWidth = 78;
    std::string out;
    std::string line;
    const auto end_line = [&] {
        if (!line.empty()) out += escape(line) + "\n";
        line.clear();
    };
    for (const auto word : split_blanks(text)) {
        if (line.size() + word.size() >= kWidth) end_line();
        line.append(line.empty() ? "" : " ").append(word);
        if (word.ends_with('.') && word.size() > 2) end_line();
    }
    end_line();
    return out;
}

// One argument of a macro.
std::string argument(std::string_view text) {
    std::string out;
    for (const char c : escape(text)) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
    return "\"" + out + "\"";
}

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

std::string svd_options() {
    std::string text = ".Bl -tag -width Ds\n";
    for (const auto& row : daemon::option_rows())
        if (row.letter != '?') text += option_item(row.letter, row.name, row.metavar, row.help);
    return text + ".El\n";
}

std::string svctl_options() {
    std::string text = ".Bl -tag -width Ds\n";
    for (const auto& row : cli::option_rows()) {
        if (row.help.empty()) continue;
        std::string help;
        for (const auto& line : split(row.help, '\n'))
            help += (help.empty() ? "" : " ") + std::string(trim(line));
        text += option_item(row.letter, row.name, row.placeholder, help);
    }
    return text + ".El\n";
}

// Help lines are "syntax<tabs>meaning"; one that begins with a tab goes on, one without is a note.
std::string svctl_actions() {
    std::string text = ".Bl -tag -width Ds\n";
    for (const auto& command : cli::commands()) {
        std::string notes;
        bool first = true;
        for (const std::string_view line : split(command.help, '\n')) {
            const auto tab = line.find('\t');
            const auto syntax = trim(line.substr(0, tab));
            const auto meaning = tab == std::string_view::npos ? "" : trim(line.substr(tab));
            if (syntax.empty() && meaning.empty()) continue;
            if (!syntax.empty() && (!meaning.empty() || first || syntax.starts_with(command.name)))
                text += fmt::format(".It Ic {}\n", argument(syntax));
            else if (!syntax.empty())
                notes += ".Pp\n" + prose(syntax);
            text += prose(meaning);
            first = false;
        }
        text += notes;
    }
    return text + ".El\n";
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

std::string options_of(std::string_view section) {
    const auto* kind = config::find_section_kind(section);
    if (kind == nullptr) return {};
    std::string text = prose(kind->doc) + ".Bl -tag -width Ds\n";
    for (const auto& row : config::option_table())
        if ((row.sections & static_cast<std::uint32_t>(kind->kind)) != 0) text += option_text(row);
    return text + ".El\n";
}

std::string expand(const std::string& line) {
    static const std::map<std::string, std::function<std::string()>> kTables{
        {"@svd-options", svd_options},
        {"@svctl-options", svctl_options},
        {"@svctl-actions", svctl_actions},
        {"@version", [] { return fmt::format(".Os svd {}\n", kVersion); }},
    };
    constexpr std::string_view kOptions = "@options ";
    if (line.starts_with(kOptions)) return options_of(line.substr(kOptions.size()));
    const auto table = kTables.find(line);
    return table == kTables.end() ? std::string() : table->second();
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
