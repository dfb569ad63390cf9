#include "log/flight.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/log/scratch.h"
#include "log/output_channel.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

using test::read_file;

// A daemon that stops anywhere between the pipe and the file, and its successor.
class FlightTest : public testing::Test {
  protected:
    void send(std::string_view text) {
        ASSERT_EQ(::write(pipe_.write.get(), text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
    }
    std::shared_ptr<RotatingFile> open(Flight& flight, FileOptions options = {}) {
        auto file = std::make_shared<RotatingFile>(path_, options, MonoTime{});
        file->set_flight(&flight);
        return file;
    }
    // What a successor reads from what is left, and writes.
    void go_on(int flight_fd, std::uint64_t passed = 0, FileOptions options = {}) {
        auto flight = successor(flight_fd);
        auto file = open(*flight, options);
        write(*file, flight->replay(passed));
        flight->landed();
        EXPECT_EQ(flight->pipes().in_flight, -1);
    }
    static std::unique_ptr<Flight> successor(int flight_fd, int staging_fd = -1) {
        auto staging = staging_fd < 0 ? UniqueFd() : duplicate(staging_fd).value();
        return Flight::take_up(duplicate(flight_fd).value(), std::move(staging)).value();
    }
    void write(RotatingFile& file, std::string_view bytes) const {
        for (std::size_t i = 0; i < bytes.size(); i += piece_)
            file.write(bytes.substr(i, piece_), MonoTime{});
    }
    // What a daemon with the next number does with all that an earlier one left; by `steps` chunks.
    void take_over(const Flight& earlier, std::size_t steps = 100) {
        auto flight = successor(earlier.fd(), earlier.staging_fd());
        auto file = open(*flight);
        auto bytes = flight->replay(0);
        for (; steps > 0; --steps) {
            write(*file, bytes);
            flight->landed();
            bytes = flight->read_staged(0);
            if (bytes.empty()) return flight->begin_anew();
        }
        write(*file, bytes.substr(0, bytes.size() / 2));
    }
    [[nodiscard]] Flight::Chunk read() { return flight_->read(pipe_.read.get(), 0); }

    test::Scratch scratch_;
    std::string path_ = scratch_ / "log";
    Pipe pipe_ = make_pipe().value();
    std::unique_ptr<Flight> flight_ = Flight::create().value();
    std::size_t piece_ = 1000;  // bytes of one write
};

TEST_F(FlightTest, Read_GivesWhatIsThere_AndTellsTheEnd) {
    EXPECT_TRUE(flight_->read(pipe_.read.get(), 0).bytes.empty());
    EXPECT_FALSE(flight_->read(pipe_.read.get(), 0).at_end);
    send("some");
    EXPECT_EQ(flight_->read(pipe_.read.get(), 0).bytes, "some");
    flight_->landed();
    send("last");
    pipe_.write.reset();
    const auto last = flight_->read(pipe_.read.get(), 4);
    EXPECT_EQ(last.bytes, "last");
    flight_->landed();
    EXPECT_TRUE(flight_->read(pipe_.read.get(), 8).at_end);
}

TEST_F(FlightTest, NothingInFlight_NothingIsReplayed) {
    send("some");
    open(*flight_)->write(flight_->read(pipe_.read.get(), 0).bytes, MonoTime{});
    flight_->landed();
    go_on(flight_->fd());
    EXPECT_EQ(read_file(path_), "some");
}

TEST_F(FlightTest, ReadAndNotWritten_IsWrittenByTheSuccessor) {
    send("some words");
    EXPECT_EQ(flight_->read(pipe_.read.get(), 0).bytes, "some words");
    EXPECT_EQ(flight_->pipes().in_flight, pipe_.read.get());
    go_on(flight_->fd());
    EXPECT_EQ(read_file(path_), "some words");
}

TEST_F(FlightTest, WrittenInPart_GoesOnAtThatByte) {
    const std::string text = "0123456789";
    // After each number of pieces, and with each part of the next one written.
    for (std::size_t whole = 0; whole < 4; ++whole)
        for (std::size_t part = 0; part <= 3; ++part) {
            ::unlink(path_.c_str());
            piece_ = 3;
            auto flight = Flight::create().value();
            send(text);
            const auto bytes = flight->read(pipe_.read.get(), 0).bytes;
            auto file = open(*flight);
            for (std::size_t i = 0; i < whole; ++i)
                file->write(bytes.substr(i * piece_, piece_), MonoTime{});
            // The next one: noted, and then killed somewhere in write(2).
            const auto next = bytes.substr(std::min(whole * piece_, bytes.size()), piece_);
            struct stat st{};
            ASSERT_EQ(::stat(path_.c_str(), &st), 0);
            if (!next.empty()) {
                EXPECT_EQ(flight->begin_write({st.st_dev, st.st_ino, st.st_size}, next.size()), 0U);
                test::write_file(path_, read_file(path_) + std::string(next.substr(0, part)));
            }
            go_on(flight->fd());
            EXPECT_EQ(read_file(path_), text) << whole << " pieces and " << part << " bytes";
        }
}

TEST_F(FlightTest, RotatedMeanwhile_IsNotWrittenAgain) {
    const FileOptions options{.maxbytes = 4, .backups = 2};
    send("some words");
    const auto bytes = flight_->read(pipe_.read.get(), 0).bytes;
    open(*flight_, options)->write(bytes, MonoTime{});  // and moved to .1
    go_on(flight_->fd(), 0, options);
    EXPECT_EQ(read_file(path_), "");
    EXPECT_EQ(read_file(path_ + ".1"), "some words");
}

TEST_F(FlightTest, ChannelThatKnowsOfTheBytes_DoesNotGetThemAgain) {
    send("some words");
    EXPECT_EQ(flight_->read(pipe_.read.get(), 20).bytes, "some words");
    go_on(flight_->fd(), 30);
    EXPECT_EQ(read_file(path_), "");
}

TEST_F(FlightTest, WritesOfOthers_DoNotCount) {
    send("some words");
    const auto bytes = flight_->read(pipe_.read.get(), 0).bytes;
    auto other = std::make_shared<RotatingFile>(path_ + ".other", FileOptions{}, MonoTime{});
    other->set_flight(flight_.get());
    {
        const Flight::Aside aside(*flight_);
        other->write("answer", MonoTime{});
    }
    open(*flight_)->write(bytes, MonoTime{});
    go_on(flight_->fd());
    EXPECT_EQ(read_file(path_), "some words");
    EXPECT_EQ(read_file(path_ + ".other"), "answer");
}

TEST_F(FlightTest, Serials_AreKept) {
    flight_->note({17, 5});
    const auto serials = successor(flight_->fd())->serials();
    EXPECT_EQ(serials.events, 17U);
    EXPECT_EQ(serials.listener_events, 5U);
}

TEST_F(FlightTest, AnotherFile_IsRefused) {
    auto file = UniqueFd::adopt(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_FALSE(Flight::take_up(std::move(file), {}));
}

TEST_F(FlightTest, Staged_IsReadBeforeWhatComesLater) {
    EXPECT_EQ(flight_->stage(pipe_.read.get()), 0U);
    send("first");
    EXPECT_EQ(flight_->stage(pipe_.read.get()), 5U);
    send("later");
    EXPECT_EQ(read().bytes, "first");
    flight_->landed();
    EXPECT_EQ(read().bytes, "later");
    flight_->landed();
    pipe_.write.reset();
    EXPECT_EQ(flight_->stage(pipe_.read.get()), 0U);
    EXPECT_TRUE(read().at_end);
}

TEST_F(FlightTest, StagedOfOnePipe_IsNotOfAnother) {
    const Pipe other = make_pipe().value();
    ASSERT_EQ(::write(other.write.get(), "other", 5), 5);
    send("first");
    EXPECT_EQ(flight_->stage(pipe_.read.get()), 5U);
    EXPECT_EQ(flight_->stage(other.read.get()), 0U);
    EXPECT_EQ(flight_->read(other.read.get(), 0).bytes, "other");
    flight_->landed();
    EXPECT_EQ(read().bytes, "first");
    flight_->landed();
}

TEST_F(FlightTest, StagedAndNotRead_IsWrittenByTheSuccessor) {
    send("first ");
    ASSERT_EQ(flight_->stage(pipe_.read.get()), 6U);
    EXPECT_EQ(flight_->pipes().in_flight, -1);
    EXPECT_EQ(flight_->pipes().staged, pipe_.read.get());
    take_over(*flight_);
    EXPECT_EQ(read_file(path_), "first ");
}

TEST_F(FlightTest, CrashWithinWhatIsStaged_AndCrashOfTheSuccessor_LoseNothing) {
    ASSERT_GT(::fcntl(pipe_.write.get(), F_SETPIPE_SZ, Flight::kStagingSize), 0);
    std::string text;
    for (int i = 0; text.size() < std::size_t{Flight::kStagingSize} - 100; ++i)
        text += fmt::format("line {}\n", i);
    for (std::size_t steps = 0; steps < 3; ++steps) {
        ::unlink(path_.c_str());
        flight_ = Flight::create().value();
        send(text);
        ASSERT_EQ(flight_->stage(pipe_.read.get()), text.size());
        const auto first = read().bytes;
        EXPECT_EQ(first.size(), Flight::kBufferSize);
        write(*open(*flight_), first.substr(0, 3 * piece_));
        EXPECT_EQ(flight_->pipes().in_flight, pipe_.read.get());
        take_over(*flight_, steps);
        take_over(*flight_);
        EXPECT_TRUE(read_file(path_) == text) << steps << " chunks of the successor's";
    }
}

TEST_F(FlightTest, WhatNobodyTakesUp_IsDropped_AndStagingGoesOn) {
    send("some words");
    ASSERT_EQ(flight_->stage(pipe_.read.get()), 10U);
    auto flight = successor(flight_->fd(), flight_->staging_fd());
    EXPECT_EQ(flight->pipes().staged, pipe_.read.get());
    flight->begin_anew();
    EXPECT_EQ(flight->pipes().staged, -1);
    send("more");
    EXPECT_EQ(flight->stage(pipe_.read.get()), 4U);
    EXPECT_EQ(flight->read(pipe_.read.get(), 0).bytes, "more");
}

}  // namespace
}  // namespace svd::log
