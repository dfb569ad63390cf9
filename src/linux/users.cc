#include "linux/users.h"

#include <charconv>
#include <functional>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/python_text.h"

namespace svd::os {
namespace {

// getpwuid_r and getpwnam_r, with a buffer that grows as far as it must. Calls `use` with the
// entry.
using PasswdLookup = std::function<int(passwd*, char*, std::size_t, passwd**)>;

Result<std::optional<Credentials>> look_up(const PasswdLookup& lookup) {
    std::vector<char> buffer(4096);
    passwd entry{};
    passwd* found = nullptr;
    int r = 0;
    while ((r = lookup(&entry, buffer.data(), buffer.size(), &found)) == ERANGE || r == EINTR)
        if (r == ERANGE) buffer.resize(buffer.size() * 2);
    // Several sources answer "not found" with one of these.
    if (found == nullptr && (r == 0 || r == ENOENT || r == ESRCH || r == EBADF || r == EPERM))
        return std::optional<Credentials>{};
    if (found == nullptr) return fail_errno(r, "look up a user");

    Credentials credentials;
    credentials.uid = entry.pw_uid;
    credentials.gid = entry.pw_gid;
    int count = 32;
    do {
        credentials.groups.resize(static_cast<std::size_t>(count));
    } while (getgrouplist(entry.pw_name, entry.pw_gid, credentials.groups.data(), &count) < 0);
    credentials.groups.resize(static_cast<std::size_t>(count));
    return credentials;
}

}  // namespace

Result<Credentials> credentials_of(uid_t uid) {
    SVD_TRY(auto found, look_up([uid](passwd* entry, char* buffer, std::size_t size, passwd** out) {
                return getpwuid_r(uid, entry, buffer, size, out);
            }));
    if (!found) return fail("Can't find uid {}", uid);
    return *std::move(found);
}

Result<Credentials> credentials_of(std::string_view name_or_uid) {
    uid_t uid = 0;
    const char* begin = name_or_uid.data();
    const char* end = begin + name_or_uid.size();
    const auto [stop, error] = std::from_chars(begin, end, uid);
    if (error == std::errc{} && stop == end) return credentials_of(uid);
    const std::string name(name_or_uid);
    SVD_TRY(auto found,
            look_up([&name](passwd* entry, char* buffer, std::size_t size, passwd** out) {
                return getpwnam_r(name.c_str(), entry, buffer, size, out);
            }));
    if (!found) return fail("Can't find username {}", py_repr(name));
    return *std::move(found);
}

Status drop_privileges(const Credentials& to) {
    const uid_t current = getuid();
    if (current == to.uid) return {};
    if (current != 0) return std::unexpected(Error{EPERM, "Can't drop privilege as nonroot user"});
    if (setgroups(to.groups.size(), to.groups.data()) != 0)
        return std::unexpected(Error{errno, "Could not set groups of effective user"});
    if (setgid(to.gid) != 0)
        return std::unexpected(Error{errno, "Could not set group id of effective user"});
    if (setuid(to.uid) != 0)
        return std::unexpected(Error{errno, fmt::format("Could not set user id to {}", to.uid)});
    return {};
}

}  // namespace svd::os
