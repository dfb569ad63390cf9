// Disks, directories and descriptors that fail: the writer goes on, drops are counted and said
// once.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "component/log/scratch.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

using namespace test;
using testing::HasSubstr;

struct Trouble : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    Notices notices;
};

TEST_F(Trouble, FullDevice_DropsCountsAndSaysOnce) {
    RotatingFile file("/dev/full", {}, at(0), notices.handler());
    for (int i = 0; i < 100; ++i) file.write("12345", at(i));
    EXPECT_EQ(file.dropped_bytes(), 500U);
    ASSERT_EQ(notices.all.size(), 1U);
    EXPECT_EQ(notices.all[0].kind, NoticeKind::Dropping);
    EXPECT_THAT(notices.all[0].text, HasSubstr("/dev/full"));
    EXPECT_THAT(notices.all[0].text, HasSubstr("No space left on device"));
    EXPECT_EQ(file.last_error().code, ENOSPC);
}

TEST_F(Trouble, FullDisk_RecoversWhenThereIsRoom) {
    const std::string disk = scratch / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("svd-test", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
        GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << errno_text(errno);
    {
        RotatingFile file(disk + "/app.log", {}, at(0), notices.handler());
        const std::string chunk(40000, 'x');
        for (int i = 0; i < 5; ++i) file.write(chunk, at(i));
        EXPECT_EQ(file.dropped_bytes() + read_file(disk + "/app.log").size(), 5 * chunk.size());
        EXPECT_GT(file.dropped_bytes(), 0U);
        EXPECT_EQ(notices.count(NoticeKind::Dropping), 1);

        ASSERT_EQ(::truncate((disk + "/app.log").c_str(), 0), 0);
        const auto dropped = file.dropped_bytes();
        file.write("again", at(20));
        EXPECT_EQ(read_file(disk + "/app.log"), "again");
        EXPECT_EQ(notices.count(NoticeKind::Recovered), 1);
        EXPECT_THAT(notices.all.back().text, HasSubstr(std::to_string(dropped) + " bytes"));
        EXPECT_EQ(file.last_error().code, 0);
    }
    EXPECT_EQ(::umount(disk.c_str()), 0);
}

TEST_F(Trouble, FlappingTarget_IsNotSaidMoreOftenThanTheInterval) {
    // A pipe that is full, drained and full again, ten times a second for a minute.
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    RotatingFile file(fmt::format("/dev/fd/{}", pipe->write.get()), {}, at(0), notices.handler());
    const std::string big(128 * 1024, 'x');
    for (int i = 0; i < 600; ++i) {
        const MonoTime now = MonoTime(std::chrono::milliseconds(i * 100));
        file.write(big, now);
        drain(pipe->read.get());
        file.write("small", now);
        drain(pipe->read.get());
    }
    EXPECT_GT(notices.all.size(), 1U);
    EXPECT_LE(notices.all.size(), 8U);
}

TEST_F(Trouble, MissingDirectory_IsTriedAgainAtMostOncePerSecond) {
    const std::string dir = scratch / "later";
    RotatingFile file(dir + "/app.log", {}, at(0), notices.handler());
    EXPECT_FALSE(file.is_open());
    EXPECT_EQ(file.last_error().code, ENOENT);
    std::filesystem::create_directory(dir);
    file.write("lost", at(0));
    EXPECT_FALSE(std::filesystem::exists(dir + "/app.log"));
    file.write("kept", at(1));
    EXPECT_EQ(read_file(dir + "/app.log"), "kept");
    EXPECT_EQ(file.dropped_bytes(), 4U);
    EXPECT_EQ(notices.count(NoticeKind::Dropping), 1);
    file.write("!", at(11));
    EXPECT_EQ(notices.count(NoticeKind::Recovered), 1);
}

TEST_F(Trouble, VanishedDirectory_GoesOnIntoTheOldFileAndComesBack) {
    const std::string dir = scratch / "logs";
    std::filesystem::create_directory(dir);
    RotatingFile file(dir + "/app.log", {.maxbytes = 4, .backups = 1}, at(0), notices.handler());
    std::filesystem::remove_all(dir);
    for (int i = 0; i < 10; ++i) file.write("1234", at(i));
    EXPECT_EQ(notices.count(NoticeKind::RotationFailed), 1);
    std::filesystem::create_directory(dir);
    file.write("1234", at(20));
    file.write("ab", at(20));
    EXPECT_EQ(read_file(dir + "/app.log"), "ab");
    EXPECT_EQ(file.dropped_bytes(), 0U);
}

TEST_F(Trouble, NoDescriptorsLeft_IsHandledAtOpenAndAtRotation) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    RotatingFile open_one(path, {.maxbytes = 4, .backups = 1}, at(0), notices.handler());
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    RotatingFile other(scratch / "other.log", {}, at(0));
    open_one.write("12345", at(0));
    other.write("lost", at(0));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);

    EXPECT_EQ(other.last_error().code, EMFILE);
    EXPECT_EQ(other.dropped_bytes(), 4U);
    other.write("kept", at(2));
    EXPECT_EQ(read_file(scratch / "other.log"), "kept");

    EXPECT_EQ(open_one.dropped_bytes(), 0U);
    EXPECT_EQ(notices.count(NoticeKind::RotationFailed), 1);
    open_one.write("6", at(2));
    open_one.write("7", at(2));
    EXPECT_EQ(read_file(path + ".1"), "123456");
    EXPECT_EQ(read_file(path), "7");
}

