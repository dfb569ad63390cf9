#include "daemon/output_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace svd::daemon {
namespace {

constexpr auto kBound = std::chrono::seconds(30);
constexpr int kUsualPipe = 64 * 1024;

class OutputReaderTest : public testing::Test {
  protected:
    OutputReaderTest() { open(os::Priority::Output); }
    void open(os::Priority priority) {
        auto pipe = make_pipe().value();
        write_end_ = std::move(pipe.write);
        read_end_ = pipe.read.get();
        EXPECT_TRUE(set_nonblocking(write_end_.get()).has_value());
        reader_ =
            OutputReader::open(loop_, std::move(pipe.read), nullptr, *flight_, priority).value();
        reader_->on_chunk([this](std::string_view chunk) { seen_ += chunk; });
        reader_->on_end([this] { ++ends_; });
    }
    // Writes so many lines, one each turn of the loop; how many of the turns found theirs.
    int seen_at_once(int lines) {
        int count = 0;
        for (int i = 0; i < lines; ++i) {
            const std::string line = fmt::format("line {}\n", i);
            EXPECT_EQ(::write(write_end_.get(), line.data(), line.size()),
                      static_cast<ssize_t>(line.size()));
            EXPECT_TRUE(loop_.turn(Duration::zero()).has_value());
            if (seen_.ends_with(line)) ++count;
        }
        return count;
    }

    // As fast as the reader takes it, while the loop turns. False when that does not end.
    bool send(std::string_view text) {
        const MonoTime end = os::Loop::now().mono + kBound;
        while (!text.empty() && os::Loop::now().mono < end) {
            const auto n =
                ::write(write_end_.get(), text.data(), std::min<std::size_t>(text.size(), 4096));
            if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
            EXPECT_TRUE(loop_.turn(Duration::zero()).has_value());
        }
        return text.empty();
    }
    bool turn_until(const std::function<bool()>& condition) {
        const MonoTime end = os::Loop::now().mono + kBound;
        while (!condition() && os::Loop::now().mono < end)
            EXPECT_TRUE(loop_.turn(std::chrono::milliseconds(20)).has_value());
        return condition();
    }
    [[nodiscard]] int capacity() const { return ::fcntl(read_end_, F_GETPIPE_SZ); }

    os::Loop loop_ = os::Loop::create().value();
    std::unique_ptr<log::Flight> flight_ = log::Flight::create().value();
    UniqueFd write_end_;
    int read_end_ = -1;
    std::unique_ptr<OutputReader> reader_;
    std::string seen_;
    int ends_ = 0;
};

std::string numbered_lines(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i) text += fmt::format("line {:094}\n", i);
    return text;
}

TEST_F(OutputReaderTest, Rush_ArrivesWholeAndInOrder_AndIsOverWhenTheChildIsCalm) {
    const std::string text = numbered_lines(8'000'000);
    ASSERT_TRUE(send(text));
    ASSERT_TRUE(turn_until([&] { return seen_.size() >= text.size(); }));
    EXPECT_TRUE(seen_ == text);
    EXPECT_TRUE(turn_until([&] { return capacity() == kUsualPipe; }));
    const auto turns = loop_.wakeups();
    ASSERT_TRUE(loop_.turn(std::chrono::milliseconds(50)).has_value());
    EXPECT_LE(loop_.wakeups(), turns + 1);  // nothing ticks
    ASSERT_TRUE(send("calm\n"));
    EXPECT_TRUE(turn_until([&] { return seen_.ends_with("calm\n"); }));
    EXPECT_EQ(ends_, 0);
}

TEST_F(OutputReaderTest, EndOfThePipeInARush_IsToldOnce) {
    const std::string text = numbered_lines(4'000'000);
    ASSERT_TRUE(send(text));
    write_end_.reset();
    EXPECT_TRUE(turn_until([&] { return ends_ > 0; }));
    EXPECT_TRUE(seen_ == text);
    EXPECT_TRUE(reader_->at_end());
    ASSERT_TRUE(loop_.turn(std::chrono::milliseconds(20)).has_value());
    EXPECT_EQ(ends_, 1);
}

TEST_F(OutputReaderTest, LinesOneByOne_AreGatheredByTheClock) {
    EXPECT_EQ(seen_at_once(2), 2);
    EXPECT_LT(seen_at_once(2000), 1000);
    EXPECT_TRUE(turn_until([&] { return seen_.ends_with("line 1999\n"); }));
    EXPECT_EQ(capacity(), kUsualPipe);
}

TEST_F(OutputReaderTest, Answers_AreHeardAtOnce) {
    open(os::Priority::Answer);
    EXPECT_EQ(seen_at_once(1000), 1000);
    reader_->lower_priority();
    EXPECT_LT(seen_at_once(2000), 1000);
}

// What a user gets who has many pipes already.
TEST_F(OutputReaderTest, RushThroughASmallPipe_ArrivesWhole_AndLeavesItSmall) {
    ASSERT_EQ(::fcntl(read_end_, F_SETPIPE_SZ, 4096), 4096);
    const std::string text = numbered_lines(1'000'000);
    ASSERT_TRUE(send(text));
    EXPECT_TRUE(turn_until([&] { return seen_.size() >= text.size() && capacity() == 4096; }));
    EXPECT_TRUE(seen_ == text);
}

// There may be no room for one, and a successor has none at first.
TEST_F(OutputReaderTest, RushWithoutStaging_ArrivesWhole) {
    auto former = std::move(flight_);
    flight_ = log::Flight::take_up(duplicate(former->fd()).value(), {}).value();
    ASSERT_EQ(flight_->staging_fd(), -1);
    open(os::Priority::Output);
    const std::string text = numbered_lines(2'000'000);
    ASSERT_TRUE(send(text));
    EXPECT_TRUE(turn_until([&] { return seen_.size() >= text.size(); }));
    EXPECT_TRUE(seen_ == text);
}

TEST_F(OutputReaderTest, DrainInARush_TakesAllThatIsThere) {
    const std::string text = numbered_lines(2'000'000);
    ASSERT_TRUE(send(text));
    reader_->drain();
    EXPECT_TRUE(seen_ == text);
}

}  // namespace
}  // namespace svd::daemon
