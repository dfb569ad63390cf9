// Questions to the machine with remembered answers: each user, group and directory is asked for
// once per load, however many programs name it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/host.h"
#include "config/load.h"

namespace svd::config {

class Lookups {
  public:
    Lookups(const Host& host, const LoadRequest& request) : host_(host), request_(request) {}

    // A login name or a user id. Errors: "Invalid user name x", "Invalid user id 5".
    [[nodiscard]] Result<Credentials> user(std::string_view text);
    // "user" or "user:group", names or numbers.
    [[nodiscard]] Result<SocketOwner> owner(std::string_view text);
    // The text with `~` expanded; error when it is not a directory.
    [[nodiscard]] Result<std::string> existing_directory(std::string_view text);
    // The text with `~` expanded; error when its directory part does not exist.
    [[nodiscard]] Result<std::string> path_in_directory(std::string_view text);
    // The variables of a file of NAME=value lines.
    [[nodiscard]] Result<Environment> environment_file(const std::string& path);
    // `~` expanded, absolute, without "." and "..".
    [[nodiscard]] std::string normalize(std::string_view text) const;

    [[nodiscard]] uid_t current_user() const { return host_.current_user(); }
    // $TMPDIR, $TEMP, $TMP, /tmp, /var/tmp, /usr/tmp, the working directory: the first that exists.
    [[nodiscard]] std::string temporary_directory();

  private:
    bool is_directory(const std::string& path);

    const Host& host_;
    const LoadRequest& request_;
    std::map<std::string, Result<Credentials>, std::less<>> users_;
    std::map<std::string, bool, std::less<>> directories_;
    std::map<std::string, Result<Environment>, std::less<>> environment_files_;
};

}  // namespace svd::config
