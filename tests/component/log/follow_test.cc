// Following real files through everything that happens to logs.
#include "log/follow.h"

#include <array>
#include <cerrno>

#include <sys/stat.h>

#include "component/log/scratch.h"

namespace svd::log {
namespace {

using test::write_file;

void append(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

class FollowTest : public testing::Test {
  protected:
    Follower follow(std::int64_t last_bytes = 1024) {
        auto follower = Follower::open(log, last_bytes);
        EXPECT_TRUE(follower) << follower.error().text;
        return *std::move(follower);
    }
    // Everything there is now; "<truncated>" stands for the step of that kind.
    std::string read_all(Follower& follower) {
        std::array<char, 64> buffer{};
        std::string all;
        for (;;) {
            const auto step = follower.read(buffer);
            if (step.kind == Follower::Step::Kind::Nothing) return all;
            if (step.kind == Follower::Step::Kind::Truncated) all += "<truncated>";
            all.append(buffer.data(), step.count);
        }
    }

    test::Scratch scratch;
    std::string log = scratch / "x.log";
};

TEST_F(FollowTest, BeginsWithTheLastBytesAndGoesOn) {
    write_file(log, "0123456789");
    auto follower = follow(4);
    EXPECT_EQ(read_all(follower), "6789");
    EXPECT_EQ(read_all(follower), "");
    append(log, "more");
    EXPECT_EQ(read_all(follower), "more");
}

TEST_F(FollowTest, SmallerFile_IsReadFromItsStart) {
    write_file(log, "abc");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "abc");
}

TEST_F(FollowTest, Buffer_BoundsAStepAndMoreSaysSo) {
    write_file(log, "abcdef");
    auto follower = follow();
    std::array<char, 4> buffer{};
    auto step = follower.read(buffer);
    EXPECT_EQ(step.count, 4U);
    EXPECT_TRUE(step.more);
    step = follower.read(buffer);
    EXPECT_EQ(step.count, 2U);
    EXPECT_FALSE(step.more);
}

TEST_F(FollowTest, Truncation_IsToldOnceAndReadingBeginsAgain) {
    write_file(log, "a long line\n");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "a long line\n");
    write_file(log, "new\n");  // truncates
    EXPECT_EQ(read_all(follower), "<truncated>new\n");
    write_file(log, "");
    EXPECT_EQ(read_all(follower), "<truncated>");
    EXPECT_EQ(read_all(follower), "");
}

TEST_F(FollowTest, TruncationThatWasOutgrown_IsFound) {
    write_file(log, "one\n");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "one\n");
    write_file(log, "two and more\n");
    EXPECT_EQ(read_all(follower), "<truncated>two and more\n");
    write_file(log, "as long as b\n");
    EXPECT_EQ(read_all(follower), "");
    append(log, "!");
    EXPECT_EQ(read_all(follower), "<truncated>as long as b\n!");
}

TEST_F(FollowTest, Rotation_ReadsTheOldFilesRestThenTheNewOne) {
    write_file(log, "one\n");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "one\n");
    append(log, "two\n");
    std::filesystem::rename(log, log + ".1");
    write_file(log, "three\n");
    EXPECT_EQ(read_all(follower), "two\nthree\n");
    append(log + ".1", "nobody follows this\n");
    append(log, "four\n");
    EXPECT_EQ(read_all(follower), "four\n");
}

TEST_F(FollowTest, RemovedFile_IsFollowedUntilThereIsANewOne) {
    write_file(log, "one\n");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "one\n");
    std::ofstream writer(log, std::ios::binary | std::ios::app);
    std::filesystem::remove(log);
    writer << "two\n" << std::flush;
    EXPECT_EQ(read_all(follower), "two\n");
    write_file(log, "three\n");
    EXPECT_EQ(read_all(follower), "three\n");
}

TEST_F(FollowTest, ReplacementThatIsNoFile_IsNotFollowed) {
    write_file(log, "one\n");
    auto follower = follow();
    EXPECT_EQ(read_all(follower), "one\n");
    std::filesystem::remove(log);
    ASSERT_EQ(::mkfifo(log.c_str(), 0600), 0);
    EXPECT_EQ(read_all(follower), "");
    std::filesystem::remove(log);
    write_file(log, "two\n");
    EXPECT_EQ(read_all(follower), "two\n");
}

TEST_F(FollowTest, WhatIsNoFile_CannotBeFollowed) {
    EXPECT_EQ(Follower::open(log, 1).error().code, ENOENT);
    EXPECT_EQ(Follower::open("/dev/null", 1).error().code, EINVAL);
    EXPECT_FALSE(Follower::open(scratch.dir(), 1));
}

}  // namespace
}  // namespace svd::log
