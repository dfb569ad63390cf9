#include "event/types.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"

namespace svd::event {

namespace {

constexpr auto kTypes = std::to_array<TypeRow>({
    {"EVENT", "", true},
    {"PROCESS_STATE", "EVENT", true},
    {"PROCESS_STATE_STOPPED", "PROCESS_STATE", false},
    {"PROCESS_STATE_EXITED", "PROCESS_STATE", false},
    {"PROCESS_STATE_STARTING", "PROCESS_STATE", false},
    {"PROCESS_STATE_STOPPING", "PROCESS_STATE", false},
    {"PROCESS_STATE_BACKOFF", "PROCESS_STATE", false},
    {"PROCESS_STATE_FATAL", "PROCESS_STATE", false},
    {"PROCESS_STATE_RUNNING", "PROCESS_STATE", false},
    {"PROCESS_STATE_UNKNOWN", "PROCESS_STATE", false},
    {"PROCESS_COMMUNICATION", "EVENT", true},
    {"PROCESS_COMMUNICATION_STDOUT", "PROCESS_COMMUNICATION", false},
    {"PROCESS_COMMUNICATION_STDERR", "PROCESS_COMMUNICATION", false},
    {"PROCESS_LOG", "EVENT", true},
    {"PROCESS_LOG_STDOUT", "PROCESS_LOG", false},
    {"PROCESS_LOG_STDERR", "PROCESS_LOG", false},
    {"REMOTE_COMMUNICATION", "EVENT", false},
    {"SUPERVISOR_STATE_CHANGE", "EVENT", true},
    {"SUPERVISOR_STATE_CHANGE_RUNNING", "SUPERVISOR_STATE_CHANGE", false},
    {"SUPERVISOR_STATE_CHANGE_STOPPING", "SUPERVISOR_STATE_CHANGE", false},
    {"TICK", "EVENT", true},
    {"TICK_5", "TICK", false},
    {"TICK_60", "TICK", false},
    {"TICK_3600", "TICK", false},
    {"PROCESS_GROUP", "EVENT", true},
    {"PROCESS_GROUP_ADDED", "PROCESS_GROUP", false},
    {"PROCESS_GROUP_REMOVED", "PROCESS_GROUP", false},
});

constexpr std::array<std::int64_t, 3> kTickPeriods{5, 60, 3600};

// What a PROCESS_STATE payload shows after from_state.
enum class Extra { None, Tries, Pid, ExpectedAndPid };

constexpr Extra extra_of(std::string_view state) {
    if (state == "STARTING" || state == "BACKOFF") return Extra::Tries;
    if (state == "RUNNING" || state == "STOPPING" || state == "STOPPED") return Extra::Pid;
    if (state == "EXITED") return Extra::ExpectedAndPid;
    return Extra::None;
}

Event make(std::string type, std::string payload, WallTime at, std::string_view group = {},
           std::string_view process = {}) {
    Event event;
    event.type = std::move(type);
    event.payload = std::move(payload);
    event.at = at;
    event.group = group;
    event.process = process;
    return event;
}

std::string text_of(std::string_view data) {
    if (is_utf8(data)) return std::string(data);
    return "Undecodable: " + py_bytes_repr(data);
}

Event output_event(std::string_view family, const Output& output, std::string payload,
                   WallTime at) {
    return make(fmt::format("{}_{}", family, to_upper(channel_name(output.channel))),
                std::move(payload), at, output.group, output.process);
}

}  // namespace

std::span<const TypeRow> all_types() {
    return kTypes;
}

const TypeRow* find_type(std::string_view name) {
    const auto* row = std::ranges::find(kTypes, name, &TypeRow::name);
    return row == kTypes.end() ? nullptr : row;
}

bool is_a(std::string_view type, std::string_view ancestor) {
    for (const TypeRow* row = find_type(type); row != nullptr; row = find_type(row->parent))
        if (row->name == ancestor) return true;
    return false;
}

Event process_state(const StateChange& change, WallTime at) {
    std::string payload = fmt::format("processname:{} groupname:{} from_state:{}", change.process,
                                      change.group, change.from);
    switch (extra_of(change.to)) {
        case Extra::None:
            break;
        case Extra::Tries:
            payload += fmt::format(" tries:{}", change.tries);
            break;
        case Extra::Pid:
            payload += fmt::format(" pid:{}", change.pid);
            break;
        case Extra::ExpectedAndPid:
            payload += fmt::format(" expected:{} pid:{}", change.expected ? 1 : 0, change.pid);
            break;
    }
    return make(fmt::format("PROCESS_STATE_{}", change.to), std::move(payload), at, change.group,
                change.process);
}

std::string_view channel_name(Channel channel) {
    return channel == Channel::Stdout ? "stdout" : "stderr";
}

Event process_log(const Output& output, WallTime at) {
    return output_event(
        "PROCESS_LOG", output,
        fmt::format("processname:{} groupname:{} pid:{} channel:{}\n{}", output.process,
                    output.group, output.pid, channel_name(output.channel), text_of(output.data)),
        at);
}

Event process_communication(const Output& output, WallTime at) {
    return output_event("PROCESS_COMMUNICATION", output,
                        fmt::format("processname:{} groupname:{} pid:{}\n{}", output.process,
                                    output.group, output.pid, text_of(output.data)),
                        at);
}

Event remote_communication(std::string_view type, std::string_view data, WallTime at) {
    return make("REMOTE_COMMUNICATION", fmt::format("type:{}\n{}", type, data), at);
}

Event group_added(std::string_view group, WallTime at) {
    return make("PROCESS_GROUP_ADDED", fmt::format("groupname:{}\n", group), at, group);
}

Event group_removed(std::string_view group, WallTime at) {
    return make("PROCESS_GROUP_REMOVED", fmt::format("groupname:{}\n", group), at, group);
}

Event supervisor_running(WallTime at) {
    return make("SUPERVISOR_STATE_CHANGE_RUNNING", "", at);
}

Event supervisor_stopping(WallTime at) {
    return make("SUPERVISOR_STATE_CHANGE_STOPPING", "", at);
}

std::span<const std::int64_t> tick_periods() {
    return kTickPeriods;
}

Event tick(std::int64_t period, WallTime at) {
    const std::int64_t now = epoch_seconds(at);
    const std::int64_t when = period > 0 ? now - now % period : now;
    return make(fmt::format("TICK_{}", period), fmt::format("when:{}", when), at);
}

}  // namespace svd::event
