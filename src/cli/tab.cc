#include "cli/tab.h"

#include <csignal>

#include <sys/time.h>
#include <unistd.h>

#include "base/strings.h"
#include "base/tab.h"
#include "cli/client_config.h"
#include "cli/completion.h"
#include "cli/options.h"
#include "cli/session.h"

namespace svd::cli {
namespace {

// Names that do not resolve, servers that do not answer, file systems that are gone: whatever it
// is that takes so long, nobody wants to wait for it at a prompt.
constexpr long kTabMicroseconds = 800'000;

void give_up(int) {
    _exit(0);
}

void bound_time() {
    struct sigaction action{};
    action.sa_handler = give_up;
    sigaction(SIGALRM, &action, nullptr);
    itimerval timer{};
    timer.it_value.tv_usec = kTabMicroseconds;
    setitimer(ITIMER_REAL, &timer, nullptr);
}

std::vector<svd::OptionRow> option_table() {
    std::vector<svd::OptionRow> table;
    for (const auto& row : option_rows())
        table.push_back({row.letter, row.name, row.text != nullptr, row.placeholder, row.help});
    return table;
}

// The actions and their arguments, as in the shell.
std::vector<TabWord> action_words(const std::vector<std::string>& words, std::size_t first,
                                  std::string_view program, Output& out) {
    const std::vector<std::string> before(words.begin(), words.end() - 1);
    const auto options = parse_options(before);
    if (!options) return {};
    const std::vector<std::string> line(words.begin() + static_cast<std::ptrdiff_t>(first),
                                        words.end());
    LineInput in(STDIN_FILENO);
    std::optional<Session> session;
    const auto infos = [&]() -> const wire::Array& {
        static const wire::Array kNone;
        const auto file = read_client_config(*options, program);
        if (!file) return kNone;
        session.emplace(make_settings(*options, *file), out, in);
        return session->completion_infos();
    };
    return candidates(join(line, " "), infos);
}

}  // namespace

int run_tab(const std::vector<std::string>& words, std::string_view program) {
    if (words.empty()) return kSuccess;
    bound_time();
    Output out(STDOUT_FILENO);
    const auto table = option_table();
    const auto place = tab_place(table, words);
    std::vector<TabWord> found;
    switch (place.kind) {
        case TabPlace::Kind::Option:
            found = tab_options(table, words.back());
            break;
        case TabPlace::Kind::Value:
            found = tab_value(*place.option);
            break;
        case TabPlace::Kind::Word:
            found = action_words(words, place.first_word, program, out);
            break;
    }
    out.raw(tab_lines(found));
    out.flush();
    return kSuccess;
}

}  // namespace svd::cli
