#include "pidproxy/pidfile.h"

#include <array>
#include <charconv>
#include <limits>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strings.h"

namespace svd::pidproxy {

Result<pid_t> parse_pid(std::string_view text) {
    const std::string_view line = trim(text.substr(0, text.find('\n')));
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pid);
    if (error != std::errc{} || end != line.data() + line.size() || pid <= 1)
        return fail("not the id of a process: {}", line.substr(0, 40));
    return pid;
}

Result<pid_t> read_pidfile(const std::string& path) {
    // A pipe or a terminal in the place of the file must not hold the signal up.
    const auto fd =
        UniqueFd::adopt(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return fail_errno(errno, "open {}", path);
    std::array<char, 256> buffer{};
    const ssize_t size = read(fd.get(), buffer.data(), buffer.size());
    if (size < 0) return fail_errno(errno, "read {}", path);
    return parse_pid({buffer.data(), static_cast<std::size_t>(size)});
}

}  // namespace svd::pidproxy
