#include "config/start_order.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "base/strings.h"

namespace svd::config {

namespace {

// What each node comes after, by index.
using Edges = std::vector<std::set<std::size_t>>;

// All nodes, each after those of its edges, otherwise in the order of their indices. Of a circle
// the nodes on it are answered in `circle`, the first one again at the end.
class Sorter {
  public:
    explicit Sorter(const Edges& edges) : edges_(edges), marks_(edges.size(), Mark::New) {}

    std::optional<std::vector<std::size_t>> run() {
        for (std::size_t node = 0; node < edges_.size(); ++node)
            if (!visit(node)) return std::nullopt;
        return std::move(order_);
    }
    [[nodiscard]] const std::vector<std::size_t>& circle() const { return circle_; }

  private:
    enum class Mark { New, Open, Done };
    struct Step {
        std::size_t node;
        std::set<std::size_t>::const_iterator next;
    };

    // With a stack of its own: a chain may be as long as there are programs.
    bool visit(std::size_t first) {
        std::vector<Step> path;
        enter(path, first);
        while (!path.empty()) {
            Step& step = path.back();
            if (step.next == edges_[step.node].end()) {
                marks_[step.node] = Mark::Done;
                order_.push_back(step.node);
                path.pop_back();
                continue;
            }
            const std::size_t before = *step.next++;
            if (marks_[before] == Mark::Open) {
                keep_circle(path, before);
                return false;
            }
            enter(path, before);
        }
        return true;
    }

    void enter(std::vector<Step>& path, std::size_t node) {
        if (marks_[node] != Mark::New) return;
        marks_[node] = Mark::Open;
        path.push_back({node, edges_[node].begin()});
    }

    void keep_circle(const std::vector<Step>& path, std::size_t node) {
        const auto begin =
            std::ranges::find_if(path, [&](const Step& step) { return step.node == node; });
        for (auto step = begin; step != path.end(); ++step) circle_.push_back(step->node);
        circle_.push_back(node);
    }

    const Edges& edges_;
    std::vector<Mark> marks_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t> circle_;
};

// Puts items with a priority into the order, and raises priorities to those of what comes before.
template <class Item>
void apply_order(std::vector<Item>& items, const Edges& edges,
                 const std::vector<std::size_t>& order) {
    std::vector<Item> sorted;
    sorted.reserve(items.size());
    for (const std::size_t node : order)
        for (const std::size_t before : edges[node])
            items[node].priority = std::max(items[node].priority, items[before].priority);
    for (const std::size_t node : order) sorted.push_back(std::move(items[node]));
    std::ranges::stable_sort(sorted, {}, &Item::priority);
    items = std::move(sorted);
}

// The processes of one program in a group; all of them have its priority.
struct Members {
    int priority = 0;
    std::vector<std::shared_ptr<const ProcessConfig>> processes;
};

std::vector<Members> by_program(const GroupConfig& group) {
    std::vector<Members> programs;
    std::map<std::string_view, std::size_t> index;
    for (const auto& process : group.processes) {
        const auto [place, fresh] = index.emplace(process->program, programs.size());
        if (fresh) programs.push_back({process->priority, {}});
        programs[place->second].processes.push_back(process);
    }
    return programs;
}

class Orderer {
  public:
    Orderer(std::vector<GroupConfig>& groups, const DependencyProblems& problems)
        : groups_(groups), problems_(problems) {
        for (std::size_t group = 0; group < groups_.size(); ++group)
            for (const auto& process : groups_[group].processes) {
                groups_of_[process->program].insert(group);
                if (!process->depends_on->empty())
                    depends_on_.emplace(process->program, &process->depends_on.get());
            }
    }

    void run() {
        if (depends_on_.empty()) return;
        warn_about_unknown();
        if (!has_no_circle()) return;
        order_groups();
        for (GroupConfig& group : groups_) order_members(group);
    }

