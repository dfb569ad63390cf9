#include "cli/completion.h"

#include <algorithm>
#include <span>

#include "base/signal_table.h"
#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/namespec.h"

namespace svd::cli {
namespace {

class Matches {
  public:
    explicit Matches(std::string_view word) : word_(word) {}

    void add(std::string_view candidate, std::string_view about = {}) {
        if (!candidate.starts_with(word_)) return;
        const auto known = std::ranges::find(found_, candidate, &TabWord::word);
        if (known == found_.end())
            found_.push_back({std::string(candidate), std::string(about)});
        else if (known->about.empty())
            known->about = about;
    }
    [[nodiscard]] std::vector<TabWord> take() { return std::move(found_); }

  private:
    std::string_view word_;
    std::vector<TabWord> found_;
};

// Of the first line of a help, "syntax<tabs>meaning".
std::string_view meaning_of(std::string_view help) {
    const auto line = help.substr(0, help.find('\n'));
    const auto tab = line.find('\t');
    return tab == line.npos ? std::string_view() : trim(line.substr(tab));
}

void add_actions(Matches& matches) {
    matches.add("help", "Print a list of available actions");
    for (const auto& command : commands()) matches.add(command.name, meaning_of(command.help));
}

// Flags are what begins with a dash in the syntax of the help: "top [-g]", but not "tail -100".
void add_flags(Matches& matches, const Command& command) {
    for (const auto line : split(command.help, '\n')) {
        for (auto word : split_blanks(line.substr(0, line.find('\t')))) {
            if (word.starts_with('[')) word.remove_prefix(1);
            if (word.ends_with(']')) word.remove_suffix(1);
            const bool letters = word.size() > 1 && !(word[1] >= '0' && word[1] <= '9');
            if (word.starts_with('-') && letters) matches.add(word, meaning_of(line));
        }
    }
    if (command.has(kJson)) matches.add("--json", "Print JSON");
}

void add_groups(Matches& matches, const wire::Array& infos) {
    for (const auto& info : infos) matches.add(text_member(info, "group"));
}

// A process alone in its group goes by one name, until somebody types a colon.
void add_processes(Matches& matches, const wire::Array& infos, bool spelled_out) {
    for (const auto& info : infos) {
        const auto group = text_member(info, "group");
        const auto name = text_member(info, "name");
        const auto state = text_member(info, "statename");
        if (group == name && !spelled_out) {
            matches.add(name, state);
            continue;
        }
        matches.add(fmt::format("{}:{}", group, name), state);
        matches.add(fmt::format("{}:*", group), "all of the group");
    }
}

// Nobody wants it behind a name; flags are no names, nor is the signal.
bool may_be_all(const Command& command, std::span<const std::string_view> before) {
    const auto names =
        std::ranges::count_if(before, [](auto word) { return !word.starts_with('-'); });
    return command.has(kAll) &&
           names == (command.completes == Completes::SignalThenProcesses ? 1 : 0);
}

// What it means is behind the syntax "stop all", where the help has it.
void add_all(Matches& matches, const Command& command) {
    for (const auto line : split(command.help, '\n'))
        if (line.substr(0, line.find('\t')).ends_with(" all"))
            return matches.add("all", meaning_of(line));
    matches.add("all", "all processes");
}

void add_signals(Matches& matches) {
    for (const auto& row : signal_table())
        if (row.preferred) matches.add(row.name.substr(3));
}

}  // namespace

std::string_view completed_word(std::string_view line) {
    const auto blank = line.find_last_of(" \t");
    return blank == line.npos ? line : line.substr(blank + 1);
}

std::vector<TabWord> candidates(std::string_view line, const InfoSource& infos) {
    const auto word = completed_word(line);
    const auto words = split_blanks(line);
    Matches matches(word);
    const bool first = words.empty() || (words.size() == 1 && !word.empty());
    if (first || words.front() == "help") {
        add_actions(matches);
        return matches.take();
    }
    const auto* command = find_command(words.front());
    if (!command) return {};
    if (word.starts_with('-')) {
        add_flags(matches, *command);
        return matches.take();
    }
    const std::size_t before = words.size() - (word.empty() ? 0 : 1);
    const bool second = before == 1;
    switch (command->completes) {
        case Completes::Nothing:
            break;
        case Completes::Groups:
            add_groups(matches, infos());
            break;
        case Completes::SignalThenProcesses:
            if (second) {
                add_signals(matches);
                break;
            }
            [[fallthrough]];
        case Completes::Processes:
            add_processes(matches, infos(), word.find(':') != word.npos);
            break;
    }
    if (may_be_all(*command, std::span(words).subspan(1, before - 1))) add_all(matches, *command);
    return matches.take();
}

std::vector<std::string> completions(std::string_view line, const InfoSource& infos) {
    std::vector<std::string> words;
    for (auto& one : candidates(line, infos)) words.push_back(std::move(one.word) + " ");
    return words;
}

std::string_view common_prefix(const std::vector<std::string>& words) {
    if (words.empty()) return {};
    std::string_view common = words.front();
    for (const std::string_view word : words) {
        const auto [end, other] = std::ranges::mismatch(common, word);
        common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    return common;
}

}  // namespace svd::cli
