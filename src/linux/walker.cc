#include "linux/walker.h"

#include <algorithm>

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

namespace svd::os::detail {
namespace {

constexpr int kPassesAtOnce = 8;

bool is_known(const WalkScope& scope, const ProcStat& process) {
    const auto found = scope.members.find(process.pid);
    return found != scope.members.end() && found->second == process.start_ticks;
}

// A process whose parent is the daemon itself: a leader, or an orphan.
const WalkScope* owner_of_top(const WalkScopes& scopes, const ProcStat& process,
                              const std::function<bool(pid_t, const std::string&)>& has_marker) {
    for (const auto& scope : scopes)
        if (is_known(*scope, process)) return scope.get();
    for (const auto& scope : scopes)
        if (has_marker(process.pid, scope->marker)) return scope.get();
    for (const auto& scope : scopes)
        if (scope->groups.contains(process.process_group) ||
            scope->groups.contains(process.session))
            return scope.get();
    return nullptr;
}

// False when it is another process by now, or none.
bool kill_exactly(const ProcStat& process, int number) {
    const auto pidfd = UniqueFd::adopt(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0)));
    if (!pidfd) return false;
    const auto now = read_proc_stat(process.pid);
    if (!now || now->start_ticks != process.start_ticks) return false;
    return syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) == 0;
}

}  // namespace

MembersByScope attribute_processes(
    const WalkScopes& scopes, const std::vector<ProcStat>& all, pid_t self,
    const std::function<bool(pid_t, const std::string&)>& has_marker) {
    std::unordered_map<pid_t, std::vector<const ProcStat*>> children;
    pid_t own_group = 0;
    pid_t own_session = 0;
    for (const ProcStat& process : all) {
        children[process.parent].push_back(&process);
        if (process.pid == self) {
            own_group = process.process_group;
            own_session = process.session;
        }
    }
    MembersByScope found;
    std::vector<std::pair<const ProcStat*, const WalkScope*>> todo;
    for (const ProcStat* top : children[self])
        if (const WalkScope* owner = owner_of_top(scopes, *top, has_marker))
            todo.emplace_back(top, owner);
    std::set<pid_t> seen;  // a look is not atomic: a recycled pid could close a circle
    while (!todo.empty()) {
        const auto [process, owner] = todo.back();
        todo.pop_back();
        if (!seen.insert(process->pid).second) continue;
        if (!process->is_dead()) found[owner].push_back(*process);
        for (const ProcStat* child : children[process->pid]) todo.emplace_back(child, owner);
    }
    for (const auto& scope : scopes) {
        scope->members.clear();
        for (const ProcStat& process : found[scope.get()]) {
            scope->members.emplace(process.pid, process.start_ticks);
            if (process.process_group != own_group) scope->groups.insert(process.process_group);
            if (process.session != own_session) scope->groups.insert(process.session);
        }
        // Numbers of groups that ended may come back as somebody else's.
        if (scope->members.empty()) scope->groups.clear();
    }
    return found;
}

Result<std::unique_ptr<Walker>> Walker::create(Loop& loop) {
    std::unique_ptr<Walker> walker(new Walker);
    walker->marker_head_ =
        fmt::format("SVD_SCOPE={}.{}", getpid(), read_clocks().mono.time_since_epoch().count());
    Walker* self = walker.get();
    SVD_TRY(walker->check_, Defer::create(loop, [self] {
                self->check();
                return false;
            }));
    return walker;
}

std::shared_ptr<WalkScope> Walker::make() {
    auto scope = std::make_shared<WalkScope>();
    scope->marker = fmt::format("{}.{}", marker_head_, next_id_++);
    scopes_.push_back(scope);
    return scope;
}

void Walker::drop(const std::shared_ptr<WalkScope>& scope) {
    std::erase(scopes_, scope);
}

void Walker::add_leader(WalkScope& scope, pid_t leader) {
    scope.groups.insert(leader);
    if (const auto stat = read_proc_stat(leader)) scope.members[leader] = stat->start_ticks;
}

Result<MembersByScope> Walker::look() {
    SVD_TRY(const std::vector<ProcStat> all, read_all_processes());
    last_look_ = Loop::now().mono;
    return attribute_processes(scopes_, all, getpid(), process_environment_has);
}

Status Walker::refresh(Duration age) {
    if (Loop::now().mono - last_look_ < age) return {};
    SVD_TRY(const auto found, look());
    static_cast<void>(found);
    return {};
}

Result<std::vector<ProcStat>> Walker::members(const WalkScope& scope) {
    SVD_TRY(MembersByScope found, look());
    return std::move(found[&scope]);
}

Status Walker::kill_pass(WalkScope& scope, bool& found_new, std::set<pid_t>& hit) {
    SVD_TRY(const std::vector<ProcStat> alive, members(scope));
    found_new = false;
    if (alive.empty()) scope.killing = false;
    for (const ProcStat& process : alive) {
        if (!hit.insert(process.pid).second) continue;
        found_new = true;
        // The whole group at once while this member pins its number: forks cannot outrun that.
        const bool leads_group = process.process_group == process.pid;
        if (kill_exactly(process, SIGKILL) && leads_group) kill(-process.pid, SIGKILL);
    }
    return {};
}

Status Walker::kill_all(WalkScope& scope) {
    scope.killing = true;
    std::set<pid_t> hit;
    bool found_new = true;
    // While new ones appear, their parents were forking: look again at once.
    for (int i = 0; i < kPassesAtOnce && found_new; ++i)
        SVD_CHECK(kill_pass(scope, found_new, hit));
    if (found_new) look_soon();
    return {};
}

Status Walker::signal_all(const WalkScope& scope, int number) {
    SVD_TRY(const std::vector<ProcStat> alive, members(scope));
    for (const ProcStat& process : alive) kill_exactly(process, number);
    return {};
}

void Walker::process_reaped() {
    for (const auto& scope : scopes_)
        if (scope->on_empty || scope->killing) {
            check_.enable();
            return;
        }
}

void Walker::check() {
    const WalkScopes scopes = scopes_;  // callbacks may make and drop scopes
    for (const auto& scope : scopes)
        if (scope->killing) ignore(kill_all(*scope), "asked again after the next reaping");
    const auto found = look();
    if (!found) return;
    for (const auto& scope : scopes) {
        if (!scope->on_empty) continue;
        const auto members = found->find(scope.get());
        if (members != found->end() && !members->second.empty()) continue;
        const auto callback = std::exchange(scope->on_empty, nullptr);
        callback();
    }
}

}  // namespace svd::os::detail
