// Targets that are no plain files of ours, and links that somebody planted.
#include <cstdlib>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "component/log/scratch.h"
#include "log/file_registry.h"
#include "log/inherited_fd.h"
#include "log/safe_open.h"

namespace svd::log {
namespace {

using namespace test;

struct Targets : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    Notices notices;
};

TEST_F(Targets, NamesOfInheritedDescriptors) {
    EXPECT_EQ(inherited_fd_number("/dev/stdout"), 1);
    EXPECT_EQ(inherited_fd_number("/dev/stderr"), 2);
    EXPECT_EQ(inherited_fd_number("/dev/fd/17"), 17);
    EXPECT_EQ(inherited_fd_number("/proc/self/fd/3"), 3);
    EXPECT_EQ(inherited_fd_number(fmt::format("/proc/{}/fd/3", ::getpid())), 3);
    for (const char* other : {"/dev/null", "/dev/fd/", "/dev/fd/-1", "/dev/fd/1x", "/dev/fd/1/2",
                              "/dev/fd/99999999999", "dev/fd/1", ""})
        EXPECT_EQ(inherited_fd_number(other), std::nullopt) << other;
}

TEST_F(Targets, Pipe_IsWrittenWithRotationOffAndSaidOnce) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    RotatingFile file(fmt::format("/dev/fd/{}", pipe->write.get()), {.maxbytes = 2, .backups = 3},
                      at(0), notices.handler());
    for (int i = 0; i < 10; ++i) file.write("text", at(i));
    EXPECT_EQ(drain(pipe->read.get()).size(), 40U);
    EXPECT_EQ(file.dropped_bytes(), 0U);
    ASSERT_EQ(notices.all.size(), 1U);
    EXPECT_EQ(notices.all[0].kind, NoticeKind::RotationOff);
    EXPECT_TRUE(file.clear(at(0)));
    EXPECT_TRUE(file.reopen(at(0)));
    EXPECT_TRUE(file.rotate(at(0)));
    EXPECT_EQ(notices.all.size(), 1U);
    // The shared description keeps its mode: others write through it.
    EXPECT_EQ(::fcntl(pipe->write.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(Targets, Socket_WorksThoughItCannotBeOpened) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd ours = UniqueFd::adopt(ends[0]);
    UniqueFd theirs = UniqueFd::adopt(ends[1]);
    RotatingFile file(fmt::format("/dev/fd/{}", ours.get()), {}, at(0), notices.handler());
    file.write("to the journal\n", at(0));
    EXPECT_EQ(drain(theirs.get()), "to the journal\n");
    const std::string chunk(128 * 1024, 'x');
    for (int i = 0; i < 20; ++i) file.write(chunk, at(0));
    EXPECT_EQ(drain(theirs.get()).size() + file.dropped_bytes(), 20 * chunk.size());
    EXPECT_GT(file.dropped_bytes(), 0U);
    theirs.reset();
    file.write("nobody hears", at(0));  // EPIPE without a signal
    EXPECT_EQ(file.last_error().code, EPIPE);
}

TEST_F(Targets, InheritedRegularFile_SharesThePositionAndIsNeverTruncated) {
    const UniqueFd shared =
        UniqueFd::adopt(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(shared);
    RotatingFile file(fmt::format("/dev/fd/{}", shared.get()), {.maxbytes = 2, .backups = 0},
                      at(0));
    file.write("from the log\n", at(0));
    ASSERT_EQ(::write(shared.get(), "from us\n", 8), 8);
    file.write("again\n", at(0));
    EXPECT_TRUE(file.clear(at(0)));
    EXPECT_EQ(read_file(path), "from the log\nfrom us\nagain\n");
}

TEST_F(Targets, DescriptorThatIsNotForWriting_IsRefused) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    EXPECT_EQ(take_inherited(pipe->read.get()).error().code, EBADF);
    EXPECT_EQ(take_inherited(999999).error().code, EBADF);
}

// Somebody else's effective user while this lives: then a pipe or terminal of ours cannot be opened
// once more by /proc/self/fd, as after a daemon has dropped root.
class AsNobody {
  public:
    AsNobody() : done_(::seteuid(kNobody) == 0) {}
    ~AsNobody() {
        if (done_ && ::seteuid(0) != 0) std::abort();
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

  private:
    bool done_;
};

TEST_F(Targets, BlockingPipeThatCannotBeOpenedAgain_NeverBlocksEither) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    const std::string name = fmt::format("/dev/fd/{}", pipe->write.get());
    const AsNobody nobody;
    ASSERT_EQ(take_inherited(pipe->write.get())->style, WriteStyle::PolledPipe);
    RotatingFile file(name, {}, at(0));
    const std::string chunk(50000, 'x');
    for (int i = 0; i < 10; ++i) file.write(chunk, at(0));
    EXPECT_GT(file.dropped_bytes(), 0U);
    EXPECT_EQ(drain(pipe->read.get()).size() + file.dropped_bytes(), 10 * chunk.size());
    file.write("more", at(1));
    EXPECT_EQ(drain(pipe->read.get()), "more");
}

TEST_F(Targets, TerminalThatNobodyReads_NeverBlocks) {
    for (const bool polled : {false, true}) {
        if (polled && ::geteuid() != 0) continue;
        const UniqueFd master =
            UniqueFd::adopt(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
        if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
            GTEST_SKIP() << "no pseudo-terminals here: " << errno_text(errno);
        const UniqueFd terminal = UniqueFd::adopt(
            ::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));  // NOLINT
        ASSERT_TRUE(terminal);
        const auto nobody = polled ? std::make_unique<AsNobody>() : nullptr;
        RotatingFile file(fmt::format("/dev/fd/{}", terminal.get()), {}, at(0));
        ASSERT_TRUE(file.is_open()) << file.last_error().text;
        const std::string chunk(50000, 'x');
        for (int i = 0; i < 5; ++i) file.write(chunk, at(0));
        EXPECT_GT(file.dropped_bytes(), 0U);
        EXPECT_TRUE(drain(master.get()).starts_with("xxx"));
        file.write("more", at(1));
        EXPECT_TRUE(drain(master.get()).ends_with("more"));
    }
}

TEST_F(Targets, StdoutByAllItsNames_IsOneHandle) {
    FileRegistry registry;
    const auto file = registry.open("/dev/stdout", {}, at(0));
    EXPECT_EQ(registry.open("/dev/fd/1", {}, at(0)), file);
    EXPECT_EQ(registry.open("/proc/self/fd/1", {}, at(0)), file);
    EXPECT_NE(registry.open("/dev/stderr", {}, at(0)), file);
}

TEST_F(Targets, OwnLinkToStdout_MeansTheInheritedDescriptor) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    std::filesystem::create_symlink("/dev/stdout", path);
    const Redirect stdout_to_pipe(1, pipe->write.get());
    RotatingFile file(path, {}, at(0));
    file.write("through the link", at(0));
    EXPECT_EQ(drain(pipe->read.get()), "through the link");
    EXPECT_TRUE(file.clear(at(0)));
    EXPECT_TRUE(std::filesystem::is_symlink(path));
}

TEST_F(Targets, Directories_AreJudgedByWhoCanWriteThere) {
    struct stat st{};
    st.st_mode = S_IFDIR | 0755;
    EXPECT_FALSE(others_can_write(st));
    st.st_uid = ::geteuid();
    EXPECT_FALSE(others_can_write(st));
    st.st_uid = kNobody;
    EXPECT_TRUE(others_can_write(st));
    st.st_uid = 0;
    st.st_mode = S_IFDIR | S_ISVTX | 0777;
    EXPECT_TRUE(others_can_write(st));
    st.st_mode = S_IFDIR | 0775;
    st.st_gid = 0;
    EXPECT_FALSE(others_can_write(st));
    st.st_gid = kNobody;
    EXPECT_TRUE(others_can_write(st));
}

// Logs in a directory that belongs to the child's user.
struct Planted : Targets {
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory to somebody else";
        std::filesystem::create_directory(home);
        ASSERT_EQ(::chown(home.c_str(), kNobody, kNobody), 0);
        write_file(secret, "secret");
    }
    static void plant(const std::string& target, const std::string& link) {
        ASSERT_EQ(::symlink(target.c_str(), link.c_str()), 0);
        ASSERT_EQ(::lchown(link.c_str(), kNobody, kNobody), 0);
    }
    std::string home = scratch / "home";
    std::string secret = scratch / "secret";
};

