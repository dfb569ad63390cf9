#include "base/fd.h"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace svd {
namespace {

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

Pipe open_pipe() {
    auto pipe = make_pipe();
    EXPECT_TRUE(pipe.has_value());
    return std::move(pipe).value();
}

TEST(UniqueFdTest, Default_OwnsNothing) {
    const UniqueFd fd;
    EXPECT_FALSE(fd);
    EXPECT_EQ(fd.get(), -1);
}

TEST(UniqueFdTest, EndOfScope_ClosesTheDescriptor) {
    int number = -1;
    {
        const Pipe pipe = open_pipe();
        number = pipe.read.get();
        ASSERT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(UniqueFdTest, Move_LeavesTheSourceEmpty) {
    Pipe pipe = open_pipe();
    const int number = pipe.read.get();
    const UniqueFd other = std::move(pipe.read);
    EXPECT_EQ(other.get(), number);
    EXPECT_FALSE(pipe.read);  // NOLINT(bugprone-use-after-move): this is what is tested
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFdTest, MoveAssignment_ClosesWhatWasOwnedBefore) {
    Pipe pipe = open_pipe();
    const int read_end = pipe.read.get();
    const int write_end = pipe.write.get();
    pipe.read = std::move(pipe.write);
    EXPECT_FALSE(is_open(read_end));
    EXPECT_EQ(pipe.read.get(), write_end);
    EXPECT_TRUE(is_open(write_end));
}

TEST(UniqueFdTest, MoveAssignment_ToItself_KeepsTheDescriptor) {
    Pipe pipe = open_pipe();
    const int number = pipe.read.get();
    UniqueFd& same = pipe.read;
    pipe.read = std::move(same);
    EXPECT_EQ(pipe.read.get(), number);
    EXPECT_TRUE(is_open(number));
}

TEST(UniqueFdTest, Release_GivesTheDescriptorAway) {
    Pipe pipe = open_pipe();
    const int number = pipe.read.release();
    EXPECT_FALSE(pipe.read);
    EXPECT_TRUE(is_open(number));
    const UniqueFd owner = UniqueFd::adopt(number);
    EXPECT_EQ(owner.get(), number);
}

TEST(UniqueFdTest, Reset_Twice_ClosesOnce) {
    Pipe pipe = open_pipe();
    const int number = pipe.read.get();
    pipe.read.reset();
    EXPECT_FALSE(is_open(number));
    const int reused = ::fcntl(pipe.write.get(), F_DUPFD_CLOEXEC, number);
    ASSERT_EQ(reused, number);
    const UniqueFd owner = UniqueFd::adopt(reused);
    pipe.read.reset();
    EXPECT_TRUE(is_open(number));
}

TEST(PipeTest, MakePipe_BothEndsAreCloseOnExecAndBlocking) {
    const Pipe pipe = open_pipe();
    for (const int fd : {pipe.read.get(), pipe.write.get()}) {
        EXPECT_EQ(::fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        EXPECT_EQ(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    }
}

TEST(PipeTest, MakePipe_CarriesBytes) {
    const Pipe pipe = open_pipe();
    ASSERT_EQ(::write(pipe.write.get(), "hi", 2), 2);
    char buffer[8];
    EXPECT_EQ(::read(pipe.read.get(), buffer, sizeof buffer), 2);
}

TEST(PipeTest, SetNonblocking_OneEnd_LeavesTheOtherBlocking) {
    const Pipe pipe = open_pipe();
    ASSERT_TRUE(set_nonblocking(pipe.read.get()).has_value());
    char byte = 0;
    EXPECT_EQ(::read(pipe.read.get(), &byte, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(::fcntl(pipe.write.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(PipeTest, SetNonblocking_ClosedDescriptor_SaysWhich) {
    const Status status = set_nonblocking(-1);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, EBADF);
    EXPECT_EQ(status.error().text, "set O_NONBLOCK on descriptor -1: Bad file descriptor");
}

}  // namespace
}  // namespace svd
