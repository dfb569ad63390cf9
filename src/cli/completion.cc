#include "cli/completion.h"

#include <algorithm>

#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/namespec.h"

namespace svd::cli {
namespace {

class Matches {
  public:
    explicit Matches(std::string_view word) : word_(word) {}

    void add(std::string_view candidate) {
        auto text = fmt::format("{} ", candidate);
        if (candidate.starts_with(word_) && std::ranges::find(found_, text) == found_.end())
            found_.push_back(std::move(text));
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(found_); }

  private:
    std::string_view word_;
    std::vector<std::string> found_;
};

void add_actions(Matches& matches) {
    matches.add("help");
    for (const auto& command : commands()) matches.add(command.name);
}

void add_groups(Matches& matches, const wire::Array& infos) {
    for (const auto& info : infos) matches.add(text_member(info, "group"));
}

// A process alone in its group goes by one name, until somebody types a colon.
void add_processes(Matches& matches, const wire::Array& infos, bool spelled_out) {
    for (const auto& info : infos) {
        const auto group = text_member(info, "group");
        const auto name = text_member(info, "name");
        if (group == name && !spelled_out) {
            matches.add(name);
            continue;
        }
        matches.add(fmt::format("{}:{}", group, name));
        matches.add(fmt::format("{}:*", group));
    }
}

}  // namespace

std::string_view completed_word(std::string_view line) {
    const auto blank = line.find_last_of(" \t");
    return blank == line.npos ? line : line.substr(blank + 1);
}

std::vector<std::string> completions(std::string_view line, const InfoSource& infos) {
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
    if (command->completes == Completes::Groups) add_groups(matches, infos());
    if (command->completes == Completes::Processes)
        add_processes(matches, infos(), word.find(':') != word.npos);
    return matches.take();
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
