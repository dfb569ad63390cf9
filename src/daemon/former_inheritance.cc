// The start after a crash that the keeper has not outlived: an Inheritance from what the kernel
// knows.
//
// Pipes are found at the processes that hold their other ends, and opened anew there. What was in
// them still is. Who writes to a pipe while nobody reads from it gets SIGPIPE; that is past.
#include <algorithm>
#include <cerrno>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/former_programs.h"
#include "daemon/kept_state.h"
#include "daemon/take_over.h"
#include "linux/notify_socket.h"
#include "linux/proc_info.h"

namespace svd::daemon {

namespace {

// The end of a pipe that svd had, whose other end is standard input or output of one of these.
UniqueFd open_pipe(const std::vector<pid_t>& pids, std::uint64_t inode, int how) {
    constexpr std::size_t kMostProcesses = 64;
    if (inode == 0) return {};
    for (std::size_t i = 0; i < std::min(pids.size(), kMostProcesses); ++i) {
        for (const int number : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
            const std::string path = fmt::format("/proc/{}/fd/{}", pids[i], number);
            struct stat there{};
            if (::stat(path.c_str(), &there) != 0 || !S_ISFIFO(there.st_mode) ||
                there.st_ino != inode)
                continue;
            auto fd = UniqueFd::adopt(::open(path.c_str(), how | O_NONBLOCK | O_CLOEXEC));
            // The number may have become another file meanwhile.
            if (fd && identity_of(fd.get()).inode == inode) return fd;
        }
    }
    return {};
}

// Of a process in this cgroup, and of no other that has its number by now.
UniqueFd open_member(pid_t pid, const std::string& cgroup) {
    auto pidfd = UniqueFd::adopt(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd || !(os::read_process_cgroup(pid) + "/").starts_with(cgroup + "/")) return {};
    return pidfd;
}

Duration age_of(pid_t pid) {
    const auto stat = os::read_proc_stat(pid);
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    if (!stat) return {};
    const Duration tick = Duration(std::chrono::seconds(1)) / ::sysconf(_SC_CLK_TCK);
    const Duration started = tick * static_cast<std::int64_t>(stat->start_ticks);
    const Duration up = std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
    return std::max(Duration{}, up - started);
}

// The configuration of what is not configured any more: enough to stop it.
std::shared_ptr<const config::ProcessConfig> left_behind_config(std::string name,
                                                                const LeafMark& mark) {
    auto config = std::make_shared<config::ProcessConfig>();
    config->name = config->program = std::move(name);
    config->command = "not configured any more";
    config->autostart = false;
    config->autorestart = config::AutoRestart::Never;
    config->stopsignal = mark.stopsignal;
    config->stopwaitsecs = config::Seconds(mark.stopwaitsecs);
    config->stopasgroup = mark.stopasgroup;
    config->killasgroup = mark.killasgroup;
    config->keep_descendants = mark.keep_descendants;
    config->stdout_log.edit().target = config::LogTarget::None;
    config->stderr_log.edit().target = config::LogTarget::None;
    return config;
}

class Finder {
  public:
    Finder(const config::Config& config, os::FormerTree tree)
        : config_(config), tree_(std::move(tree)), now_(read_clocks()) {}

    Result<Inheritance> find() {
        add_configured_groups();
        for (const auto& program : decide_former_programs(config_.groups, tree_.leaves))
            add(program);
        if (!left_.config.processes.empty()) add_left_behind();
        tell("taken over", taken_);
        tell("to be ended, for the process that svd had started is gone", leaderless_);
        tell("to be ended, not configured any more", ended_);
        tell("left alone (descendants=keep)", alone_);

        auto& daemon = all_.kept.daemon;
        daemon.snapshot.program_version = "of unknown version";
        daemon.snapshot.cgroup = tree_.name;
        daemon.complete = true;
        all_.parts.place = tree_.place;
        all_.parts.cgroup = std::move(tree_.directory);
        SVD_TRY(all_.parts.flight, log::Flight::create());
        return std::move(all_);
    }

  private:
    void add_configured_groups() {
        auto& snapshot = all_.kept.daemon.snapshot;
        snapshot.group_configs = config_.groups;
        for (std::size_t g = 0; g < config_.groups.size(); ++g) {
            auto& group = snapshot.groups.emplace_back();
            group.config = g;
            for (const auto& process : config_.groups[g].processes) {
                auto& one = group.processes.emplace_back();
                one.name = process->name;
                one.queued = process->autostart;
            }
        }
    }

    void add(const FormerProgram& program) {
        const auto& leaf = tree_.leaves[program.leaf];
        if (program.fate == Fate::Leave) return alone_.push_back(leaf.name);
        if (program.fate == Fate::End) {
            ended_.push_back(leaf.name);
            return take_up(program, add_to_left_behind(program));
        }
        auto& group = all_.kept.daemon.snapshot.groups[*program.group];
        auto& process = group.processes[program.process];
        const auto& config = *config_.groups[*program.group].processes[program.process];
        (program.fate == Fate::TakeOver ? taken_ : leaderless_).push_back(leaf.name);
        process.queued = false;
        take_up(program, process);
        if (!program.in_place) process.leaf = leaf.name;
        if (program.fate == Fate::EndRest)
            all_.parts.endings.push_back(
                {config_.groups[*program.group].name, config.name, config.autostart});
        else if (config.fcgi_socket)
            process.holds_socket = take_socket(config, process.data.pid, program.mark->in);
    }

