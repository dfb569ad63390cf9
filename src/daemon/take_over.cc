#include "daemon/take_over.h"

#include <algorithm>
#include <unordered_map>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "base/version.h"
#include "config/diff.h"
#include "daemon/kept_state.h"
#include "daemon/main_log.h"
#include "linux/handover.h"

namespace svd::daemon {

namespace {
// More events than may have been numbered since the numbers were last noted: none is given twice.
constexpr std::uint64_t kSerialGap = 1000;

// The descriptors of an estate by the numbers that they had there.
class Taken {
  public:
    static Result<Taken> from(os::Estate& estate, const state::Kept& kept) {
        std::vector<int> numbers;
        const auto want = [&](int fd) {
            if (fd >= 0) numbers.push_back(fd);
        };
        state::for_each_descriptor(kept.daemon.snapshot, want);
        want(kept.daemon.flight);
        want(kept.daemon.staging);
        want(kept.daemon.cgroup);
        Taken taken;
        taken.expect(kept.daemon.descriptors);
        for (const auto& [names, process] : kept.processes) {
            want(process.pidfd);
            taken.expect(process.descriptors);
        }
        SVD_TRY(auto descriptors, estate.take(numbers));
        for (std::size_t i = 0; i < numbers.size(); ++i)
            taken.descriptors_.insert_or_assign(numbers[i], std::move(descriptors[i]));
        return taken;
    }

    // Empty for what is not open any more, or is something else by now.
    UniqueFd at(int number) {
        const auto found = descriptors_.find(number);
        if (number < 0 || found == descriptors_.end()) return {};
        UniqueFd fd = std::move(found->second);
        const auto inode = inodes_.find(number);
        if (inode == inodes_.end() || identity_of(fd.get()).inode != inode->second) return {};
        return fd;
    }

  private:
    void expect(const std::vector<state::Identity>& identities) {
        for (const auto& one : identities) inodes_.insert_or_assign(one.fd, one.inode);
    }
    std::unordered_map<int, UniqueFd> descriptors_;
    std::unordered_map<int, std::uint64_t> inodes_;
};

Result<state::Kept> read_estate(const os::Estate& estate) {
    SVD_TRY(const std::string journal, os::read_whole_file(estate.state()));
    return state::replay(journal);
}

// Every descriptor that is meant gets its number in this process.
Status take_all(Inheritance& all, os::Estate& estate) {
    auto& daemon = all.kept.daemon;
    SVD_TRY(auto taken, Taken::from(estate, all.kept));
    std::unordered_map<int, int> renumbered;
    state::for_each_descriptor(daemon.snapshot, [&](int& fd) {
        const int before = fd;
        fd = taken.at(before).release();
        if (fd >= 0) renumbered.emplace(before, fd);
    });
    for (const auto& [names, process] : all.kept.processes)
        if (auto pidfd = taken.at(process.pidfd))
            all.parts.pidfds.insert_or_assign(process.process.data.pid, std::move(pidfd));
    SVD_TRY(all.parts.flight,
            log::Flight::take_up(taken.at(daemon.flight), taken.at(daemon.staging)));
    const auto here = [&](int pipe) {
        const auto found = renumbered.find(pipe);
        return found == renumbered.end() ? -1 : found->second;
    };
    const auto pipes = all.parts.flight->pipes();
    all.parts.pipes = {here(pipes.in_flight), here(pipes.staged)};
    all.parts.place = {daemon.cgroup_parent, daemon.cgroup_path};
    all.parts.cgroup = taken.at(daemon.cgroup);
    return {};
}

// What is in the file and does not hold yet.
void log_differences(const state::Snapshot& snapshot, const config::Config& fresh,
                     log::DaemonLog& log) {
    std::vector<const config::GroupConfig*> running;
    running.reserve(snapshot.group_configs.size());
    for (const auto& group : snapshot.group_configs) running.push_back(&group);
    const auto diff = config::diff_groups(running, fresh.groups);
    if (diff.empty()) return;
    log.info(
        "the configuration has changed since it was applied (added: {}; changed: {}; removed: {}); "
        "svctl update applies it",
        fmt::join(diff.added, " "), fmt::join(diff.changed, " "), fmt::join(diff.removed, " "));
}
}  // namespace

std::string keeper_base(const config::Config& config, const std::string& working_directory) {
    const std::string& pidfile = config.daemon.pidfile;
    return os::keeper_address(pidfile.starts_with('/') ? pidfile
                                                       : working_directory + "/" + pidfile);
}

Result<std::optional<Inheritance>> find_inheritance(const std::string& base) {
    Inheritance all;
    std::optional<std::size_t> best;
    std::optional<Error> unreadable;
    for (int turn = 0; turn < KeeperName::kAddresses; ++turn) {
        const auto address = KeeperName{base, turn}.address();
        auto estate = os::Estate::find(address);
        // Anybody can take an address; that is no reason not to start.
        if (!estate)
            fmt::print(stderr, "Warning: programs of a crashed svd cannot be looked for: {}\n",
                       estate.error().text);
        if (!estate || !*estate) continue;
        auto& found = all.parts.estates.emplace_back(**std::move(estate));
        auto kept = read_estate(found);
        if (!kept) {
            unreadable = kept.error();
        } else if (!best || kept->daemon.generation > all.kept.daemon.generation) {
            best = all.parts.estates.size() - 1;
            all.kept = *std::move(kept);
        }
    }
    if (!best && unreadable) return std::unexpected(*unreadable);
    if (!best) return std::optional<Inheritance>();
    std::swap(all.parts.estates.front(), all.parts.estates[*best]);
    SVD_CHECK(take_all(all, all.parts.estates.front()));
    return std::optional<Inheritance>(std::move(all));
}

void take_over(Setup& setup, Inheritance inheritance, log::DaemonLog& log) {
    auto& snapshot = inheritance.kept.daemon.snapshot;
    log.warn("an earlier svd {} has ended without stopping its programs; taking them over",
             snapshot.program_version);
    for (const auto& note : inheritance.notes) log.warn("{}", note);
    if (inheritance.parts.left_behind.empty()) log_differences(snapshot, *setup.config, log);
    const auto fresh = setup.config;
    auto config = *fresh;
    config.groups = snapshot.group_configs;
    setup.config = std::make_shared<const config::Config>(std::move(config));
    setup.keeper.generation = inheritance.kept.daemon.generation + 1;
    const auto noted = inheritance.parts.flight->serials();
    setup.first_serial = std::max(snapshot.next_serial, noted.events) + kSerialGap;
    setup.first_listener_serial =
        std::max(snapshot.next_listener_serial, noted.listener_events) + kSerialGap;
    setup.taken_over = std::make_unique<TakenOver>(std::move(inheritance.parts));
    // A daemon that was still starting programs had not got to all of its groups.
    if (!inheritance.kept.daemon.complete) setup.taken_over->fresh = fresh;
    setup.resume = std::move(snapshot);
}

}  // namespace svd::daemon