TEST_F(Planted, LinkAsLogFile_IsRefusedForWritingClearingAndReading) {
    plant(secret, home + "/app.log");
    RotatingFile file(home + "/app.log", {}, at(0), notices.handler());
    EXPECT_EQ(file.last_error().code, ELOOP);
    file.write("x", at(0));
    EXPECT_EQ(clear_log_file(home + "/app.log").error().code, ELOOP);
    EXPECT_EQ(open_safely(home + "/app.log", O_RDONLY).error().code, ELOOP);
    EXPECT_EQ(read_file(secret), "secret");
}

TEST_F(Planted, LinkPutInPlaceLater_IsRefusedAtReopenAndRotation) {
    const std::string log = home + "/app.log";
    RotatingFile file(log, {.maxbytes = 4, .backups = 1}, at(0), notices.handler());
    std::filesystem::remove(log);
    plant(secret, log);
    EXPECT_EQ(file.reopen(at(0)).error().code, ELOOP);
    EXPECT_EQ(file.clear(at(0)).error().code, ELOOP);
    file.write("12345", at(0));
    EXPECT_EQ(notices.count(NoticeKind::RotationFailed), 1);
    EXPECT_EQ(read_file(secret), "secret");
}

TEST_F(Planted, LinkAmongTheDirectories_MayOnlyLeadToTheSameOwner) {
    std::filesystem::create_directories(home + "/releases/7");
    ASSERT_EQ(::chown((home + "/releases/7").c_str(), kNobody, kNobody), 0);
    plant("releases/7", home + "/current");
    RotatingFile good(home + "/current/app.log", {}, at(0));
    good.write("fine", at(0));
    EXPECT_EQ(read_file(home + "/releases/7/app.log"), "fine");

    plant(scratch.dir(), home + "/out");
    EXPECT_EQ(open_safely(home + "/out/secret", O_WRONLY).error().code, ELOOP);
    EXPECT_EQ(open_safely(home + "/out/new", O_WRONLY | O_CREAT, 0600).error().code, ELOOP);
    EXPECT_FALSE(std::filesystem::exists(scratch / "new"));
    plant("/dev", home + "/dev");
    EXPECT_EQ(open_safely(home + "/dev/stdout", O_WRONLY).error().code, ELOOP);
}

