// Session: what a successor needs to go on from, and going on from it.
#include <algorithm>
#include <map>
#include <ranges>

#include "base/version.h"
#include "daemon/former_programs.h"
#include "daemon/session.h"
#include "linux/notify.h"
#include "linux/users.h"

namespace svd::daemon {

namespace {
// What waits for the journal has so long to get there before an upgrade.
constexpr auto kJournalPatience = std::chrono::milliseconds(500);

// A pidfd, two pipes and a log file for each program, and some for svd.
unsigned descriptors_wanted(const config::Config& config) {
    constexpr std::size_t kForEach = 4;
    std::size_t wanted = 256;
    for (const auto& group : config.groups) wanted += kForEach * group.processes.size();
    return static_cast<unsigned>(wanted);
}

// Equal configurations of groups are written once.
class GroupPool {
  public:
    explicit GroupPool(std::vector<config::GroupConfig>& groups) : groups_(groups) {}

    std::size_t index_of(const config::GroupConfig& group) {
        auto& places = by_name_[group.name];
        for (const std::size_t place : places)
            if (groups_[place] == group) return place;
        places.push_back(groups_.size());
        groups_.push_back(group);
        return places.back();
    }

    state::Configured configured(const config::Config& config) {
        state::Configured saved;
        for (const auto& group : config.groups) saved.groups.push_back(index_of(group));
        saved.config = config;
        saved.config.groups.clear();
        return saved;
    }

