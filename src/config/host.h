// What loading a configuration asks of the machine: files, directories, users and groups. The rest
// of the room makes no system calls, so tests answer these questions from a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "config/model.h"

namespace svd::config {

class Host {
  public:
    virtual ~Host() = default;

    // The whole file. Files beyond 64 MiB are refused.
    // Never waits for a named pipe or a terminal; that is an error, the first without a code.
    [[nodiscard]] virtual Result<std::string> read_file(const std::string& path) const = 0;
    [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
    [[nodiscard]] virtual bool is_directory(const std::string& path) const = 0;
    // Existing paths that match, sorted by byte value; no match is an empty list.
    [[nodiscard]] virtual std::vector<std::string> glob(const std::string& pattern) const = 0;
    [[nodiscard]] virtual std::optional<Credentials> user_by_name(
        const std::string& name) const = 0;
    [[nodiscard]] virtual std::optional<Credentials> user_by_id(uid_t uid) const = 0;
    [[nodiscard]] virtual std::optional<gid_t> group_by_name(const std::string& name) const = 0;
    [[nodiscard]] virtual bool group_exists(gid_t gid) const = 0;
    [[nodiscard]] virtual uid_t current_user() const = 0;
};

// This machine.
[[nodiscard]] const Host& system_host();

}  // namespace svd::config
