// "stdout_logfile = /a.log, /dev/stdout, syslog": lists of log targets, as the Go port of
// Supervisor has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace svd::config {

// The targets of a list, trimmed. A comma divides only where a target follows that cannot be the
// rest of a file name: a path that begins with '/' or '~', or a word such as AUTO or syslog. So
// "/log/a,b.log" is one path, as it is for Supervisor. Never empty.
[[nodiscard]] std::vector<std::string> split_log_targets(std::string_view text);

// A target of the Go port that svd has not got, in lower case: "memory", "syslog @host:port".
[[nodiscard]] bool is_foreign_log_target(std::string_view word);

}  // namespace svd::config
