// A listener may write anything in any pieces: what it means must not depend on the cuts, and the
// pool must keep its bounds, never lose an event without counting it and never send to a process
// that is not READY.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/listener_pool.h"
#include "event/listener_protocol.h"

namespace {

using svd::event::ListenerPool;
using svd::event::ListenerProtocol;
using svd::event::ListenerState;

constexpr std::size_t kBufferSize = 3;
constexpr std::size_t kProcesses = 2;

void require(bool promise) {
    if (!promise) std::abort();
}

struct Host final : svd::event::ListenerHost {
    bool is_running(std::size_t process) const override { return running[process]; }
    Written write(std::size_t process, std::string_view) override {
        require(running[process]);
        if (how == Written::Yes) ++sent;
        return how;
    }
    void log(svd::event::ListenerSeverity, std::string_view text) override {
        if (text.starts_with("rebuffering")) ++returned;
    }
    bool wants_log(svd::event::ListenerSeverity) const override { return true; }
    void overflowed() override { ++overflows; }
    void holding() override { require(!std::exchange(held, true)); }
    bool running[kProcesses] = {true, true};
    Written how = Written::Yes;
    std::size_t sent = 0;
    std::size_t returned = 0;
    std::size_t overflows = 0;
    bool held = false;
};

// One piece is what a listener says between two events.
void check_protocol(const std::vector<std::string_view>& pieces) {
    ListenerProtocol whole;
    ListenerProtocol cut;
    for (const auto piece : pieces) {
        const auto expected = whole.feed(piece);
        std::vector<ListenerProtocol::Outcome> outcomes;
        for (const char byte : piece)
            for (auto& outcome : cut.feed({&byte, 1})) outcomes.push_back(std::move(outcome));
        require(outcomes == expected && expected.size() <= 3);
        require(whole.state() == cut.state());
        whole.sent();
        cut.sent();
    }
}

// The first byte of a piece says whose it is and what happens besides.
void check_pool(const std::vector<std::string_view>& pieces) {
    Host host;
    ListenerPool pool({"pool", "svd", {"EVENT"}, kBufferSize, {"one", "two"}}, host);
    std::size_t accepted = 0;
    for (const auto piece : pieces) {
        if (piece.empty()) continue;
        const auto what = static_cast<unsigned char>(piece[0]);
        const std::size_t process = what % kProcesses;
        host.how = static_cast<svd::event::ListenerHost::Written>(what / 2 % 4 % 3);
        switch (what / 8 % 8) {
            case 0: {
                auto event = std::make_shared<svd::event::Event>();
                event->serial = accepted++;
                event->type = "REMOTE_COMMUNICATION";
                event->payload = piece;
                pool.accept(std::move(event));
                break;
            }
            case 1:
                host.running[process] = false;
                pool.ended(process);
                break;
            case 2:
                pool.starting(process);
                break;
            case 3:
                pool.starting(process);
                host.running[process] = true;
                pool.running(process);
                break;
            case 6:
                host.held = false;
                pool.resume();
                break;
            case 7:
                pool.writable(process);
                break;
            default:
                pool.output(process, piece.substr(1));
        }
        require(pool.queued() <= kBufferSize);
        std::size_t busy = 0;
        for (std::size_t i = 0; i < kProcesses; ++i)
            busy += host.running[i] && pool.state(i) == ListenerState::Busy ? 1 : 0;
        // Every event is in the queue, with a listener, done, or counted as dropped.
        require(pool.queued() + busy + pool.totals().dropped <= accepted);
        require(pool.totals().dropped == host.overflows && pool.totals().accepted == accepted);
        require(accepted + host.returned >= host.sent);
    }
}

}  // namespace

// Pieces end with a zero byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\0', at), text.size());
        pieces.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    check_protocol(pieces);
    check_pool(pieces);
    return 0;
}