TEST_F(Trouble, FileSizeLimit_DropsTheRest) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    RotatingFile file(path, {}, at(0), notices.handler());
    const rlimit small{10, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    file.write("1234567890abc", at(0));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ::signal(SIGXFSZ, handler);
    EXPECT_EQ(file.dropped_bytes(), 3U);
    EXPECT_EQ(file.last_error().code, EFBIG);
    file.write("d", at(0));
    EXPECT_EQ(read_file(path), "1234567890d");
}

TEST_F(Trouble, FullPipe_NeverBlocksAndRecovers) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    RotatingFile file(fmt::format("/dev/fd/{}", pipe->write.get()), {}, at(0), notices.handler());
    const std::string chunk(50000, 'x');
    for (int i = 0; i < 10; ++i) file.write(chunk, at(0));
    const std::string got = drain(pipe->read.get());
    EXPECT_EQ(got.size() + file.dropped_bytes(), 10 * chunk.size());
    EXPECT_EQ(file.last_error().code, EAGAIN);
    file.write("more", at(1));
    EXPECT_EQ(drain(pipe->read.get()), "more");
}

TEST_F(Trouble, PipeWithoutReader_IsHandled) {
    const auto handler = ::signal(SIGPIPE, SIG_IGN);
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    RotatingFile file(fmt::format("/dev/fd/{}", pipe->write.get()), {}, at(0), notices.handler());
    pipe->read.reset();
    file.write("lost", at(0));
    EXPECT_EQ(file.dropped_bytes(), 4U);
    EXPECT_EQ(file.last_error().code, EPIPE);
    ::signal(SIGPIPE, handler);
}

TEST_F(Trouble, FifoWithoutReader_WaitsForOneWithoutBlocking) {
    const std::string fifo = scratch / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    RotatingFile file(fifo, {.maxbytes = 100}, at(0), notices.handler());
    EXPECT_EQ(file.last_error().code, ENXIO);
    file.write("lost", at(0));
    const UniqueFd reader =
        UniqueFd::adopt(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_TRUE(reader);
    file.write("heard", at(2));
    EXPECT_EQ(drain(reader.get()), "heard");
    EXPECT_EQ(notices.count(NoticeKind::RotationOff), 1);
}

TEST_F(Trouble, DirectoryAsLogFile_IsAnErrorAndNoCrash) {
    RotatingFile file(scratch.dir(), {}, at(0));
    EXPECT_EQ(file.last_error().code, EISDIR);
    file.write("lost", at(0));
    EXPECT_FALSE(file.clear(at(5)));
    EXPECT_EQ(file.dropped_bytes(), 4U);
}

}  // namespace
}  // namespace svd::log
