#include "linux/handover.h"

#include <cerrno>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/strings.h"

namespace svd::os {

Result<UniqueFd> make_sealed_file(std::string_view bytes) {
    auto file = UniqueFd::adopt(::memfd_create("svd-state", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return fail_errno(errno, "create a file in memory");
    while (!bytes.empty()) {
        const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_errno(errno, "write {} bytes to memory", bytes.size());
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    // For readers that do not know that it is a file.
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return fail_errno(errno, "go to the beginning");
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return fail_errno(errno, "seal a file");
    return file;
}

Result<std::string> read_whole_file(int fd) {
    std::string bytes;
    char buffer[64 * 1024];
    for (;;) {
        const ssize_t got = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(bytes.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read descriptor {}", fd);
        if (got == 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<std::string> own_program() {
    constexpr std::string_view kReplaced = " (deleted)";
    char buffer[PATH_MAX];
    const ssize_t size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    if (size < 0) return fail_errno(errno, "read /proc/self/exe");
    std::string_view path(buffer, static_cast<std::size_t>(size));
    if (path.ends_with(kReplaced)) path.remove_suffix(kReplaced.size());
    return std::string(path);
}

Status set_at_exec(std::span<const int> descriptors, AtExec what) {
    for (const int fd : descriptors)
        if (::fcntl(fd, F_SETFD, what == AtExec::Close ? FD_CLOEXEC : 0) != 0)
            return fail_errno(errno, "hand over descriptor {}", fd);
    return {};
}

Error become_program(const std::string& program, std::span<const std::string> argv,
                     const std::string& assignment) {
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
    environment.push_back(const_cast<char*>(assignment.c_str()));
    environment.push_back(nullptr);
    ::execve(program.c_str(), words.data(), environment.data());
    const int code = errno;
    return Error{code, fmt::format("cannot run {}: {}", program, errno_text(code))};
}

}  // namespace svd::os