    // Its run goes on. One whose leader is gone has none of the pidfds, and so ends at once.
    void take_up(const FormerProgram& program, state::Process& process) {
        auto& leaf = tree_.leaves[program.leaf];
        const LeafMark mark = program.mark.value_or(LeafMark{});
        auto& data = process.data;
        data.state = process::State::Running;
        data.run = 1;
        data.pid = program.mark ? mark.leader : leaf.pids.front();
        Duration age{};
        if (program.leader_lives) {
            if (auto pidfd = open_member(data.pid, cgroup_of(leaf)))
                all_.parts.pidfds.insert_or_assign(data.pid, std::move(pidfd));
            age = age_of(data.pid);
            std::ranges::partition(leaf.pids, [&](pid_t pid) { return pid == data.pid; });
        }
        data.started_mono = now_.mono - age;
        data.laststart = std::chrono::floor<WallTime::duration>(now_.wall - age);
        process.paused = leaf.frozen;
        if (!mark.notify.empty()) process.notify.socket = open_notify(mark.notify, leaf.name);
        process.in = open_pipe(leaf.pids, mark.in, O_WRONLY).release();
        process.out = {open_pipe(leaf.pids, mark.out, O_RDONLY).release(), mark.out_log, {}};
        process.err = {open_pipe(leaf.pids, mark.err, O_RDONLY).release(), mark.err_log, {}};
    }

    int open_notify(const std::string& address, const std::string& leaf) {
        auto socket = os::NotifySocket::open_again(address);
        if (socket) return socket->release();
        all_.notes.push_back(
            fmt::format("{} is not heard any more: {}", leaf, socket.error().text));
        return -1;
    }

    state::Process& add_to_left_behind(const FormerProgram& program) {
        const auto& leaf = tree_.leaves[program.leaf];
        std::string name = name_of_left_behind(leaf.name);
        while (!names_.insert(name).second) name += '-';
        auto& process = left_.state.processes.emplace_back();
        process.name = name;
        process.leaf = leaf.name;
        left_.config.processes.push_back(
            left_behind_config(std::move(name), program.mark.value_or(LeafMark{})));
        return process;
    }

    void add_left_behind() {
        std::string& name = left_.config.name = "left-behind";
        while (std::ranges::find(config_.groups, name, &config::GroupConfig::name) !=
               config_.groups.end())
            name += '-';
        auto& snapshot = all_.kept.daemon.snapshot;
        left_.state.config = snapshot.group_configs.size();
        for (const auto& process : left_.state.processes)
            all_.parts.endings.push_back({name, process.name, false});
        all_.parts.left_behind = name;
        snapshot.group_configs.push_back(std::move(left_.config));
        snapshot.groups.push_back(std::move(left_.state));
    }

    // The socket on which a FastCGI program's processes wait is their standard input.
    bool take_socket(const config::ProcessConfig& config, pid_t pid, std::uint64_t inode) {
        auto& sockets = all_.kept.daemon.snapshot.fcgi_sockets;
        if (std::ranges::find(sockets, config.program, &state::FcgiSocket::program) !=
            sockets.end())
            return true;
        const auto pidfd = all_.parts.pidfds.find(pid);
        if (pidfd == all_.parts.pidfds.end()) return false;
        auto fd = UniqueFd::adopt(
            static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd->second.get(), STDIN_FILENO, 0)));
        if (!fd || identity_of(fd.get()).inode != inode) {
            all_.notes.push_back(
                fmt::format("the socket of {} cannot be had from its processes", config.program));
            return false;
        }
        state::FcgiSocket socket;
        socket.config = *config.fcgi_socket;
        socket.program = config.program;
        socket.left_to_descendants = config.keep_descendants;
        socket.fd = fd.release();
        constexpr std::string_view kUnixScheme = "unix://";
        if (socket.config.url.starts_with(kUnixScheme))
            socket.path = socket.config.url.substr(kUnixScheme.size());
        sockets.push_back(std::move(socket));
        return true;
    }

    [[nodiscard]] std::string cgroup_of(const os::FormerLeaf& leaf) const {
        return fmt::format("{}/{}/{}", tree_.place.path == "/" ? "" : tree_.place.path, tree_.name,
                           leaf.name);
    }

    void tell(std::string_view what, const std::vector<std::string>& leaves) {
        constexpr std::size_t kNamed = 50;
        if (leaves.empty()) return;
        const std::size_t named = std::min(leaves.size(), kNamed);
        all_.notes.push_back(fmt::format(
            "{} in cgroup {}: {}: {}{}", leaves.size(), tree_.name, what,
            fmt::join(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(named), ", "),
            named < leaves.size() ? " and others" : ""));
    }

    struct LeftBehind {
        config::GroupConfig config;
        state::Group state;
    };

    const config::Config& config_;
    os::FormerTree tree_;
    Now now_;
    Inheritance all_;
    LeftBehind left_;
    std::set<std::string> names_;  // in the group of what is left behind
    std::vector<std::string> taken_, leaderless_, ended_, alone_;
};

}  // namespace

Result<std::optional<Inheritance>> find_former_programs(const config::Config& config,
                                                        const std::string& base) {
    auto trees = os::find_former_trees(base);
    if (trees.empty()) return std::optional<Inheritance>();
    std::ranges::sort(trees, std::greater(),
                      [](const os::FormerTree& tree) { return tree.leaves.size(); });
    auto tree = std::move(trees.front());
    SVD_TRY(auto all, Finder(config, std::move(tree)).find());
    // Nobody should have started two; which of them is meant is for a person to say.
    for (std::size_t i = 1; i < trees.size(); ++i)
        all.notes.push_back(
            fmt::format("programs of one more crashed svd live in cgroup {}/{} and are left alone",
                        trees[i].place.path, trees[i].name));
    return std::optional<Inheritance>(std::move(all));
}

}  // namespace svd::daemon
