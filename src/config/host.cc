#include "config/host.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/magic.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"

namespace svd::config {

namespace {

constexpr std::size_t kLongestFile = 64UL * 1024 * 1024;
constexpr std::size_t kLongestRecord = 1024UL * 1024;

// Supplementary groups, the primary one first.
std::vector<gid_t> groups_of(const char* name, gid_t primary) {
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    if (getgrouplist(name, primary, groups.data(), &count) < 0) {
        groups.resize(static_cast<std::size_t>(std::max(count, 1)));
        if (getgrouplist(name, primary, groups.data(), &count) < 0) count = 0;
    }
    groups.resize(static_cast<std::size_t>(count));
    std::erase(groups, primary);
    groups.insert(groups.begin(), primary);
    return groups;
}

// Runs one of the getpw*_r or getgr*_r calls with a buffer that grows until it is enough.
template <class Record, class Call>
bool lookup(Record& record, std::string& buffer, Call call) {
    for (buffer.resize(4096); buffer.size() <= kLongestRecord; buffer.resize(buffer.size() * 2)) {
        Record* found = nullptr;
        const int error = call(&record, buffer.data(), buffer.size(), &found);
        if (error == ERANGE) continue;
        if (error == EINTR) {
            buffer.resize(buffer.size() / 2);
            continue;
        }
        return error == 0 && found != nullptr;
    }
    return false;
}

template <class Call>
std::optional<Credentials> find_user(Call call) {
    passwd record{};
    std::string buffer;
    if (!lookup(record, buffer, call)) return std::nullopt;
    Credentials user;
    user.user = record.pw_name;
    user.uid = record.pw_uid;
    user.gid = record.pw_gid;
    // Whoever is this user already keeps the groups that he has. To look for them would load every
    // name service that there is.
    if (user.uid != ::getuid()) user.groups = groups_of(record.pw_name, record.pw_gid);
    user.home = record.pw_dir;
    user.shell = record.pw_shell;
    return user;
}

bool is_pipe(int fd) {
    struct stat info{};
    return ::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
}

// Whoever reads one waits for somebody to write, maybe for ever.
bool is_named_pipe(int fd) {
    struct statfs system{};
    return is_pipe(fd) && ::fstatfs(fd, &system) == 0 && system.f_type != PIPEFS_MAGIC;
}

class SystemHost final : public Host {
  public:
    Result<std::string> read_file(const std::string& path) const override {
        const UniqueFd fd =
            UniqueFd::adopt(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        if (!fd) return fail_errno(errno, "open {}", path);
        if (is_named_pipe(fd.get())) return fail("it is a named pipe, not a file");
        if (is_pipe(fd.get())) ::fcntl(fd.get(), F_SETFL, 0);  // a shell's <(command)
        std::string text;
        char buffer[8192];  // the stack keeps what it once took
        for (;;) {
            const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return fail_errno(errno, "read {}", path);
            if (n == 0) return text;
            text.append(buffer, static_cast<std::size_t>(n));
            if (text.size() > kLongestFile) return fail_errno(EFBIG, "read {}", path);
        }
    }

    bool exists(const std::string& path) const override {
        struct stat info{};
        return ::stat(path.c_str(), &info) == 0;
    }

    bool is_directory(const std::string& path) const override {
        struct stat info{};
        return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
    }

    std::vector<std::string> glob(const std::string& pattern) const override {
        glob_t found{};
        std::vector<std::string> paths;
        if (::glob(pattern.c_str(), GLOB_NOSORT | GLOB_NOESCAPE, nullptr, &found) == 0)
            paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
        ::globfree(&found);
        std::ranges::sort(paths);
        return paths;
    }

    std::optional<Credentials> user_by_name(const std::string& name) const override {
        return find_user([&](passwd* record, char* buffer, std::size_t size, passwd** found) {
            return getpwnam_r(name.c_str(), record, buffer, size, found);
        });
    }

    std::optional<Credentials> user_by_id(uid_t uid) const override {
        return find_user([&](passwd* record, char* buffer, std::size_t size, passwd** found) {
            return getpwuid_r(uid, record, buffer, size, found);
        });
    }

    std::optional<gid_t> group_by_name(const std::string& name) const override {
        group record{};
        std::string buffer;
        const bool ok =
            lookup(record, buffer, [&](group* out, char* data, std::size_t size, group** found) {
                return getgrnam_r(name.c_str(), out, data, size, found);
            });
        if (!ok) return std::nullopt;
        return record.gr_gid;
    }

    bool group_exists(gid_t gid) const override {
        group record{};
        std::string buffer;
        return lookup(record, buffer, [&](group* out, char* data, std::size_t size, group** found) {
            return getgrgid_r(gid, out, data, size, found);
        });
    }

    uid_t current_user() const override { return ::getuid(); }
};

}  // namespace

const Host& system_host() {
    static const SystemHost host;
    return host;
}

}  // namespace svd::config