  private:
    std::vector<config::GroupConfig>& groups_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
};

std::vector<const process::Group*> in_order_of_addition(const process::Fleet& fleet) {
    std::vector<const process::Group*> groups;
    for (const auto* group : fleet.groups_by_priority()) groups.push_back(group);
    std::ranges::sort(groups, {}, &process::Group::sequence);
    return groups;
}
}  // namespace

std::shared_ptr<const config::Config> restore_config(
    const state::Configured& saved, const std::vector<config::GroupConfig>& groups) {
    auto config = std::make_shared<config::Config>(saved.config);
    for (const std::size_t index : saved.groups) config->groups.push_back(groups[index]);
    return config;
}

// All that is not of a group or its configuration.
state::Snapshot Session::save_daemon() const {
    state::Snapshot saved;
    saved.program_version = kVersion;
    saved.upgrades = setup_.upgrades;
    saved.started = setup_.started;
    saved.working_directory = setup_.request.working_directory;
    for (const auto& limit : setup_.limits)
        saved.child_limits.push_back({limit.resource, limit.value.rlim_cur, limit.value.rlim_max});
    saved.pidfile = setup_.pidfile;
    if (const auto* tree = scopes_->tree()) saved.cgroup = tree->name();
    for (const auto& server : setup_.servers)
        saved.servers.push_back({server.section, server.listener.fd(), server.listener.path()});
    executor_->save_sockets(saved);
    if (dbus_) saved.bus_clients = dbus_->subscribers();

    saved.next_serial = bus_.next_serial();
    saved.next_listener_serial = listeners_->next_serial();
    saved.ticks = listeners_->save_ticks();
    return saved;
}

state::Snapshot Session::save() const {
    state::Snapshot saved = save_daemon();
    GroupPool pool(saved.group_configs);
    saved.configured = pool.configured(*setup_.config);
    if (supervisor_->last_read() != setup_.config)
        saved.last_read = pool.configured(*supervisor_->last_read());
    for (const auto* group : in_order_of_addition(*fleet_)) {
        auto& one = saved.groups.emplace_back();
        one.config = pool.index_of(*group->config);
        one.pool = listeners_->save(*group);
        for (const auto& process : group->processes) {
            one.processes.push_back(executor_->save(*process));
            one.processes.back().queued = fleet_->is_queued(*process);
        }
    }
    return saved;
}

void Session::take_up(state::Snapshot saved) {
    if (saved.last_read)
        supervisor_->restore_last_read(restore_config(*saved.last_read, saved.group_configs));
    listeners_->restore_ticks(std::move(saved.ticks));
    executor_->begin_taking_up(saved);
    if (setup_.taken_over)
        executor_->begin_taking_over(std::move(setup_.taken_over->pidfds),
                                     setup_.taken_over->pipes);
    for (auto& one : saved.groups) {
        auto& group = fleet_->add_group(
            std::make_shared<const config::GroupConfig>(saved.group_configs[one.config]));
        // The listeners' answers need their pool.
        if (one.pool) listeners_->restore(group, *std::move(one.pool));
        for (auto& process_state : one.processes) {
            auto* process = group.find(process_state.name);
            if (process == nullptr) continue;
            const bool queued = process_state.queued;
            executor_->take_up(*process, std::move(process_state));
            if (queued) fleet_->queue_start(*process);
        }
    }
    executor_->end_taking_up();
    log_.info("svd {} has taken over from svd {}: {} groups, {} processes", kVersion,
              saved.program_version, saved.groups.size(), fleet_->process_count());
    settle_soon();
}

// --- after a crash -------------------------------------------------------------------------------

state::KeptDaemon Session::save_for_a_crash() const {
    state::KeptDaemon kept;
    kept.snapshot = save_daemon();
    kept.snapshot.configured.config = *setup_.config;
    kept.snapshot.configured.config.groups.clear();
    kept.snapshot.servers.clear();  // a successor opens its own
    if (auto* tree = scopes_->tree()) {
        kept.cgroup_parent = tree->place().directory;
        kept.cgroup_path = tree->place().path;
        kept.cgroup = tree->fd();
        kept.descriptors.push_back(identity_of(kept.cgroup));
    }
    kept.flight = flight_->fd();
    kept.staging = flight_->staging_fd();
    kept.generation = setup_.keeper.generation;
    state::for_each_descriptor(kept.snapshot, [&](int fd) {
        if (fd >= 0) kept.descriptors.push_back(identity_of(fd));
    });
    kept.descriptors.push_back(identity_of(kept.flight));
    if (kept.staging >= 0) kept.descriptors.push_back(identity_of(kept.staging));
    return kept;
}

void Session::open_kept_state() {
    // The first process of a container takes everything with it.
    if (setup_.keeper.base.empty() || ::getpid() == 1) return;
    KeptState::Hooks hooks;
    hooks.daemon = [this] { return save_for_a_crash(); };
    hooks.process = [this](const process::Process& process) {
        return executor_->save_for_a_crash(process);
    };
    auto kept = KeptState::open(loop_, log_, *fleet_, setup_.keeper.address(), std::move(hooks));
    if (!kept) return log_.warn("programs would not outlive a crash of svd: {}", kept.error().text);
    kept_ = *std::move(kept);
    executor_->attach(kept_.get());
    std::vector<int> doors;
    doors.reserve(setup_.servers.size());
    for (const auto& server : setup_.servers) doors.push_back(server.listener.fd());
    kept_->set_doors(std::move(doors));
    if (setup_.taken_over) return;                                // theirs is still there
    os::reserve_descriptors(descriptors_wanted(*setup_.config));  // before the keeper shares them
    if (const auto started = kept_->start_keeper(); !started) no_keeper(started.error());
}

void Session::no_keeper(const Error& why) {
    log_.warn("programs would not outlive a crash of svd: {}", why.text);
}

// From here on a crash of this svd is like one of the earlier: there is always a keeper that knows.
void Session::settle_estates(std::vector<os::Estate>& estates) {
    const auto settle = [](os::Estate& estate) { ignore(estate.settle(), "it is gone already"); };
    // Of a daemon that was killed before it could do this. One of them has the address that the
    // next keeper takes.
    std::ranges::for_each(estates | std::views::drop(1), settle);
    if (kept_) {
        kept_->write_all();
        if (const auto started = kept_->start_keeper(); !started) no_keeper(started.error());
    }
    std::ranges::for_each(estates | std::views::take(1), settle);
}

void Session::end_as_decided(const std::vector<Ending>& endings) {
    for (const auto& one : endings) {
        auto* process = fleet_->find(one.group, one.process);
        if (process == nullptr) continue;
        if (process->data.pid != 0) fleet_->feed(*process, process::StopRequested{}, now());
        if (one.start_again) fleet_->feed(*process, process::StartRequested{}, now());
    }
}

void Session::forget_left_behind() {
    const auto* group = fleet_->find_group(left_behind_);
    if (group != nullptr && !group->all_stopped()) return;
    if (group != nullptr) static_cast<void>(supervisor_->remove_group(left_behind_));
    left_behind_.clear();
}

namespace {
// A process that was started in the last moment: nobody knows by whose pid.
bool is_started_unseen(const process::Process& process) {
    const auto& scope = runtime_of(process).scope;
    if (process.data.pid != 0 || scope.is_empty()) return false;
    if (!process.config->keep_descendants) return true;
    // What an earlier run has left behind may live.
    const auto directory = scope.open_cgroup();
    if (!directory) return false;
    const auto mark = read_mark(os::read_cgroup_mark(directory->get()));
    const auto pids = scope.pids();
    return mark && std::ranges::find(pids, mark->leader) != pids.end();
}
}  // namespace

void Session::finish_taking_over(TakenOver taken) {
    std::vector<const process::Group*> added;
    if (taken.fresh)
        for (const auto& config : taken.fresh->groups)
            if (fleet_->find_group(config.name) == nullptr)
                added.push_back(&fleet_->add_group(
                    std::shared_ptr<const config::GroupConfig>(taken.fresh, &config)));
    settle_estates(taken.estates);
    if (!setup_.config->daemon.take_over) {
        log_.warn("take_over=false: stopping what the earlier svd has left, to start anew");
        requested_ = process::DaemonState::Restarting;
    }
    for (auto* process : fleet_->processes_by_name()) {
        if (is_started_unseen(*process))
            ignore(runtime_of(*process).scope.kill_all(), "the next start reports it");
        // Nobody knows what these had been told.
        if (requested_ || !is_listener(*process) || process->data.pid == 0) continue;
        fleet_->feed(*process, process::StopRequested{}, now());
        fleet_->feed(*process, process::StartRequested{}, now());
    }
    for (const auto* group : added) fleet_->queue_autostart(*group);
    left_behind_ = std::move(taken.left_behind);
    if (!requested_) end_as_decided(taken.endings);
}

void Session::upgrade(control::Done<void> done) {
    if (fleet_->daemon_state() != process::DaemonState::Running || requested_)
        return done(control::refuse(control::FaultCode::ShutdownState));
    upgrade_->begin(std::move(done));
}

control::DaemonInfo Session::daemon_info() const {
    return {kVersion, ::getpid(), setup_.upgrades, setup_.started, kept_ && kept_->up_to_date()};
}

Status Session::open_upgrade() {
    Upgrade::Hooks hooks;
    hooks.save = [this] {
        listeners_->report_overflow();
        return save();
    };
    hooks.server = [this]() -> http::Server& { return *server_; };
    // The descriptors of a keeper from before would stay open for ever.
    hooks.let_go = [this] {
        if (dbus_)
            dbus_->close(
                "svd goes on as another program; what was asked for goes on too, its "
                "state tells how");
        executor_->attach(nullptr);
        kept_.reset();
        journal_->socket().drain(kJournalPatience);
    };
    hooks.resume = [this] {
        if (const auto listening = open_listeners(); !listening)
            log_.critical("cannot listen again: {}", listening.error().text);
        open_kept_state();
        if (kept_) kept_->begin();
        if (dbus_) dbus_->open();
    };
    SVD_TRY(upgrade_, Upgrade::create(loop_, *children_, log_, setup_.argv, std::move(hooks)));
    return {};
}

}  // namespace svd::daemon
