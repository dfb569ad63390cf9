#include "process/summary.h"

#include <array>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd::process {
namespace {

constexpr std::size_t kNamesShown = 3;

struct Row {
    State state;
    bool named;  // with the names of the first few
};
constexpr std::array kRows{Row{State::Running, false},  Row{State::Starting, false},
                           Row{State::Stopping, false}, Row{State::Exited, false},
                           Row{State::Stopped, false},  Row{State::Backoff, true},
                           Row{State::Fatal, true},     Row{State::Unknown, true}};
static_assert(kRows.size() == kAllStates.size());

struct Tally {
    std::size_t count = 0;
    std::string names;

    void add(const Process& process, bool named) {
        ++count;
        if (!named || count > kNamesShown) return;
        if (!names.empty()) names += ", ";
        names += process.namespec();
    }
};

std::size_t row_of(State state) {
    std::size_t row = 0;
    while (kRows.at(row).state != state) ++row;
    return row;
}

}  // namespace

std::string summary(const Fleet& fleet) {
    std::array<Tally, kRows.size()> tallies;
    for (const auto* group : fleet.groups_by_priority())
        for (const auto& process : group->processes) {
            const std::size_t row = row_of(process->data.state);
            tallies.at(row).add(*process, kRows.at(row).named);
        }
    std::string text;
    for (std::size_t row = 0; row < kRows.size(); ++row) {
        const auto& [count, names] = tallies.at(row);
        if (count == 0) continue;
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}", count, to_lower(state_name(kRows.at(row).state)));
        if (names.empty()) continue;
        text += ": " + names;
        if (count > kNamesShown) text += fmt::format(" and {} more", count - kNamesShown);
    }
    return text.empty() ? "no programs" : text;
}

}  // namespace svd::process
