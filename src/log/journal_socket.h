// Sending entries to systemd's journal in its native protocol, without ever waiting
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL). sd_journal_sendv(3) waits while journald is slow.
//
// The queue of the socket holds few messages, so a burst does not fit. What is refused waits here,
// in order, and follows with flush(), which somebody calls soon after on_waiting() has told so.
// Producers that can be held up are to look at is_congested(). A journal that is not there, or that
// has taken nothing for kPatience, gets nothing: entries are dropped, counted, and it is said once.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "log/notice.h"

namespace svd::log {

struct JournalField {
    std::string_view name;   // capital letters, digits and '_', as the journal wants it
    std::string_view value;  // any bytes
};

class JournalSocket {
  public:
    static constexpr auto kPatience = std::chrono::seconds(10);
    static constexpr std::size_t kCongested = 256UL * 1024;
    static constexpr std::size_t kMaxWaiting = 16UL * 1024 * 1024;

    // Opens at the first entry.
    explicit JournalSocket(std::string path = "/run/systemd/journal/socket");
    // Gives what still waits another moment.
    ~JournalSocket();
    JournalSocket(const JournalSocket&) = delete;
    JournalSocket& operator=(const JournalSocket&) = delete;

    void send(std::span<const JournalField> fields, Now now) noexcept;
    // Sends what waits, as far as it fits; true when nothing waits any more.
    bool flush(Now now) noexcept;
    // The same, waiting for room if need be.
    void drain(Duration at_most) noexcept;

    [[nodiscard]] bool is_congested() const { return waiting_bytes_ >= kCongested; }
    [[nodiscard]] std::uint64_t dropped_entries() const { return dropped_; }
    // Called when the first entry has to wait.
    void on_waiting(std::function<void()> call) { on_waiting_ = std::move(call); }
    void set_notice_handler(NoticeHandler notify) { notify_ = std::move(notify); }

  private:
    [[nodiscard]] int connect_now();
    // Answers an errno, 0 for success.
    [[nodiscard]] int transmit(const std::string& entry, Now now);
    [[nodiscard]] int transmit_as_file(const std::string& entry);
    void wait(std::string entry, Now now);
    void give_up(Now now);
    void lost(std::uint64_t entries, int error, Now now);
    void recovered(Now now);

    std::string path_;
    UniqueFd fd_;
    std::deque<std::string> waiting_;
    std::size_t waiting_bytes_ = 0;
    MonoTime taken_{};    // when the journal took an entry, or the first one began to wait
    bool hangs_ = false;  // has taken nothing for kPatience
    std::function<void()> on_waiting_;
    NoticeHandler notify_;
    std::uint64_t dropped_ = 0;
    bool in_trouble_ = false;
    MonoTime next_connect_{};
    MonoTime next_notice_{};
};

// One entry as it is sent: a value with a line feed comes with its length.
[[nodiscard]] std::string encode_journal_entry(std::span<const JournalField> fields);

// Whether this descriptor leads to the journal already (JOURNAL_STREAM of systemd.exec(5)).
[[nodiscard]] bool leads_to_journal(int fd);

}  // namespace svd::log
