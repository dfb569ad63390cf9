// Drives one sd_bus from the loop: reads, writes and deadlines, a few messages a turn.
//
// When the bus does not take what we send, nothing more is read from it until it does: calls that
// are not taken in cannot be answered, so the outgoing queue stays short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/error.h"
#include "linux/loop.h"

struct sd_bus;

namespace svd::dbus {

class BusPump {
  public:
    struct Hooks {
        // The connection is of no use any more. Must not destroy the pump.
        std::function<void(int error)> lost;
        // After each turn. Must not destroy the pump.
        std::function<void()> after_turn;
    };
    // The bus outlives the pump.
    [[nodiscard]] static Result<std::unique_ptr<BusPump>> create(os::Loop& loop, sd_bus* bus,
                                                                 Hooks hooks);
    // After something was sent outside of the bus's own callbacks: what could not be written at
    // once is, later.
    void wake() { more_.enable(); }
    // Messages that wait to be written.
    [[nodiscard]] std::size_t queued() const;
    // No more is to be sent now, but for answers.
    [[nodiscard]] bool is_full() const { return queued() >= kMostQueued; }

  private:
    BusPump(os::Loop& loop, sd_bus* bus, Hooks hooks);
    void turn(bool writable);
    [[nodiscard]] Status rearm();

    static constexpr std::size_t kMostQueued = 32;
    static constexpr int kMessagesPerTurn = 16;

    os::Loop& loop_;
    sd_bus* bus_;
    Hooks hooks_;
    bool lost_ = false;
    int fd_ = -1;
    os::Watch watch_;
    os::Timer timer_;
    os::Defer more_;
};

}  // namespace svd::dbus
