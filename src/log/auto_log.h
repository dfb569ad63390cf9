// AUTO logs: {childlogdir}/{process}-{stdout|stderr}---{identifier}-{8 of [a-z0-9_]}.log, mode
// 0600.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "log/output_channel.h"

namespace svd::log {

// Creates the empty file under a fresh name (O_EXCL) and returns its path. A '/' in the process
// name becomes '_', so that the file cannot leave the directory.
[[nodiscard]] Result<std::string> create_auto_log(const std::string& childlogdir,
                                                  std::string_view process, Channel channel,
                                                  std::string_view identifier);

// True for exactly such a name with this identifier, also rotated (".log.1"); nothing before or
// after.
[[nodiscard]] bool is_auto_log_name(std::string_view file_name, std::string_view identifier);

struct AutoCleanup {
    std::size_t removed = 0;
    std::vector<std::string> failed;  // paths that could not be removed
};
// Removes the AUTO logs of this identifier, only files and links, never directories. An Error when
// the directory cannot be read; a missing directory is one with ENOENT.
[[nodiscard]] Result<AutoCleanup> remove_auto_logs(const std::string& childlogdir,
                                                   std::string_view identifier);

}  // namespace svd::log
