#include "daemon/output_reader.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace svd::daemon {

namespace {
using std::chrono::microseconds;

// So many reads within a window are a rush; a tick that finds nothing is its end.
constexpr microseconds kWindow{4000};
constexpr int kRush = 5;
constexpr int kRushPipe = log::Flight::kStagingSize;
constexpr microseconds kShortestTick{50};
constexpr microseconds kLongestTick{4000};  // what a line may be late
// Between two looks at a congested channel.
constexpr microseconds kHold{5000};
}  // namespace

Result<std::unique_ptr<OutputReader>> OutputReader::open(os::Loop& loop, UniqueFd pipe,
                                                         log::OutputChannel* channel,
                                                         log::Flight& flight,
                                                         os::Priority priority) {
    SVD_CHECK(set_nonblocking(pipe.get()));
    std::unique_ptr<OutputReader> reader(new OutputReader(loop, std::move(pipe), channel, flight));
    reader->priority_ = priority;
    SVD_CHECK(reader->watch());
    return reader;
}

Status OutputReader::watch() {
    watch_.reset();  // a descriptor has one watch at a time
    SVD_TRY(watch_, os::Watch::add(loop_, pipe_.get(), EPOLLIN, priority_,
                                   [this](std::uint32_t) { on_ready(); }));
    watched_ = priority_;
    return {};
}

std::size_t OutputReader::read_once(Now now) {
    const auto chunk = flight_.read(pipe_.get(), channel_ ? channel_->bytes_read() : 0);
    if (chunk.at_end) close();
    if (chunk.bytes.empty()) return 0;
    if (channel_) channel_->feed(chunk.bytes, now);
    if (on_chunk_) on_chunk_(chunk.bytes);
    if (on_passed_) on_passed_();
    flight_.landed();
    return chunk.bytes.size();
}

std::size_t OutputReader::read_up_to(std::size_t limit, Now now) {
    std::size_t total = 0;
    while (pipe_ && total < limit) {
        const std::size_t got = read_once(now);
        if (got == 0) break;
        total += got;
    }
    return total;
}

void OutputReader::drain() {
    read_up_to(kDrainLimit, os::Loop::now());
}

void OutputReader::read_answer() {
    if (!pipe_ || priority_ != os::Priority::Answer) return;
    // This may happen while another reader's bytes are in flight.
    const log::Flight::Aside aside(flight_);
    char answer[512];
    const ssize_t got = ::read(pipe_.get(), answer, sizeof answer);
    if (got <= 0) return;  // the loop will notice an end
    const std::string_view chunk(answer, static_cast<std::size_t>(got));
    if (channel_) channel_->feed(chunk, os::Loop::now());
    if (on_chunk_) on_chunk_(chunk);
}

// The call may destroy this reader.
void OutputReader::tell_end() {
    if (const auto call = std::move(on_end_)) call();
}

void OutputReader::on_ready() {
    const Now now = os::Loop::now();
    if (wait_for_channel(now)) return;
    const std::size_t got = read_once(now);
    if (at_end()) return tell_end();
    if (watched_ != priority_ && !watch()) return close();
    if (priority_ == os::Priority::Answer) return;  // somebody waits for every one
    if (now.mono - window_ >= kWindow) {
        window_ = now.mono;
        window_bytes_ = 0;
        window_reads_ = 0;
    }
    window_bytes_ += got;
    if (++window_reads_ >= kRush) begin_rush(now);
}

Status OutputReader::make_tick() {
    if (tick_) return {};
    SVD_TRY(tick_, os::Timer::create(loop_, [this] { on_tick(); }, os::Priority::Output));
    return {};
}

bool OutputReader::wait_for_channel(Now now) {
    if (!channel_ || !channel_->is_congested() || !make_tick()) return false;
    held_ = true;
    watch_.pause();
    tick_.set(now.mono + kHold);
    return true;
}

void OutputReader::begin_rush(Now now) {
    const int size = ::fcntl(pipe_.get(), F_GETPIPE_SZ);
    if (size <= 0 || !make_tick()) return;  // slower, that is all
    capacity_ = usual_capacity_ = size;
    watch_.pause();
    tick_after(in_window(now), window_bytes_, now);
}

void OutputReader::end_rush() {
    window_reads_ = 0;
    window_bytes_ = 0;
    // Refused while it holds more: no harm.
    if (std::exchange(capacity_, usual_capacity_) != usual_capacity_)
        ::fcntl(pipe_.get(), F_SETPIPE_SZ, usual_capacity_);
    watch_.resume();
}

// So long as half a pipe takes at the rate of what was read in the window.
void OutputReader::tick_after(microseconds window, std::size_t got, Now now) {
    const auto bytes = std::max(static_cast<std::int64_t>(got), std::int64_t{1});
    const microseconds half(window.count() * (capacity_ / 2) / bytes);
    window_ = now.mono;
    tick_.set(now.mono + std::clamp(half, kShortestTick, kLongestTick));
}

microseconds OutputReader::in_window(Now now) const {
    const auto passed = std::chrono::duration_cast<microseconds>(now.mono - window_);
    return std::max(passed, microseconds(1));
}

void OutputReader::on_tick() {
    const Now now = os::Loop::now();
    if (wait_for_channel(now)) return;
    if (std::exchange(held_, false)) return end_rush();
    // No more than is there now: what comes meanwhile are a few lines, for which every read would
    // keep their writer waiting.
    const std::size_t there = flight_.stage(pipe_.get());
    std::size_t got = read_once(now);
    while (got < there) {
        const std::size_t more = read_once(now);
        if (more == 0) break;
        got += more;
    }
    if (at_end()) return tell_end();
    if (got == 0) return end_rush();
    const auto window = in_window(now);
    if (got >= static_cast<std::size_t>(capacity_ / 2) && capacity_ < kRushPipe)
        capacity_ = std::max(capacity_, ::fcntl(pipe_.get(), F_SETPIPE_SZ, kRushPipe));
    tick_after(window, got, now);
}

void OutputReader::close() {
    watch_.reset();
    tick_.clear();
    pipe_.reset();
}

}  // namespace svd::daemon
