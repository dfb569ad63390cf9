#include "log/safe_open.h"

#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "log/inherited_fd.h"

namespace svd::log {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel has it

// Takes the first component off `rest`; empty when there is none.
std::string next_component(std::string& rest) {
    const std::size_t begin = rest.find_first_not_of('/');
    if (begin == std::string::npos) {
        rest.clear();
        return {};
    }
    const std::size_t end = rest.find('/', begin);
    std::string name = rest.substr(begin, end - begin);
    rest = end == std::string::npos ? std::string() : rest.substr(end);
    return name;
}

bool on_procfs(int directory) {
    struct statfs fs{};
    return ::fstatfs(directory, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

class Walk {
  public:
    explicit Walk(std::string_view path) : path_(path), rest_(path) {}

    Result<Place> run() {
        if (const auto number = inherited_fd_number(path_)) return inherited(*number);
        if (path_.empty()) return failed(ENOENT);
        SVD_CHECK(start(path_.front() == '/' ? "/" : "."));
        for (;;) {
            const std::string name = next_component(rest_);
            const bool last = rest_.find_first_not_of('/') == std::string::npos;
            if (name.empty() || (last && (name == "." || name == ".."))) return failed(EISDIR);
            UniqueFd entry = UniqueFd::adopt(::openat(directory_.get(), name.c_str(), kEntry));
            const int error = errno;
            struct stat st{};
            if (!entry && !(last && error == ENOENT)) return failed(error);
            if (entry && ::fstat(entry.get(), &st) != 0) return failed(errno);

            if (entry && S_ISLNK(st.st_mode)) {
                if (last && on_procfs(directory_.get())) return arrive(name, true);
                SVD_CHECK(follow(entry.get(), st, last));
                const auto number = inherited_fd_number(rest_);
                if (number && !planter_) return inherited(*number);
            } else if (last) {
                return arrive(name, false);
            } else {
                if (!S_ISDIR(st.st_mode)) return failed(ENOTDIR);
                directory_ = std::move(entry);
                here_ = st;
            }
        }
    }

  private:
    static constexpr int kEntry = O_PATH | O_NOFOLLOW | O_CLOEXEC;

    Status start(const char* where) {
        directory_ = UniqueFd::adopt(::open(where, O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!directory_ || ::fstat(directory_.get(), &here_) != 0) return failed(errno);
        return {};
    }

    Status follow(int link, const struct stat& st, bool last) {
        if (++links_ > kMaxLinks) return failed(ELOOP);
        if (others_can_write(here_) && st.st_uid != 0 && st.st_uid != ::geteuid()) {
            if (last || (planter_ && *planter_ != st.st_uid)) return planted(st.st_uid);
            planter_ = st.st_uid;
        }
        std::array<char, PATH_MAX> target{};
        const ssize_t n = ::readlinkat(link, "", target.data(), target.size());
        if (n <= 0) return failed(n < 0 ? errno : ENOENT);
        rest_.insert(0, target.data(), static_cast<std::size_t>(n));
        return rest_.front() == '/' ? start("/") : Status{};
    }

    Result<Place> arrive(const std::string& name, bool magic) {
        // Somebody's link may lead to his own directories only: there he can write without us.
        if (planter_ && (magic || here_.st_uid != *planter_)) return planted(*planter_);
        return Place{std::move(directory_), name, others_can_write(here_), magic, std::nullopt};
    }

    static Place inherited(int number) {
        Place place;
        place.inherited = number;
        return place;
    }
    [[nodiscard]] std::unexpected<Error> failed(int error) const {
        return fail_errno(error, "open {}", path_);
    }

    [[nodiscard]] std::unexpected<Error> planted(uid_t owner) const {
        return fail_errno(ELOOP, "open {} (through a link made by user {})", path_, owner);
    }

    std::string path_;
    std::string rest_;
    UniqueFd directory_;
    struct stat here_{};            // of directory_
    std::optional<uid_t> planter_;  // the other user whose link we followed
    int links_ = 0;
};

}  // namespace

bool others_can_write(const struct stat& directory) {
    const uid_t us = ::geteuid();
    if (directory.st_uid != 0 && directory.st_uid != us) return true;
    if ((directory.st_mode & S_IWOTH) != 0) return true;
    if ((directory.st_mode & S_IWGRP) == 0 || directory.st_gid == 0) return false;
    return us == 0 || directory.st_gid != ::getegid();
}

Result<Place> find_place(std::string_view path) {
    if (path.size() >= PATH_MAX) return fail_errno(ENAMETOOLONG, "open log file");
    return Walk(path).run();
}

Result<UniqueFd> open_at(const Place& place, int flags, mode_t mode) {
    flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int directory = place.directory.get();
    std::string name = place.name;
    if (place.inherited) {
        directory = AT_FDCWD;
        name = fmt::format("/proc/self/fd/{}", *place.inherited);
    } else if (!place.magic) {
        flags |= O_NOFOLLOW;
    }
    int fd = -1;
    do fd = ::openat(directory, name.c_str(), flags, mode);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return fail_errno(errno, "open {}", name);
    UniqueFd file = UniqueFd::adopt(fd);
    struct stat st{};
    if (::fstat(file.get(), &st) != 0) return fail_errno(errno, "look at {}", name);
    if (place.shared && S_ISREG(st.st_mode) && st.st_nlink > 1)
        return fail_errno(EMLINK, "open {} (a second link, in a directory that others can write)",
                          name);
    return file;
}

Result<UniqueFd> open_safely(std::string_view path, int flags, mode_t mode) {
    SVD_TRY(const Place place, find_place(path));
    auto file = open_at(place, flags, mode);
    if (!file) return fail_errno(file.error().code, "open {}", path);
    return file;
}

}  // namespace svd::log
