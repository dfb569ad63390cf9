#include "log/daemon_log.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/log/scratch.h"

namespace svd::log {
namespace {

using namespace test;
using testing::MatchesRegex;

struct MainLog : testing::Test {
    Scratch scratch;
    std::string path = scratch / "main.log";
    Now now;
    DaemonLog log{[this] { return now; }};
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
        using namespace std::chrono;
        now.wall = sys_days(2026y / November / 21) + 20h + 123ms;
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
    std::shared_ptr<RotatingFile> file(FileOptions options = {}) const {
        return std::make_shared<RotatingFile>(path, options, now.mono);
    }
};

TEST_F(MainLog, Line_HasSupervisorsFormat) {
    log.open({.level = Level::Blather, .file = file()});
    log.info("spawned: '{}' with pid {}", "cat", 17);
    log.critical("c");
    log.error("e");
    log.warn("w");
    log.debug("d");
    log.trace("t");
    log.blather("b");
    log.log(Level::Info, "two\nlines");
    EXPECT_EQ(read_file(path),
              "2026-11-21 20:00:00,123 INFO spawned: 'cat' with pid 17\n"
              "2026-11-21 20:00:00,123 CRIT c\n"
              "2026-11-21 20:00:00,123 ERRO e\n"
              "2026-11-21 20:00:00,123 WARN w\n"
              "2026-11-21 20:00:00,123 DEBG d\n"
              "2026-11-21 20:00:00,123 TRAC t\n"
              "2026-11-21 20:00:00,123 BLAT b\n"
              "2026-11-21 20:00:00,123 INFO two\nlines\n");
}

TEST_F(MainLog, Level_HidesLowerLines) {
    log.open({.level = Level::Warn, .file = file()});
    log.info("hidden");
    log.warn("shown");
    log.set_level(Level::Debug);
    EXPECT_TRUE(log.enabled(Level::Debug));
    EXPECT_FALSE(log.enabled(Level::Trace));
    log.debug("shown too");
    EXPECT_EQ(read_file(path),
              "2026-11-21 20:00:00,123 WARN shown\n2026-11-21 20:00:00,123 DEBG shown too\n");
}

TEST_F(MainLog, EarlyLines_AreWrittenInOrderWhenTheLogOpens) {
    log.info("first");
    log.debug("below the level");
    now.wall += std::chrono::seconds(1);
    log.warn("second");
    log.open({.file = file()});
    EXPECT_EQ(read_file(path),
              "2026-11-21 20:00:00,123 INFO first\n2026-11-21 20:00:01,123 WARN second\n");
}

TEST_F(MainLog, TooManyEarlyLines_AreCounted) {
    const std::string text(1000, 'x');
    for (int i = 0; i < 1000; ++i) log.log(Level::Info, text);
    EXPECT_GT(log.dropped_lines(), 0U);
    log.open({.file = file()});
    EXPECT_LE(read_file(path).size(), DaemonLog::kMaxEarly + 200);
    EXPECT_NE(read_file(path).find("lines were lost before the log was opened"), std::string::npos);
}

TEST_F(MainLog, Foreground_EchoesToStdout) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    {
        const Redirect redirect(1, pipe->write.get());
        log.open({.file = file(), .echo_stdout = true});
        log.info("both");
        log.open({.file = file()});
        log.info("file only");
    }
    EXPECT_EQ(drain(pipe->read.get()), "2026-11-21 20:00:00,123 INFO both\n");
    EXPECT_EQ(read_file(path),
              "2026-11-21 20:00:00,123 INFO both\n2026-11-21 20:00:00,123 INFO file only\n");
}

TEST_F(MainLog, LogfileIsStdout_IsNotDoubled) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    {
        const Redirect redirect(1, pipe->write.get());
        log.open({.file = std::make_shared<RotatingFile>("/dev/stdout", FileOptions{}, now.mono),
                  .echo_stdout = true});
        log.info("once");
        EXPECT_TRUE(log.clear());
    }
    EXPECT_EQ(drain(pipe->read.get()), "2026-11-21 20:00:00,123 INFO once\n");
}

TEST_F(MainLog, StdoutRedirectedIntoTheLogfile_IsNotDoubled) {
    const UniqueFd out =
        UniqueFd::adopt(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    {
        const Redirect redirect(1, out.get());
        log.open({.file = file(), .echo_stdout = true});
        log.info("once");
    }
    EXPECT_EQ(read_file(path), "2026-11-21 20:00:00,123 INFO once\n");
}

TEST_F(MainLog, FailingFile_TellsOnStdoutAndGoesOn) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    {
        const Redirect redirect(1, pipe->write.get());
        auto full = std::make_shared<RotatingFile>("/dev/full", FileOptions{}, now.mono);
        full->set_notice_handler(log.notice_handler());
        log.open({.file = full, .echo_stdout = true});
        log.info("line");
        log.info("another");
    }
    const std::string out = drain(pipe->read.get());
    EXPECT_NE(out.find("INFO line\n"), std::string::npos);
    EXPECT_NE(out.find("INFO another\n"), std::string::npos);
    EXPECT_NE(out.find("ERRO output for /dev/full is being dropped"), std::string::npos);
}

TEST_F(MainLog, RotationReopenAndClear_Work) {
    log.open({.file = file({.maxbytes = 100, .backups = 2})});
    EXPECT_EQ(log.path(), path);
    for (int i = 0; i < 5; ++i) log.info("a line of some length");
    EXPECT_TRUE(std::filesystem::exists(path + ".1"));
    std::filesystem::remove(path);
    ASSERT_TRUE(log.reopen());
    log.info("x");
    EXPECT_EQ(read_file(path), "2026-11-21 20:00:00,123 INFO x\n");
    ASSERT_TRUE(log.clear());
    EXPECT_EQ(read_file(path), "");
}

TEST_F(MainLog, RealClock_GivesTheFormat) {
    DaemonLog real;
    real.open({.file = file()});
    real.info("hello");
    EXPECT_THAT(read_file(path),
                MatchesRegex(
                    "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3} INFO hello\n"));
}

TEST_F(MainLog, HugeMessage_IsCut) {
    log.open({.file = file()});
    log.log(Level::Info, std::string(DaemonLog::kMaxMessage * 2, 'x'));
    EXPECT_EQ(read_file(path).size(), DaemonLog::kMaxMessage + 30);
}

}  // namespace
}  // namespace svd::log
