// What --json prints: one document per command on standard output, errors on standard error.
// Keys are stable; new ones may be added.
//
//   status  {"processes": [{"name": namespec, "group", "process", "state": "RUNNING",
//            "statecode": 20, "description", "pid", "start", "stop", "now" (epoch seconds),
//            "exitstatus", "spawnerr", "stdout_logfile", "stderr_logfile"}],
//            "errors": [{"name", "error": "no such process" | "no such group"}]}
//   avail   {"processes": [{"name": namespec, "group", "process", "in_use", "autostart",
//            "group_priority", "process_priority"}]}
//   reread  {"available": [group], "changed": [group], "disappeared": [group]}
//   update  {"removed": [group], "updated": [group], "added": [group],
//            "errors": [{"name", "error"}]}
//   events  {"pools": [{"group", "buffer_size", "queued", "accepted", "delivered", "rejected",
//            "dropped", "processes": [{"name": namespec, "process", "state": "RUNNING",
//            "statecode": 20, "listener_state": "READY"}]}]}
//   why     {"processes": [{"name": namespec, "group", "process", "state": "RUNNING",
//            "statecode": 20, and the other members of svd.getDeaths}], "errors": as in status}
//   status -l  as status, with the other members of svd.getProcessInfoEx
//   top     {"processes": [{"name": namespec, "group", "process", "state", "pid", "uptime", "cpu"
//            (seconds), "cpu_percent", "memory", "memory_peak", "tasks", "io_read", "io_written",
//            "io_rate" (bytes a second), "restarts", "last_end", "last_end_at"}]}; with -g
//            "groups". What is not known is null. A document for each table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

struct UsageRow;

struct NamedError {
    std::string name;
    std::string error;
};

// What `update` did, group by group.
struct UpdateReport {
    std::vector<std::string> removed;
    std::vector<std::string> updated;
    std::vector<std::string> added;
    std::vector<NamedError> errors;
};

// Arguments are the structs of getAllProcessInfo and getAllConfigInfo.
[[nodiscard]] std::string status_json(const std::vector<const wire::Value*>& infos,
                                      const std::vector<NamedError>& errors);
[[nodiscard]] std::string avail_json(const wire::Array& configs);
// The three arrays of reloadConfig: added, changed, removed.
[[nodiscard]] std::string reread_json(const wire::Array& changes);
// The structs of svd.getEventPools.
[[nodiscard]] std::string events_json(const wire::Array& pools);
// The structs of svd.getDeaths.
[[nodiscard]] std::string why_json(const std::vector<const wire::Value*>& processes,
                                   const std::vector<NamedError>& errors);
// The structs of svd.getAllProcessInfoEx.
[[nodiscard]] std::string long_status_json(const std::vector<const wire::Value*>& infos,
                                           const std::vector<NamedError>& errors);
// What `top` shows.
[[nodiscard]] std::string usage_json(const std::vector<UsageRow>& rows, bool groups);
[[nodiscard]] std::string update_json(const UpdateReport& report);

}  // namespace svd::cli
