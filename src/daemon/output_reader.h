// Reads one output pipe of a child and hands the bytes to its channel.
//
// The pipe's end is not the child's end: descendants may keep it open, and a child may close it and
// live on. So the reader stops by itself at end of file, and is told by drain() when the run is
// over.
//
// A child that writes lines one by one would wake the loop for every few of them, and pay for
// waking it. When they come fast its pipe is looked at by the clock instead, several times before
// it could be full, until the rush is over; a great rush gets a larger pipe. Who answers somebody
// is heard at once.
//
// While its channel is congested nothing is read: the pipe fills, and the child waits.
#pragma once

#include <functional>

#include "base/fd.h"
#include "linux/loop.h"
#include "log/flight.h"
#include "log/output_channel.h"

namespace svd::daemon {

class OutputReader {
  public:
    // `channel` may be null: the bytes are read and dropped. Flight and channel must outlive this.
    // All readers of a daemon share one Flight: one read fills it, the channel empties it at once.
    static Result<std::unique_ptr<OutputReader>> open(os::Loop& loop, UniqueFd pipe,
                                                      log::OutputChannel* channel,
                                                      log::Flight& flight,
                                                      os::Priority priority = os::Priority::Output);

    // Reads what is there now, at most kDrainLimit bytes.
    void drain();
    // One small read, for an answer that may be there. Does not notice the end of the pipe. May be
    // called while another reader is reading.
    void read_answer();
    [[nodiscard]] bool at_end() const { return !pipe_; }
    [[nodiscard]] int fd() const { return pipe_.get(); }  // -1 at the end
    // From Priority::Answer to that of any other output, with the next turn.
    void lower_priority() { priority_ = os::Priority::Output; }
    // For a channel that holds something back between two chunks: called before the next read.
    void on_passed(std::function<void()> call) { on_passed_ = std::move(call); }
    // Called with every read, after the channel; must not destroy this reader.
    void on_chunk(std::function<void(std::string_view)> call) { on_chunk_ = std::move(call); }
    // Called once, from the loop, when the pipe ends.
    void on_end(std::function<void()> call) { on_end_ = std::move(call); }

  private:
    // More than a pipe holds; a descendant that writes for ever must not hold up the loop.
    static constexpr std::size_t kDrainLimit = 4UL * 1024 * 1024;

    OutputReader(os::Loop& loop, UniqueFd pipe, log::OutputChannel* channel, log::Flight& flight)
        : loop_(loop), pipe_(std::move(pipe)), channel_(channel), flight_(flight) {}
    std::size_t read_once(Now now);
    // Reads until the pipe is empty or `limit` bytes are read.
    std::size_t read_up_to(std::size_t limit, Now now);
    Status watch();
    void on_ready();
    void on_tick();
    bool wait_for_channel(Now now);
    Status make_tick();
    void begin_rush(Now now);
    void tick_after(std::chrono::microseconds window, std::size_t got, Now now);
    [[nodiscard]] std::chrono::microseconds in_window(Now now) const;
    void end_rush();
    void tell_end();
    void close();

    os::Loop& loop_;
    UniqueFd pipe_;
    log::OutputChannel* channel_;
    log::Flight& flight_;
    std::function<void(std::string_view)> on_chunk_;
    std::function<void()> on_passed_;
    std::function<void()> on_end_;
    os::Watch watch_;

    os::Priority priority_{};
    os::Priority watched_{};  // what the watch knows of it
    bool held_ = false;       // until the channel is no longer congested
    MonoTime window_{};       // since when this was read; or the last tick of a rush
    int window_reads_ = 0;
    std::size_t window_bytes_ = 0;
    int usual_capacity_ = 0;  // of the pipe, before a rush
    int capacity_ = 0;        // and in it
    os::Timer tick_;
};

}  // namespace svd::daemon
