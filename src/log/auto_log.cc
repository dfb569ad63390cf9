#include "log/auto_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace svd::log {
namespace {

// Supervisor's temporary names use these; 37 of them, so a byte is taken modulo 37.
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::size_t kRandomLength = 8;
constexpr std::size_t kMaxBackupDigits = 5;
constexpr int kMaxAttempts = 100;
constexpr std::size_t kMaxFailures = 100;
constexpr std::string_view kExtension = ".log";

Result<std::string> random_part() {
    std::array<unsigned char, kRandomLength> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return fail_errno(errno, "get random bytes");
    std::string text;
    for (const unsigned char byte : bytes) text.push_back(kAlphabet[byte % kAlphabet.size()]);
    return text;
}

bool is_random_part(std::string_view text) {
    return text.size() == kRandomLength &&
           text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

// Takes ".17" off the end, if it is there.
std::string_view without_backup_number(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return name;
    const std::string_view digits = name.substr(dot + 1);
    const bool number = !digits.empty() && digits.size() <= kMaxBackupDigits &&
                        digits.find_first_not_of("0123456789") == std::string_view::npos;
    return number ? name.substr(0, dot) : name;
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Result<std::string> create_auto_log(const std::string& childlogdir, std::string_view process,
                                    Channel channel, std::string_view identifier) {
    std::string stem = fmt::format("{}-{}---{}-", process, channel_name(channel), identifier);
    std::ranges::replace(stem, '/', '_');
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        SVD_TRY(const std::string random, random_part());
        std::string path = fmt::format("{}/{}{}{}", childlogdir, stem, random, kExtension);
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
        if (UniqueFd file = UniqueFd::adopt(::open(path.c_str(), flags, 0600))) return path;
        if (errno != EEXIST && errno != EINTR) return fail_errno(errno, "create {}", path);
    }
    return fail_errno(EEXIST, "create a log for {} in {}", process, childlogdir);
}

bool is_auto_log_name(std::string_view file_name, std::string_view identifier) {
    std::string_view name = without_backup_number(file_name);
    if (!name.ends_with(kExtension)) return false;
    name.remove_suffix(kExtension.size());
    if (name.size() < kRandomLength) return false;
    if (!is_random_part(name.substr(name.size() - kRandomLength))) return false;
    name.remove_suffix(kRandomLength);

    std::string id(identifier);
    std::ranges::replace(id, '/', '_');
    return std::ranges::any_of(std::array{Channel::Stdout, Channel::Stderr}, [&](Channel channel) {
        const std::string tail = fmt::format("-{}---{}-", channel_name(channel), id);
        return name.size() > tail.size() && name.ends_with(tail);
    });
}

Result<AutoCleanup> remove_auto_logs(const std::string& childlogdir, std::string_view identifier) {
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(childlogdir.c_str()));
    if (!directory) return fail_errno(errno, "read directory {}", childlogdir);
    AutoCleanup result;
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (is_auto_log_name(name, identifier)) {
            if (::unlinkat(::dirfd(directory.get()), name.c_str(), 0) == 0)
                ++result.removed;
            else if (errno != ENOENT && result.failed.size() < kMaxFailures)
                result.failed.push_back(fmt::format("{}/{}", childlogdir, name));
        }
        errno = 0;
    }
    if (errno != 0) return fail_errno(errno, "read directory {}", childlogdir);
    return result;
}

}  // namespace svd::log
