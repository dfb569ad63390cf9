// Events: the tree of types, and for each that is sent a payload as svd makes it.
#include <fmt/format.h>

#include "base/strings.h"
#include "event/types.h"
#include "mdoc.h"
#include "tables.h"

namespace svd::man {
namespace {

// What svd would send, of a process web:web_0 with pid 4711.
std::string payload_of(std::string_view type) {
    const WallTime at{};
    constexpr std::string_view kState = "PROCESS_STATE_";
    const event::Output output{
        "web_0", "web", 4711,
        type.ends_with("STDERR") ? event::Channel::Stderr : event::Channel::Stdout,
        "what it wrote"};
    if (type.starts_with(kState)) {
        const auto to = type.substr(kState.size());
        const auto* from = to == "STARTING" || to == "FATAL"    ? "BACKOFF"
                           : to == "BACKOFF" || to == "RUNNING" ? "STARTING"
                           : to == "STOPPED"                    ? "STOPPING"
                                                                : "RUNNING";
        return event::process_state({"web_0", "web", from, to, 1, 4711, false}, at).payload;
    }
    if (type.starts_with("PROCESS_LOG")) return event::process_log(output, at).payload;
    if (type.starts_with("PROCESS_COMM")) return event::process_communication(output, at).payload;
    if (type.starts_with("REMOTE")) return event::remote_communication("deploy", "v2", at).payload;
    if (type == "PROCESS_GROUP_ADDED") return event::group_added("web", at).payload;
    if (type == "PROCESS_GROUP_REMOVED") return event::group_removed("web", at).payload;
    for (const auto period : event::tick_periods())
        if (type == fmt::format("TICK_{}", period))
            return event::tick(period, WallTime(std::chrono::seconds(1795348800))).payload;
    return {};
}

}  // namespace

std::string events() {
    std::string items;
    for (const auto& row : event::all_types()) {
        items += fmt::format(".It Li {}\n{}", row.name, prose(row.doc));
        const auto payload = payload_of(row.name);
        if (row.abstract || payload.empty()) continue;
        for (const auto& line : split(trim(payload), '\n')) items += ".Dl " + escape(line) + "\n";
    }
    return tag_list(items);
}

}  // namespace svd::man
