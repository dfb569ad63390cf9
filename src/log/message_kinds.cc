#include "log/message_kinds.h"

#include <array>

namespace svd::log {
namespace {

constexpr auto kKinds = std::to_array<MessageKind>({
    {"spawned: ", "f9cfe8b8dbca43abadbc46f25094f152", "a process has been started"},
    {"success: ", "b5cb888b72aa4ff29e8858fa3f114814", "it is RUNNING"},
    {"spawnerr: ", "3cb4ab46c9ad4422b753be1a29b43d7f", "it could not be started"},
    {"exited: ", "6db213b398c9460fb7f5a25053ea1725", "it ended by itself"},
    {"stopped: ", "ad68e654f3b94a908bb24b9d92ebaed5", "it ended because it was stopped"},
    {"killing '", "a282cfa458e44ef199e193783dca1227", "it does not end in its time"},
    {"gave up: ", "9ce1e2a06e1c4baea38e9c4a090aa5fb", "it is FATAL"},
    {"paused: ", "a325a26630b84a57a3f0437d84294eab", "it stands still"},
    {"resumed: ", "b085a95786624b0ca08990385bb6ee9e", "it goes on"},
    {"restarting '", "dc4286fffb2d4905a78098a4cce780c3", "svd restarts it (memory_restart)"},
    {"supervisord started", "4706816f3712450abe30d54ab2633771", "svd has started"},
    {"received SIG", "b5c97ab45db24b28a88a68ef9e718c48", "svd was sent a signal"},
    {"svd ", "3fb4cd818beb4115a129906062e00127", "svd has taken over from another"},
    {"waiting for ", "c2d07c0305584207a79448c0853a4fdb", "svd waits for its programs to end"},
});

}  // namespace

std::span<const MessageKind> message_kinds() {
    return kKinds;
}

std::string_view message_id_of(std::string_view line) {
    for (const auto& kind : kKinds)
        if (line.starts_with(kind.begin)) return kind.message_id;
    return {};
}

}  // namespace svd::log
