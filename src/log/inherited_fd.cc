#include "log/inherited_fd.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace svd::log {
namespace {

// Opening the pseudo-terminal multiplexer makes a new terminal instead of reaching ours.
bool is_terminal_master(const struct stat& st) {
    return S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 2);
}

UniqueFd open_once_more(int fd) {
    const std::string link = fmt::format("/proc/self/fd/{}", fd);
    return UniqueFd::adopt(
        ::open(link.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

std::optional<int> inherited_fd_number(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, int>, 3> kNames{
        {{"/dev/stdin", 0}, {"/dev/stdout", 1}, {"/dev/stderr", 2}}};
    for (const auto& [name, number] : kNames)
        if (path == name) return number;

    const std::string own = fmt::format("/proc/{}/fd/", ::getpid());
    for (const std::string_view prefix :
         {std::string_view("/dev/fd/"), std::string_view("/proc/self/fd/"),
          std::string_view(own)}) {
        if (!path.starts_with(prefix)) continue;
        const std::string_view digits = path.substr(prefix.size());
        int number = -1;
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
        if (error == std::errc() && end == digits.end() && number >= 0) return number;
    }
    return std::nullopt;
}

Result<Inherited> take_inherited(int number) {
    UniqueFd copy = UniqueFd::adopt(::fcntl(number, F_DUPFD_CLOEXEC, 3));
    if (!copy) return fail_errno(errno, "use inherited descriptor {}", number);
    const int flags = ::fcntl(copy.get(), F_GETFL);
    struct stat st{};
    if (flags < 0 || ::fstat(copy.get(), &st) != 0)
        return fail_errno(errno, "look at inherited descriptor {}", number);
    if ((flags & O_ACCMODE) == O_RDONLY)
        return fail_errno(EBADF, "write to inherited descriptor {}", number);

    if (S_ISREG(st.st_mode)) return Inherited{std::move(copy), WriteStyle::Plain, true};
    if (S_ISSOCK(st.st_mode)) return Inherited{std::move(copy), WriteStyle::Socket, false};
    if ((flags & O_NONBLOCK) != 0) return Inherited{std::move(copy), WriteStyle::Plain, false};
    if (!is_terminal_master(st)) {
        if (UniqueFd own = open_once_more(copy.get()))
            return Inherited{std::move(own), WriteStyle::Plain, false};
    }
    const auto style = S_ISFIFO(st.st_mode) ? WriteStyle::PolledPipe : WriteStyle::PolledTerminal;
    return Inherited{std::move(copy), style, false};
}

}  // namespace svd::log
