#include "event/types.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"

namespace svd::event {

namespace {

constexpr auto kTypes = std::to_array<TypeRow>({
    {"EVENT", "", true, "All events."},
    {"PROCESS_STATE", "EVENT", true,
     "A process is in another state. `from_state` is the one before."},
    {"PROCESS_STATE_STOPPED", "PROCESS_STATE", false,
     "It was STOPPING and has ended. pid is what it had."},
    {"PROCESS_STATE_EXITED", "PROCESS_STATE", false,
     "It was RUNNING and has ended without being asked. `expected` is 1 when its exit code is one "
     "of `exitcodes`, else 0."},
    {"PROCESS_STATE_STARTING", "PROCESS_STATE", false,
     "It is being started. `tries` counts the failed starts before this one."},
    {"PROCESS_STATE_STOPPING", "PROCESS_STATE", false, "It has been asked to end."},
    {"PROCESS_STATE_BACKOFF", "PROCESS_STATE", false,
     "A start failed. `tries` counts the failed starts, this one too."},
    {"PROCESS_STATE_FATAL", "PROCESS_STATE", false, "So many starts failed that it is given up."},
    {"PROCESS_STATE_RUNNING", "PROCESS_STATE", false,
     "It has been up for `startsecs`, and is ready where `ready` asks for it."},
    {"PROCESS_STATE_UNKNOWN", "PROCESS_STATE", false,
     "A signal could not be sent to it, so svd does not know what it does."},
    {"PROCESS_COMMUNICATION", "EVENT", true,
     "A process has written something between `<!--XSUPERVISOR:BEGIN-->` and "
     "`<!--XSUPERVISOR:END-->`, with `stdout_capture_maxbytes` or `stderr_capture_maxbytes` above "
     "0. The text follows the first line."},
    {"PROCESS_COMMUNICATION_STDOUT", "PROCESS_COMMUNICATION", false, "On its standard output."},
    {"PROCESS_COMMUNICATION_STDERR", "PROCESS_COMMUNICATION", false, "On its standard error."},
    {"PROCESS_LOG", "EVENT", true,
     "A process has written something, with `stdout_events_enabled` or `stderr_events_enabled`. "
     "The text follows the first line."},
    {"PROCESS_LOG_STDOUT", "PROCESS_LOG", false, "On its standard output."},
    {"PROCESS_LOG_STDERR", "PROCESS_LOG", false, "On its standard error."},
    {"REMOTE_COMMUNICATION", "EVENT", false,
     "A client has called `supervisor.sendRemoteCommEvent`. Its data follow the first line."},
    {"SUPERVISOR_STATE_CHANGE", "EVENT", true,
     "svd itself is in another state. There is no payload."},
    {"SUPERVISOR_STATE_CHANGE_RUNNING", "SUPERVISOR_STATE_CHANGE", false,
     "svd has started, and its programs are about to."},
    {"SUPERVISOR_STATE_CHANGE_STOPPING", "SUPERVISOR_STATE_CHANGE", false,
     "svd is about to stop its programs, to end or to start anew."},
    {"TICK", "EVENT", true,
     "Time has passed. `when` is the time in seconds since 1970, rounded down to the period."},
    {"TICK_5", "TICK", false, "Every 5 seconds."},
    {"TICK_60", "TICK", false, "Every 60 seconds."},
    {"TICK_3600", "TICK", false, "Every 3600 seconds."},
    {"PROCESS_GROUP", "EVENT", true, "The groups have changed."},
    {"PROCESS_GROUP_ADDED", "PROCESS_GROUP", false, "A group has come."},
    {"PROCESS_GROUP_REMOVED", "PROCESS_GROUP", false, "A group has gone."},
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
