#include "linux/accounting.h"

#include <charconv>
#include <string>
#include <vector>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "linux/cgroup_files.h"
#include "linux/proc_info.h"
#include "linux/proc_usage.h"

namespace svd::os {

namespace {

// What can be read of a scope's cgroup. Nothing of a scope without one.
class Files {
  public:
    // Common: the same files are asked of all scopes in turn, see Cgroup::common_figures.
    enum class Asked { Once, Common };
    Files(const Scope& scope, Asked asked) : asked_(asked) {
        const Cgroup* cgroup = scope.cgroup();
        if (cgroup == nullptr) return;
        const auto found = cgroup->identity();
        if (!found) return;
        cgroup_ = cgroup;
        identity_ = *found;
    }
    explicit operator bool() const { return cgroup_ != nullptr; }
    [[nodiscard]] std::uint64_t id() const { return identity_.inode; }
    [[nodiscard]] bool has_children() const { return identity_.has_children; }
    [[nodiscard]] std::optional<std::string> text(const char* file) const {
        if (asked_ == Asked::Common) return cgroup_->common_figures(file);
        auto found = cgroup_->figures(file);
        return found ? std::optional(*std::move(found)) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::uint64_t> number(const char* file) const {
        const auto found = text(file);
        return found ? parse_number(*found) : std::nullopt;
    }

  private:
    const Cgroup* cgroup_ = nullptr;
    Cgroup::Identity identity_;
    Asked asked_;
};

std::vector<pid_t> pids_of(const Scope& scope, const Files& files) {
    if (!files || files.has_children()) return scope.pids();
    std::vector<pid_t> pids;
    const auto text = files.text("cgroup.procs");
    if (!text) return pids;
    for (const auto word : split_blanks(*text))
        if (const auto pid = parse_number(word); pid && *pid > 0)
            pids.push_back(static_cast<pid_t>(*pid));
    return pids;
}

void read_cpu(const Files& files, Counters& counters) {
    const auto text = files.text("cpu.stat");
    const auto cpu = text ? parse_cpu_stat(*text) : std::nullopt;
    if (!cpu) return;
    counters.cpu_usec = cpu->usage_usec;
    counters.cpu_user_usec = cpu->user_usec;
    counters.cpu_system_usec = cpu->system_usec;
}

// False without the controller.
bool read_io(const Files& files, Counters& counters) {
    const auto text = files.text("io.stat");
    if (!text) return false;
    const auto io = parse_io_stat(*text);
    counters.read_bytes = io.read_bytes;
    counters.written_bytes = io.written_bytes;
    return true;
}

void add(std::optional<std::uint64_t>& sum, std::uint64_t value) {
    sum = sum.value_or(0) + value;
}

// Sums over live processes; what is known already from the cgroup stays.
class ProcSum {
  public:
    explicit ProcSum(const Usage& known)
        : wants_cpu_(!known.cpu_usec),
          wants_memory_(!known.memory),
          wants_tasks_(!known.tasks),
          wants_io_(!known.read_bytes) {}
    [[nodiscard]] bool is_needed() const {
        return wants_cpu_ || wants_memory_ || wants_tasks_ || wants_io_;
    }

    void add_process(pid_t pid, Usage& usage) const {
        if (wants_cpu_) add_cpu(pid, usage);
        if (wants_memory_ || wants_tasks_) add_memory(pid, usage);
        if (wants_io_) add_io(pid, usage);
    }

  private:
    static Result<std::string> file(pid_t pid, const char* name) {
        return read_figures(fmt::format("/proc/{}/{}", pid, name));
    }
    static void add_cpu(pid_t pid, Usage& usage) {
        const auto text = file(pid, "stat");
        const auto times = text ? parse_proc_times(*text) : std::nullopt;
        static const long ticks = sysconf(_SC_CLK_TCK);
        if (!times || ticks <= 0) return;
        const auto usec = [](std::uint64_t count) {
            return count * 1'000'000 / static_cast<std::uint64_t>(ticks);
        };
        add(usage.cpu_user_usec, usec(times->user_ticks));
        add(usage.cpu_system_usec, usec(times->system_ticks));
        usage.cpu_usec = *usage.cpu_user_usec + *usage.cpu_system_usec;
    }
    void add_memory(pid_t pid, Usage& usage) const {
        const auto text = file(pid, "status");
        const auto memory = text ? parse_proc_status(*text) : std::nullopt;
        if (!memory) return;
        if (wants_tasks_) add(usage.tasks, memory->threads);
        if (!wants_memory_) return;
        // The highest of each process is not the highest of their sum.
        usage.memory_peak = usage.memory ? std::nullopt : std::optional(memory->peak);
        add(usage.memory, memory->resident);
        add(usage.swap, memory->swap);
    }
    static void add_io(pid_t pid, Usage& usage) {
        const auto text = file(pid, "io");
        const auto io = text ? parse_proc_io(*text) : std::nullopt;
        if (!io) return;  // another user's, and we are not root
        add(usage.read_bytes, io->read_bytes);
        add(usage.written_bytes, io->written_bytes);
    }

