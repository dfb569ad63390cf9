#include "linux/proc_info.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strings.h"

namespace svd::os {
namespace {

constexpr std::size_t kMaxSmallFile = std::size_t{1} << 20;

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

template <class F>
void for_each_numeric_entry(const char* path, F&& visit) {
    const Directory directory(opendir(path));
    if (!directory) return;
    while (const dirent* entry = readdir(directory.get()))
        if (const auto id = number<int>(entry->d_name)) visit(*id);
}

}  // namespace

namespace {
// A read of at most `complete` bytes is taken for all there is; 0: only the end is.
Result<std::string> read_text(int directory, const std::string& path, std::size_t complete) {
    const auto fd = UniqueFd::adopt(openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, "open {}", path);
    std::string text;
    char buffer[4096];
    while (text.size() < kMaxSmallFile) {
        const ssize_t n = read(fd.get(), buffer, sizeof(buffer));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(errno, "read {}", path);
        if (n == 0) break;
        text.append(buffer, static_cast<std::size_t>(n));
        if (static_cast<std::size_t>(n) <= complete) break;
    }
    return text;
}

// The kernel fills a page with as many lines as it has room for; half a page is no full one.
constexpr std::size_t kNotFull = 2048;
}  // namespace

Result<std::string> read_small_file_at(int directory, const std::string& path) {
    return read_text(directory, path, 0);
}

Result<std::string> read_small_file(const std::string& path) {
    return read_small_file_at(AT_FDCWD, path);
}

Result<std::string> read_figures_at(int directory, const std::string& path) {
    return read_text(directory, path, kNotFull);
}

Result<std::string> read_figures(const std::string& path) {
    return read_figures_at(AT_FDCWD, path);
}

std::optional<ProcStat> parse_proc_stat(std::string_view text) {
    // The name may hold anything, also ") ": it ends at the last parenthesis.
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    const auto fields = split_blanks(text.substr(close + 1));
    constexpr std::size_t kState = 0, kParent = 1, kGroup = 2, kSession = 3, kStart = 19;
    if (fields.size() <= kStart || fields[kState].size() != 1) return std::nullopt;
    const auto pid = number<pid_t>(trim(text.substr(0, open)));
    const auto parent = number<pid_t>(fields[kParent]);
    const auto group = number<pid_t>(fields[kGroup]);
    const auto session = number<pid_t>(fields[kSession]);
    const auto start = number<std::uint64_t>(fields[kStart]);
    if (!pid || !parent || !group || !session || !start) return std::nullopt;
    ProcStat stat;
    stat.pid = *pid;
    stat.name = text.substr(open + 1, close - open - 1);
    stat.state = fields[kState].front();
    stat.parent = *parent;
    stat.process_group = *group;
    stat.session = *session;
    stat.start_ticks = *start;
    return stat;
}

std::optional<ProcStat> read_proc_stat(pid_t pid) {
    const auto text = read_small_file(fmt::format("/proc/{}/stat", pid));
    return text ? parse_proc_stat(*text) : std::nullopt;
}

Result<std::vector<ProcStat>> read_all_processes() {
    if (access("/proc/self/stat", R_OK) != 0) return fail_errno(errno, "read /proc");
    std::vector<ProcStat> all;
    for_each_numeric_entry("/proc", [&](int pid) {
        if (auto stat = read_proc_stat(pid)) all.push_back(std::move(*stat));
    });
    return all;
}

std::vector<pid_t> read_threads(pid_t pid) {
    std::vector<pid_t> threads;
    for_each_numeric_entry(fmt::format("/proc/{}/task", pid).c_str(),
                           [&](int thread) { threads.push_back(thread); });
    return threads;
}

namespace {
// Numbers behind the name, by their place in proc(5); 0 for what is not there.
std::uint64_t stat_field(std::string_view stat, std::size_t place) {
    constexpr std::size_t kFirstBehindName = 3;
    const auto close = stat.rfind(')');
    if (close == std::string_view::npos) return 0;
    const auto fields = split_blanks(stat.substr(close + 1));
    if (place < kFirstBehindName || fields.size() <= place - kFirstBehindName) return 0;
    const std::string_view field = fields[place - kFirstBehindName];
    std::uint64_t value = 0;
    std::from_chars(field.data(), field.data() + field.size(), value);
    return value;
}
}  // namespace

std::uint64_t own_stat_field(std::size_t place) {
    return stat_field(read_small_file("/proc/self/stat").value_or(std::string()), place);
}

std::optional<int> read_zombie_status(pid_t pid) {
    constexpr std::size_t kExitCode = 52;
    const auto text = read_small_file(fmt::format("/proc/{}/stat", pid));
    if (!text) return std::nullopt;
    const auto stat = parse_proc_stat(*text);
    if (!stat || stat->state != 'Z') return std::nullopt;
    return static_cast<int>(stat_field(*text, kExitCode));
}

std::string read_process_cgroup(pid_t pid) {
    const auto text = read_small_file(fmt::format("/proc/{}/cgroup", pid));
    if (!text) return {};
    for (const std::string_view line : split(*text, '\n'))
        if (line.starts_with("0::")) return std::string(line.substr(3));
    return {};
}

bool process_environment_has(pid_t pid, std::string_view assignment) {
    const auto text = read_small_file(fmt::format("/proc/{}/environ", pid));
    if (!text) return false;
    const auto entries = split(*text, '\0');
    return std::find(entries.begin(), entries.end(), assignment) != entries.end();
}

std::optional<ProcUsage> read_proc_usage(pid_t pid) {
    const auto stat = read_small_file(fmt::format("/proc/{}/stat", pid));
    if (!stat) return std::nullopt;
    const auto close = stat->rfind(')');
    if (close == std::string::npos) return std::nullopt;
    const auto fields = split_blanks(std::string_view(*stat).substr(close + 1));
    constexpr std::size_t kUserTicks = 11, kSystemTicks = 12, kResidentPages = 21;
    if (fields.size() <= kResidentPages) return std::nullopt;
    const auto user = number<std::uint64_t>(fields[kUserTicks]);
    const auto system = number<std::uint64_t>(fields[kSystemTicks]);
    const auto pages = number<std::uint64_t>(fields[kResidentPages]);
    const long ticks = sysconf(_SC_CLK_TCK);
    const long page = sysconf(_SC_PAGESIZE);
    if (!user || !system || !pages || ticks <= 0 || page <= 0) return std::nullopt;
    return ProcUsage{*pages * static_cast<std::uint64_t>(page),
                     (*user + *system) * 1000 / static_cast<std::uint64_t>(ticks)};
}

std::vector<int> open_descriptors() {
    std::vector<int> fds;
    for_each_numeric_entry("/proc/self/fd", [&](int fd) { fds.push_back(fd); });
    std::erase_if(fds, [](int fd) { return fcntl(fd, F_GETFD) < 0; });  // the listing's own
    std::sort(fds.begin(), fds.end());
    return fds;
}

}  // namespace svd::os
