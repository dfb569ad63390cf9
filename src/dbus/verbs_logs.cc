// Methods that read and look after logs.
#include <algorithm>
#include <optional>

#include "dbus/verbs.h"

namespace svd::dbus::verbs {

using control::Channel;
using control::FaultCode;
using control::MemberResults;
using control::Outcome;

namespace {

// A message holds no more than a client wants to read at once.
constexpr std::int64_t kMostBytes = 1 << 20;

std::optional<Channel> channel_named(std::string_view name) {
    if (name == "stdout") return Channel::Stdout;
    if (name == "stderr") return Channel::Stderr;
    return std::nullopt;
}

void refuse_channel(const CallPtr& call, std::string_view name) {
    call->fail({FaultCode::BadArguments,
                "no channel '" + std::string(name) + "', there are stdout and stderr"});
}

struct Part {
    std::int64_t offset;
    std::int64_t length;
};
// Cut to what fits; a length of 0 stands for the rest, as in XML-RPC.
Part read_part(Reader& arguments) {
    Part part{arguments.i64(), 0};
    part.length = arguments.i64();
    if (part.offset < 0) return {std::max(part.offset, -kMostBytes), part.length};
    if (part.length == 0) part.length = kMostBytes;
    return {part.offset, std::min(part.length, kMostBytes)};
}

void answer_text(const CallPtr& call, const Outcome<std::string>& text) {
    if (!text) return call->fail(text.error());
    call->reply([&](Writer& out) { out.text(*text); });
}

}  // namespace

void read_log(const CallPtr& call) {
    const auto [offset, length] = read_part(call->arguments());
    answer_text(call, call->supervisor().read_log(offset, length));
}
void clear_log(const CallPtr& call) {
    answer(call, call->supervisor().clear_log());
}
void rotate_log(const CallPtr& call) {
    answer(call, call->supervisor().rotate_log());
}

void read_process_log(const CallPtr& call) {
    const std::string name = call->arguments().text();
    const auto channel = channel_named(name);
    if (!channel) return refuse_channel(call, name);
    const auto [offset, length] = read_part(call->arguments());
    answer_text(call, call->supervisor().read_process_log(call->name(), *channel, offset, length));
}

void tail_process_log(const CallPtr& call) {
    const std::string name = call->arguments().text();
    const auto channel = channel_named(name);
    if (!channel) return refuse_channel(call, name);
    const std::int64_t offset = call->arguments().i64();
    const std::int64_t length = std::min(call->arguments().i64(), kMostBytes);
    const auto chunk = call->supervisor().tail_process_log(call->name(), *channel, offset, length);
    if (!chunk) return call->fail(chunk.error());
    call->reply([&](Writer& out) {
        out.text(chunk->data);
        out.i64(chunk->offset);
        out.flag(chunk->overflow);
    });
}

void clear_process_logs(const CallPtr& call) {
    answer(call, call->supervisor().clear_process_logs(call->name()));
}
void rotate_process_logs(const CallPtr& call) {
    answer(call, call->supervisor().rotate_process_logs(call->name()));
}
void reopen_process_logs(const CallPtr& call) {
    answer(call, call->supervisor().reopen_process_logs(call->name()));
}
void clear_all_process_logs(const CallPtr& call) {
    answer(call, Outcome<MemberResults>(call->supervisor().clear_all_process_logs()));
}
void rotate_all_process_logs(const CallPtr& call) {
    answer(call, Outcome<MemberResults>(call->supervisor().rotate_all_process_logs()));
}
void reopen_all_process_logs(const CallPtr& call) {
    answer(call, Outcome<MemberResults>(call->supervisor().reopen_all_process_logs()));
}

}  // namespace svd::dbus::verbs