    bool wants_cpu_;
    bool wants_memory_;
    bool wants_tasks_;
    bool wants_io_;
};

void read_cgroup_usage(const Files& files, const Counters& start, Usage& usage) {
    Counters total;
    total.cgroup = files.id();
    read_cpu(files, total);
    const bool has_io = read_io(files, total);
    const Counters run = since(total, start);
    usage.cpu_usec = run.cpu_usec;
    usage.cpu_user_usec = run.cpu_user_usec;
    usage.cpu_system_usec = run.cpu_system_usec;
    if (has_io) {
        usage.read_bytes = run.read_bytes;
        usage.written_bytes = run.written_bytes;
    }
    usage.memory = files.number("memory.current");
    if (usage.memory) {
        usage.memory_peak = files.number("memory.peak");
        usage.swap = files.number("memory.swap.current");
    }
    usage.tasks = files.number("pids.current");
}

}  // namespace

Counters read_counters(const Scope& scope) {
    Counters counters;
    const Files files(scope, Files::Asked::Once);
    if (!files) return counters;
    counters.cgroup = files.id();
    read_cpu(files, counters);
    read_io(files, counters);
    if (const auto text = files.text("memory.events")) {
        counters.oom_kills = parse_keyed(*text, "oom_kill").value_or(0);
        counters.memory_peak = files.number("memory.peak").value_or(0);
    }
    return counters;
}

Usage read_usage(const Scope& scope, const Counters& start) {
    Usage usage;
    const Files files(scope, Files::Asked::Common);
    if (files) {
        usage.source = Usage::Source::Cgroup;
        read_cgroup_usage(files, start, usage);
    }
    const ProcSum sum(usage);
    if (!sum.is_needed()) return usage;
    const auto pids = pids_of(scope, files);
    usage.processes = pids.size();
    if (pids.empty()) return usage;
    for (const pid_t pid : pids) sum.add_process(pid, usage);
    usage.source = files ? Usage::Source::CgroupAndProc : Usage::Source::Proc;
    return usage;
}

void read_limits(const Scope& scope, Usage& usage) {
    const Files files(scope, Files::Asked::Common);
    if (!files) return;
    const auto limit = [&](const char* file) {
        const auto text = files.text(file);
        return text ? parse_limit(*text) : std::nullopt;
    };
    usage.memory_high = limit("memory.high");
    usage.memory_max = limit("memory.max");
    usage.swap_max = limit("memory.swap.max");
    usage.tasks_max = limit("pids.max");
    if (const auto text = files.text("cpu.max")) usage.cpu_max_permille = parse_cpu_max(*text);
}

MemoryLimit read_memory_limit(const Scope& scope) {
    constexpr int kLevels = 8;
    MemoryLimit limit;
    const Files files(scope, Files::Asked::Once);
    if (!files) return limit;
    limit.has_controller = files.text("memory.events").has_value();
    if (!limit.has_controller) return limit;
    std::string file = "memory.max";
    for (int level = 0; level < kLevels; ++level, file.insert(0, "../")) {
        const auto text = files.text(file.c_str());
        if (!text) break;  // the root has none
        limit.bytes = parse_limit(*text);
        limit.from_above = level > 0;
        if (limit.bytes) return limit;
    }
    limit.from_above = false;
    return limit;
}

// --- what the scope and its cgroup open for this ------------------------------------------------

Result<UniqueFd> Scope::open_cgroup() const {
    if (!uses_cgroup()) return fail_errno(ENOENT, "open the cgroup of a scope without one");
    return cgroup_->open();
}

Result<Cgroup::Identity> Cgroup::identity() const {
    constexpr nlink_t kLinksWithoutChildren = 2;
    struct stat info{};
    if (::fstatat(tree_->fd(), name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(errno, "look at cgroup {}", path());
    return Identity{info.st_ino, info.st_nlink > kLinksWithoutChildren};
}

Result<std::string> Cgroup::figures(const char* file) const {
    std::string path = name_;
    path.append("/").append(file);
    return read_figures_at(tree_->fd(), path);
}

std::optional<std::string> Cgroup::common_figures(const char* file) const {
    const auto slash = name_.rfind('/');
    const std::string_view node =
        slash == std::string::npos ? "" : std::string_view(name_).substr(0, slash);
    const auto known = tree_->missing_.find(node);
    if (known != tree_->missing_.end() && known->second.contains(std::string_view(file)))
        return std::nullopt;
    auto text = figures(file);
    if (text) return *std::move(text);
    // A cgroup that is gone by now has no files at all, which says nothing about the others.
    if (text.error().code == ENOENT && identity()) tree_->missing_[std::string(node)].insert(file);
    return std::nullopt;
}

Result<UniqueFd> Cgroup::open() const {
    auto fd = UniqueFd::adopt(
        ::openat(tree_->fd(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return fail_errno(errno, "open cgroup {}", path());
    return fd;
}

}  // namespace svd::os