  private:
    void warn_about_unknown() const {
        std::vector<std::string_view> names;
        names.reserve(groups_of_.size());
        for (const auto& [name, where] : groups_of_) names.push_back(name);
        for (const auto& [program, dependencies] : depends_on_)
            for (const std::string& name : *dependencies) {
                if (groups_of_.contains(name)) continue;
                const auto nearest = nearest_name(name, names);
                problems_.warning(program, fmt::format("depends_on names unknown program {}", name),
                                  nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
            }
    }

    bool has_no_circle() const {
        std::vector<std::string_view> names;
        std::map<std::string_view, std::size_t> index;
        for (const auto& [name, where] : groups_of_) {
            index.emplace(name, names.size());
            names.push_back(name);
        }
        Edges edges(names.size());
        for (const auto& [program, dependencies] : depends_on_)
            for (const std::string& name : *dependencies)
                if (const auto found = index.find(name); found != index.end())
                    edges[index.at(program)].insert(found->second);
        Sorter sorter(edges);
        if (sorter.run()) return true;
        std::vector<std::string_view> circle;
        circle.reserve(sorter.circle().size());
        for (const std::size_t node : sorter.circle()) circle.push_back(names[node]);
        problems_.error(std::string(circle.front()),
                        fmt::format("depends_on goes in a circle: {}", fmt::join(circle, " -> ")),
                        "");
        return false;
    }

    static void order_members(GroupConfig& group) {
        auto programs = by_program(group);
        std::map<std::string_view, std::size_t> index;
        for (std::size_t i = 0; i < programs.size(); ++i)
            index.emplace(programs[i].processes.front()->program, i);
        Edges edges(programs.size());
        bool any = false;
        for (std::size_t i = 0; i < programs.size(); ++i)
            for (const std::string& name : programs[i].processes.front()->depends_on.get())
                if (const auto found = index.find(name); found != index.end())
                    any = edges[i].insert(found->second).second || any;
        if (!any) return;
        const auto order = Sorter(edges).run();
        if (!order) return;  // a circle, which has been said
        apply_order(programs, edges, *order);
        group.processes.clear();
        for (Members& program : programs)
            for (auto& process : program.processes)
                group.processes.push_back(with_priority(std::move(process), program.priority));
    }

    static std::shared_ptr<const ProcessConfig> with_priority(
        std::shared_ptr<const ProcessConfig> process, int priority) {
        if (process->priority == priority) return process;
        auto changed = std::make_shared<ProcessConfig>(*process);
        changed->priority = priority;
        return changed;
    }

    void order_groups() {
        Edges edges(groups_.size());
        for (const auto& [program, dependencies] : depends_on_)
            for (const std::string& name : *dependencies) add_group_edges(edges, program, name);
        Sorter sorter(edges);
        if (const auto order = sorter.run()) {
            apply_order(groups_, edges, *order);
            return;
        }
        std::vector<std::string_view> circle;
        for (const std::size_t node : sorter.circle()) circle.push_back(groups_[node].name);
        const GroupConfig& first = groups_[sorter.circle().front()];
        problems_.warning(
            first.processes.front()->program,
            fmt::format("depends_on is not obeyed between groups: {}", fmt::join(circle, " -> ")),
            "groups start one after the other; put these programs into one group");
    }

    void add_group_edges(Edges& edges, const std::string& program, const std::string& name) const {
        const auto found = groups_of_.find(name);
        if (found == groups_of_.end()) return;
        for (const std::size_t group : groups_of_.at(program)) {
            if (found->second.contains(group)) continue;
            edges[group].insert(found->second.begin(), found->second.end());
        }
    }

    std::vector<GroupConfig>& groups_;
    const DependencyProblems& problems_;
    std::map<std::string, std::set<std::size_t>, std::less<>> groups_of_;  // by program
    // By program; the lists are those of the processes.
    std::map<std::string, const std::vector<std::string>*> depends_on_;
};

}  // namespace

void order_by_dependencies(std::vector<GroupConfig>& groups, const DependencyProblems& problems) {
    Orderer(groups, problems).run();
}

}  // namespace svd::config
