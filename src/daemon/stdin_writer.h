// A child's standard input: text from sendProcessStdin is queued and written as the child reads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "linux/loop.h"

namespace svd::daemon {

class StdinWriter {
  public:
    // Text that a child does not read is held up to this size; a longer one (an event with much
    // output in it) is taken when nothing else is waiting.
    static constexpr std::size_t kMaxQueued = 1024UL * 1024;

    static Result<std::unique_ptr<StdinWriter>> open(os::Loop& loop, UniqueFd pipe);

    // An Error with EPIPE when the child has closed its end, with ENOBUFS when the queue is full.
    Status write(std::string_view text);
    [[nodiscard]] int fd() const { return pipe_.get(); }
    // What the child has not taken yet.
    [[nodiscard]] std::string_view queued() const {
        if (!queue_) return {};
        return queue_->text;
    }
    // Called from the loop whenever the child has read all that was queued.
    void on_drained(std::function<void()> call) { queue().on_drained = std::move(call); }

  private:
    StdinWriter(os::Loop& loop, UniqueFd pipe) : loop_(loop), pipe_(std::move(pipe)) {}
    Result<std::string_view> write_some(std::string_view text);
    void on_ready();

    struct Queue {
        std::string text;
        os::Watch watch;  // while there is text
        std::function<void()> on_drained;
    };
    Queue& queue() {
        if (!queue_) queue_ = std::make_unique<Queue>();
        return *queue_;
    }

    os::Loop& loop_;
    UniqueFd pipe_;
    std::unique_ptr<Queue> queue_;  // null: nothing was ever queued, as for most programs
};

}  // namespace svd::daemon
