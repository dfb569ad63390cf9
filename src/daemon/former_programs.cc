#include "daemon/former_programs.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/signal_table.h"
#include "base/strings.h"

namespace svd::daemon {

namespace {

// First in a mark; a later form has another.
constexpr std::uint64_t kForm = 1;
constexpr std::size_t kNumbers = 10;  // the form is one of them

struct Place {
    std::size_t group = 0;
    std::size_t process = 0;
    bool in_place = false;
};

// Every process under both names that its leaf may have: the group may have had another shape.
std::unordered_map<std::string, Place> known_leaves(
    const std::vector<config::GroupConfig>& groups) {
    std::unordered_map<std::string, Place> known;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const bool node = has_node(groups[g]);
        const std::string above = os::cgroup_leaf_name({groups[g].name});
        for (std::size_t p = 0; p < groups[g].processes.size(); ++p) {
            const std::string& name = groups[g].processes[p]->name;
            known.insert_or_assign(os::cgroup_leaf_name({groups[g].name, name}),
                                   Place{g, p, !node});
            known.insert_or_assign(above + "/" + os::cgroup_leaf_name({name}), Place{g, p, node});
        }
    }
    return known;
}

std::vector<std::uint64_t> numbers_in(std::string_view line) {
    std::vector<std::uint64_t> numbers;
    for (const std::string_view word : split(line, ' ')) {
        std::uint64_t number = 0;
        const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
        if (read.ec != std::errc() || read.ptr != word.data() + word.size()) return {};
        numbers.push_back(number);
    }
    return numbers;
}

Fate fate_of(bool known, bool leader_lives, bool keep) {
    if (leader_lives) return known ? Fate::TakeOver : Fate::End;
    if (keep) return Fate::Leave;
    return known ? Fate::EndRest : Fate::End;
}

}  // namespace

std::string write_mark(const LeafMark& mark) {
    return fmt::format(FMT_COMPILE("{} {} {} {} {} {} {} {:d} {:d} {:d}\n{}\n{}\n{}"), kForm,
                       mark.leader, mark.in, mark.out, mark.err, mark.stopsignal, mark.stopwaitsecs,
                       mark.stopasgroup, mark.killasgroup, mark.keep_descendants, mark.out_log,
                       mark.err_log, mark.notify);
}

std::optional<LeafMark> read_mark(std::string_view text) {
    constexpr std::size_t kLines = 4;
    constexpr std::uint64_t kHighest = 0x7fffffff;
    const auto lines = split(text, '\n');
    if (lines.size() != kLines) return std::nullopt;
    const auto numbers = numbers_in(lines[0]);
    if (numbers.size() != kNumbers || numbers[0] != kForm) return std::nullopt;
    for (const std::size_t place : {1U, 5U, 6U})
        if (numbers[place] > kHighest) return std::nullopt;
    if (numbers[1] == 0 || !is_known_signal(static_cast<int>(numbers[5]))) return std::nullopt;
    LeafMark mark;
    mark.leader = static_cast<pid_t>(numbers[1]);
    mark.in = numbers[2];
    mark.out = numbers[3];
    mark.err = numbers[4];
    mark.stopsignal = static_cast<int>(numbers[5]);
    mark.stopwaitsecs = static_cast<int>(numbers[6]);
    mark.stopasgroup = numbers[7] != 0;
    mark.killasgroup = numbers[8] != 0;
    mark.keep_descendants = numbers[9] != 0;
    mark.out_log = lines[1];
    mark.err_log = lines[2];
    mark.notify = lines[3];
    return mark;
}

LeafMark mark_of(const config::ProcessConfig& config) {
    LeafMark mark;
    mark.stopsignal = config.stopsignal;
    mark.stopwaitsecs = static_cast<int>(config.stopwaitsecs.count());
    mark.stopasgroup = config.stopasgroup;
    mark.killasgroup = config.killasgroup;
    mark.keep_descendants = config.keep_descendants;
    return mark;
}

std::vector<FormerProgram> decide_former_programs(const std::vector<config::GroupConfig>& groups,
                                                  const std::vector<os::FormerLeaf>& leaves) {
    const auto known = known_leaves(groups);
    std::set<std::pair<std::size_t, std::size_t>> taken;
    std::vector<FormerProgram> programs;
    programs.reserve(leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        auto& program = programs.emplace_back();
        program.leaf = i;
        program.mark = read_mark(leaves[i].mark);
        program.leader_lives =
            program.mark &&
            std::ranges::find(leaves[i].pids, program.mark->leader) != leaves[i].pids.end();
        const auto place = known.find(leaves[i].name);
        const bool is_known = place != known.end() &&
                              taken.emplace(place->second.group, place->second.process).second;
        if (is_known) {
            program.group = place->second.group;
            program.process = place->second.process;
            program.in_place = place->second.in_place;
        }
        program.fate =
            fate_of(is_known, program.leader_lives,
                    is_known ? groups[*program.group].processes[program.process]->keep_descendants
                             : program.mark && program.mark->keep_descendants);
    }
    return programs;
}

bool has_node(const config::GroupConfig& group) {
    return group.processes.size() > 1 || !group.homogeneous;
}

std::string name_of_left_behind(const std::string& leaf) {
    std::string name = leaf;
    // What a program's name cannot hold.
    for (char& c : name)
        if (c == ':' || c == '/') c = '.';
    return name;
}

}  // namespace svd::daemon