TEST_F(Planted, SecondHardLink_IsRefused) {
    std::filesystem::create_hard_link(secret, home + "/app.log");
    EXPECT_EQ(open_safely(home + "/app.log", O_WRONLY).error().code, EMLINK);
}

TEST_F(Planted, LinkMadeByRoot_Works) {
    std::filesystem::create_symlink(secret, home + "/app.log");
    RotatingFile file(home + "/app.log", {}, at(0));
    file.write("+", at(0));
    EXPECT_EQ(read_file(secret), "secret+");
}

TEST_F(Planted, HandleOfAnotherProgram_CannotBeHadByALink) {
    FileRegistry registry;
    const auto other = registry.open(secret, {}, at(0));
    plant(secret, home + "/app.log");
    EXPECT_NE(registry.open(home + "/app.log", {}, at(0)), other);
}

TEST_F(Targets, TwistedPaths_AreWalkedOrRefused) {
    std::filesystem::create_directories(scratch / "a/b");
    EXPECT_TRUE(open_safely(scratch / "a/./b/..//b/x.log", O_WRONLY | O_CREAT, 0600));
    EXPECT_TRUE(std::filesystem::exists(scratch / "a/b/x.log"));
    EXPECT_EQ(open_safely("", O_WRONLY).error().code, ENOENT);
    EXPECT_EQ(open_safely("/", O_WRONLY).error().code, EISDIR);
    EXPECT_EQ(open_safely(scratch / "a/..", O_WRONLY).error().code, EISDIR);
    EXPECT_EQ(open_safely(scratch / "a/b/x.log/y", O_WRONLY).error().code, ENOTDIR);
    EXPECT_EQ(open_safely(std::string(10000, 'x'), O_WRONLY).error().code, ENAMETOOLONG);
    std::filesystem::create_symlink("loop", scratch / "loop");
    EXPECT_EQ(open_safely(scratch / "loop", O_WRONLY).error().code, ELOOP);
}

}  // namespace
}  // namespace svd::log
