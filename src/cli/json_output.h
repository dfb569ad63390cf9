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
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

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
[[nodiscard]] std::string update_json(const UpdateReport& report);

}  // namespace svd::cli
