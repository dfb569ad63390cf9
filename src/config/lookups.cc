#include "config/lookups.h"

#include <limits>

#include "config/env_file.h"
#include "config/paths.h"
#include "config/values.h"

namespace svd::config {

namespace {

template <class Id>
bool fits(long long number) {
    // The largest value means "unchanged" in chown(2) and is nobody's id.
    return number >= 0 && number < static_cast<long long>(std::numeric_limits<Id>::max());
}

Result<Credentials> find_user(const Host& host, std::string_view text) {
    if (const auto number = parse_long(text)) {
        if (fits<uid_t>(*number))
            if (auto user = host.user_by_id(static_cast<uid_t>(*number))) return *std::move(user);
        return fail("Invalid user id {}", text);
    }
    if (auto user = host.user_by_name(std::string(text))) return *std::move(user);
    return fail("Invalid user name {}", text);
}

Result<gid_t> find_group(const Host& host, std::string_view text) {
    if (const auto number = parse_long(text)) {
        if (fits<gid_t>(*number) && host.group_exists(static_cast<gid_t>(*number)))
            return static_cast<gid_t>(*number);
        return fail("Invalid group id {}", text);
    }
    if (const auto gid = host.group_by_name(std::string(text))) return *gid;
    return fail("Invalid group name {}", text);
}

}  // namespace

Result<Credentials> Lookups::user(std::string_view text) {
    const auto known = users_.find(text);
    if (known != users_.end()) return known->second;
    return users_.emplace(std::string(text), find_user(host_, text)).first->second;
}

Result<SocketOwner> Lookups::owner(std::string_view text) {
    const std::size_t colon = text.find(':');
    SVD_TRY(const Credentials found, user(text.substr(0, colon)));
    SocketOwner owner;
    owner.uid = found.uid;
    if (colon != std::string_view::npos) {
        SVD_TRY(owner.gid, find_group(host_, text.substr(colon + 1)));
    }
    return owner;
}

bool Lookups::is_directory(const std::string& path) {
    const auto known = directories_.find(path);
    if (known != directories_.end()) return known->second;
    const bool answer = host_.is_directory(join_path(request_.working_directory, path));
    directories_.emplace(path, answer);
    return answer;
}

Result<std::string> Lookups::existing_directory(std::string_view text) {
    std::string path = expand_user(text, request_.environment, host_);
    // An empty path is no directory, though joined to the working directory it would be one.
    if (path.empty() || !is_directory(path)) return fail("{} is not an existing directory", text);
    return path;
}

Result<std::string> Lookups::path_in_directory(std::string_view text) {
    std::string path = expand_user(text, request_.environment, host_);
    const std::string directory = dir_name(path);
    if (!directory.empty() && !is_directory(directory))
        return fail("The directory named as part of the path {} does not exist", text);
    return path;
}

Result<Environment> Lookups::environment_file(const std::string& path) {
    const auto known = environment_files_.find(path);
    if (known != environment_files_.end()) return known->second;
    const auto read = [&]() -> Result<Environment> {
        const auto text = host_.read_file(path);
        if (!text && text.error().code == 0) return fail("{}: {}", path, text.error().text);
        if (!text) return std::unexpected(text.error());
        auto variables = parse_env_file(*text);
        if (!variables) return fail("{}: {}", path, variables.error().text);
        return variables;
    };
    return environment_files_.emplace(path, read()).first->second;
}

std::string Lookups::normalize(std::string_view text) const {
    return absolute_path(expand_user(text, request_.environment, host_),
                         request_.working_directory);
}

std::string Lookups::temporary_directory() {
    for (const char* name : {"TMPDIR", "TEMP", "TMP"}) {
        const auto variable = request_.environment.find(name);
        if (variable == request_.environment.end() || variable->second.empty()) continue;
        const std::string path = absolute_path(variable->second, request_.working_directory);
        if (is_directory(path)) return path;
    }
    for (const char* path : {"/tmp", "/var/tmp", "/usr/tmp"})
        if (is_directory(path)) return path;
    return request_.working_directory;
}

}  // namespace svd::config
