#include "linux/descendants.h"

#include <algorithm>
#include <utility>

#include "linux/walker.h"

namespace svd::os {

// --- Scope --------------------------------------------------------------------------------------
Scope::Scope() = default;
Scope::Scope(Scope&& other) noexcept
    : scopes_(std::exchange(other.scopes_, nullptr)),
      node_(std::move(other.node_)),
      cgroup_(std::exchange(other.cgroup_, std::nullopt)),
      walk_(std::move(other.walk_)),
      walking_(other.walking_) {}
Scope& Scope::operator=(Scope&& other) noexcept {
    if (this != &other) {
        Scope old;
        std::swap(old.scopes_, scopes_);
        std::swap(old.node_, node_);
        std::swap(old.cgroup_, cgroup_);
        std::swap(old.walk_, walk_);
        scopes_ = std::exchange(other.scopes_, nullptr);
        node_ = std::move(other.node_);
        cgroup_ = std::exchange(other.cgroup_, std::nullopt);
        walk_ = std::move(other.walk_);
        walking_ = other.walking_;
    }
    return *this;
}

Scope::~Scope() {
    if (scopes_ == nullptr) return;
    cancel();
    if (cgroup_) {
        cgroup_->want({});
        ignore(cgroup_->remove(), "goes with the tree when it is still in use");
    }
    if (walk_) scopes_->walker_->drop(walk_);
}

Result<UniqueFd> Scope::spawn_directory() {
    if (!cgroup_) return UniqueFd();
    return cgroup_->ensure();
}

std::optional<std::string> Scope::environment_marker() const {
    if (cgroup_) return std::nullopt;
    return walk_->marker;
}

void Scope::limit(std::vector<CgroupSetting> settings) {
    if (cgroup_) cgroup_->want(std::move(settings));
}

Result<std::vector<std::string>> Scope::apply_limits() {
    std::vector<std::string> unknown;
    if (node_) {
        SVD_TRY(unknown, node_->apply_limits());
    }
    if (cgroup_) {
        SVD_TRY(const auto own, cgroup_->apply());
        unknown.insert(unknown.end(), own.begin(), own.end());
    }
    return unknown;
}

void Scope::started(pid_t leader, bool in_cgroup) {
    walking_ = !in_cgroup;
    if (!walking_) return;
    if (!walk_) walk_ = scopes_->walker_->make();
    scopes_->walker_->add_leader(*walk_, leader);
}

Scope::Saved Scope::save() const {
    return {walking_, walk_ ? walk_->marker : std::string()};
}

void Scope::take_up(const Saved& saved, pid_t leader, Limits limits) {
    if (!saved.walking && cgroup_) {
        if (limits == Limits::Gone) return;
        if (node_) node_->cgroup_.assume_applied();
        if (leader > 0) cgroup_->assume_applied();
        return;
    }
    walking_ = true;
    if (!walk_) walk_ = scopes_->walker_->make();
    if (!saved.marker.empty()) walk_->marker = saved.marker;
    if (leader > 0) scopes_->walker_->add_leader(*walk_, leader);
}

bool Scope::uses_cgroup() const {
    return cgroup_ && !walking_;
}

bool Scope::is_empty() const {
    if (uses_cgroup()) {
        const auto populated = cgroup_->populated();
        return populated && !*populated;  // not known: not empty
    }
    const auto members = scopes_->walker_->members(*walk_);
    return members && members->empty();
}

std::vector<pid_t> Scope::pids() const {
    if (uses_cgroup()) return cgroup_->pids().value_or(std::vector<pid_t>{});
    std::vector<pid_t> pids;
    if (const auto members = scopes_->walker_->members(*walk_))
        for (const ProcStat& process : *members) pids.push_back(process.pid);
    return pids;
}

bool Scope::contains(pid_t pid) const {
    if (uses_cgroup()) return (read_process_cgroup(pid) + "/").starts_with(cgroup_->path() + "/");
    const auto all = pids();
    return std::ranges::find(all, pid) != all.end();
}

std::vector<pid_t> Scope::recent_pids() const {
    constexpr std::chrono::seconds kRecent{1};
    if (uses_cgroup()) return pids();
    std::vector<pid_t> pids;
    if (!scopes_->walker_->refresh(kRecent)) return pids;
    for (const auto& [pid, started] : walk_->members) pids.push_back(pid);
    return pids;
}

Status Scope::kill_all() {
    if (uses_cgroup()) return cgroup_->kill();
    return scopes_->walker_->kill_all(*walk_);
}

Status Scope::signal_all(int number) {
    if (uses_cgroup()) return cgroup_->signal(number);
    return scopes_->walker_->signal_all(*walk_, number);
}

Status Scope::when_empty(std::function<void()> callback) {
    cancel();
    if (uses_cgroup()) return scopes_->tree_->when_empty(*cgroup_, std::move(callback));
    walk_->on_empty = std::move(callback);
    scopes_->walker_->look_soon();
    return {};
}

void Scope::cancel() {
    if (cgroup_) scopes_->tree_->cancel(*cgroup_);
    if (walk_) walk_->on_empty = nullptr;
}

bool Scope::owns(const StrayReport& stray) const {
    if (uses_cgroup()) {
        // The directory may have been removed while the zombie waited: "/svd-1/x (deleted)".
        const std::string own = cgroup_->path();
        return stray.cgroup == own || stray.cgroup.starts_with(own + "/") ||
               stray.cgroup.starts_with(own + " ");
    }
    return walk_->members.contains(stray.pid) || walk_->groups.contains(stray.process_group) ||
           walk_->groups.contains(stray.session);
}

ScopeNode::~ScopeNode() {
    cgroup_.want({});
    ignore(cgroup_.remove(), "goes with the tree when it is still in use");
}

// --- Scopes -------------------------------------------------------------------------------------
Scopes::Scopes() = default;
Scopes::~Scopes() = default;

Result<std::unique_ptr<Scopes>> Scopes::open(Loop& loop, ChildTable& children,
                                             const Options& options) {
    std::unique_ptr<Scopes> scopes(new Scopes);
    SVD_TRY(scopes->walker_, detail::Walker::create(loop));
    if (options.force_walk) {
        scopes->why_walking_ = "asked for";
    } else if (auto tree = CgroupTree::open(loop, options.cgroup)) {
        scopes->tree_ = std::move(*tree);
    } else {
        scopes->why_walking_ = tree.error().text;
    }
    children.on_reaped([walker = scopes->walker_.get()](pid_t) { walker->process_reaped(); });
    return scopes;
}

Scope Scopes::make_scope(std::optional<Cgroup> cgroup) {
    Scope scope;
    scope.scopes_ = this;
    scope.cgroup_ = std::move(cgroup);
    scope.walking_ = tree_ == nullptr;
    if (scope.walking_) scope.walk_ = walker_->make();
    return scope;
}

Scope Scopes::make(const std::vector<std::string>& parts) {
    return make_scope(tree_ ? std::optional(tree_->leaf(parts)) : std::nullopt);
}

Scope Scopes::make_at(const std::string& leaf) {
    return make_scope(tree_ ? std::optional(tree_->leaf_at(leaf)) : std::nullopt);
}

std::shared_ptr<ScopeNode> Scopes::make_node(const std::string& part) {
    return tree_ ? std::make_shared<ScopeNode>(tree_->node(part)) : nullptr;
}

Scope Scopes::make_below(std::shared_ptr<ScopeNode> node, const std::string& part) {
    if (!node) return make({part});
    Scope scope = make_scope(tree_->leaf_below(node->cgroup_, part));
    scope.node_ = std::move(node);
    return scope;
}

}  // namespace svd::os
