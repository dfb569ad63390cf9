#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "component/log/scratch.h"
#include "log/file_registry.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

using namespace test;
using testing::ElementsAre;

struct Rotation : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    Notices notices;
    RotatingFile open(std::int64_t maxbytes, int backups) {
        return RotatingFile(path, {.maxbytes = maxbytes, .backups = backups}, at(0),
                            notices.handler());
    }
};

TEST_F(Rotation, OfManyBackups_ThoseThatAreThereMoveOn) {
    for (const char* name : {".1", ".3", ".40", ".x", ".7x"}) write_file(path + name, name);
    write_file(scratch / "app.lo.50", "another's");
    RotatingFile file(path, {.maxbytes = 2, .backups = 1000}, at(0));
    file.write("now", at(0));
    EXPECT_EQ(read_file(path + ".2"), ".1");
    EXPECT_EQ(read_file(path + ".4"), ".3");
    EXPECT_EQ(read_file(path + ".41"), ".40");
    EXPECT_EQ(read_file(path + ".x"), ".x");
    EXPECT_EQ(read_file(path + ".7x"), ".7x");
    EXPECT_EQ(read_file(scratch / "app.lo.50"), "another's");
}

TEST_F(Rotation, BelowTheLimit_KeepsOneFile) {
    RotatingFile file(path, {.maxbytes = 10, .backups = 3}, at(0));
    file.write("123456789", at(0));
    EXPECT_EQ(file.position(), 9);
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
}

TEST_F(Rotation, ExactlyTheLimit_RotatesAfterTheWrite) {
    RotatingFile file(path, {.maxbytes = 10, .backups = 3}, at(0));
    file.write("1234567890", at(0));
    EXPECT_EQ(read_file(path + ".1"), "1234567890");
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(file.position(), 0);
}

TEST_F(Rotation, OneChunk_MayExceedTheLimitAndStaysWhole) {
    RotatingFile file(path, {.maxbytes = 10, .backups = 1}, at(0));
    file.write("123", at(0));
    file.write(std::string(100, 'x'), at(0));
    EXPECT_EQ(read_file(path + ".1"), "123" + std::string(100, 'x'));
}

TEST_F(Rotation, ThreeBackups_ShiftAndTheOldestGoes) {
    RotatingFile file(path, {.maxbytes = 2, .backups = 3}, at(0));
    for (const char* text : {"a1", "b2", "c3", "d4", "e5"}) file.write(text, at(0));
    file.write("f", at(0));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log", "app.log.1", "app.log.2", "app.log.3"));
    EXPECT_EQ(read_file(path), "f");
    EXPECT_EQ(read_file(path + ".1"), "e5");
    EXPECT_EQ(read_file(path + ".2"), "d4");
    EXPECT_EQ(read_file(path + ".3"), "c3");
}

TEST_F(Rotation, OneBackup_IsOverwritten) {
    RotatingFile file(path, {.maxbytes = 2, .backups = 1}, at(0));
    for (const char* text : {"a1", "b2", "c3"}) file.write(text, at(0));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log", "app.log.1"));
    EXPECT_EQ(read_file(path + ".1"), "c3");
}

TEST_F(Rotation, NoBackups_EmptiesTheSameFile) {
    RotatingFile file(path, {.maxbytes = 4, .backups = 0}, at(0));
    struct stat before{};
    ASSERT_EQ(::stat(path.c_str(), &before), 0);
    file.write("1234", at(0));
    EXPECT_EQ(read_file(path), "");
    file.write("ab", at(0));
    EXPECT_EQ(read_file(path), "ab");
    struct stat after{};
    ASSERT_EQ(::stat(path.c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
}

TEST_F(Rotation, MaxbytesZero_NeverRotates) {
    RotatingFile file(path, {.maxbytes = 0, .backups = 3}, at(0));
    for (int i = 0; i < 100; ++i) file.write(std::string(1000, 'x'), at(0));
    EXPECT_EQ(read_file(path).size(), 100000U);
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
}

TEST_F(Rotation, GapsAmongBackups_AreTolerated) {
    write_file(path + ".1", "one");
    write_file(path + ".3", "three");
    RotatingFile file(path, {.maxbytes = 2, .backups = 5}, at(0));
    file.write("ab", at(0));
    EXPECT_EQ(read_file(path + ".1"), "ab");
    EXPECT_EQ(read_file(path + ".2"), "one");
    EXPECT_EQ(read_file(path + ".4"), "three");
    EXPECT_THAT(scratch.names(), ElementsAre("app.log", "app.log.1", "app.log.2", "app.log.4"));
}

TEST_F(Rotation, Restart_ContinuesAtTheOldPosition) {
    {
        RotatingFile(path, {.maxbytes = 10, .backups = 1}, at(0)).write("12345", at(0));
    }
    RotatingFile file(path, {.maxbytes = 10, .backups = 1}, at(0));
    EXPECT_EQ(file.position(), 5);
    file.write("6789", at(0));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    file.write("0", at(0));
    EXPECT_EQ(read_file(path + ".1"), "1234567890");
}

TEST_F(Rotation, EmptiedFromOutside_LeavesNoHoleAndCountsAnew) {
    RotatingFile file(path, {.maxbytes = 10, .backups = 1}, at(0));
    file.write("12345678", at(0));
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    file.write("abc", at(0));
    EXPECT_EQ(read_file(path), "abc");
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    file.write("defghij", at(0));
    EXPECT_EQ(read_file(path + ".1"), "abcdefghij");
}

TEST_F(Rotation, DeletedFile_IsWrittenAgainWhenRotationIsDueWithoutShuffling) {
    RotatingFile file(path, {.maxbytes = 4, .backups = 2}, at(0));
    write_file(path + ".1", "old");
    std::filesystem::remove(path);
    file.write("1234", at(0));
    file.write("ab", at(0));
    EXPECT_EQ(read_file(path), "ab");
    EXPECT_EQ(read_file(path + ".1"), "old");
    EXPECT_EQ(file.dropped_bytes(), 0U);
}

TEST_F(Rotation, MovedAwayByLogrotate_FollowsThePathWhenDue) {
    RotatingFile file(path, {.maxbytes = 4, .backups = 2}, at(0));
    file.write("12", at(0));
    std::filesystem::rename(path, path + ".1");
    write_file(path, "n");
    file.write("34", at(0));
    EXPECT_EQ(read_file(path + ".1"), "1234");
    file.write("ew", at(0));
    EXPECT_EQ(read_file(path), "new");
    EXPECT_EQ(file.position(), 3);
}

TEST_F(Rotation, Reopen_TakesTheNewFile) {
    RotatingFile file(path, {}, at(0));
    file.write("old", at(0));
    std::filesystem::rename(path, path + ".1");
    file.write("er", at(0));
    ASSERT_TRUE(file.reopen(at(0)));
    file.write("new", at(0));
    EXPECT_EQ(read_file(path + ".1"), "older");
    EXPECT_EQ(read_file(path), "new");
}

TEST_F(Rotation, ReopenThatFails_KeepsTheOldFile) {
    std::filesystem::create_directory(scratch / "d");
    RotatingFile file(scratch / "d/app.log", {}, at(0));
    std::filesystem::rename(scratch / "d", scratch / "e");
    EXPECT_EQ(file.reopen(at(0)).error().code, ENOENT);
    file.write("kept", at(0));
    EXPECT_EQ(read_file(scratch / "e/app.log"), "kept");
    EXPECT_EQ(file.dropped_bytes(), 0U);
}

TEST_F(Rotation, Clear_EmptiesAndKeepsTheModeAndBackups) {
    RotatingFile file(path, {.mode = 0600}, at(0));
    write_file(path + ".1", "backup");
    file.write("12345", at(0));
    ASSERT_TRUE(file.clear(at(0)));
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(file.position(), 0);
    file.write("ab", at(0));
    EXPECT_EQ(read_file(path), "ab");
    EXPECT_EQ(read_file(path + ".1"), "backup");
    struct stat st{};
    ASSERT_EQ(::stat(path.c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777U, 0600U);
}

TEST_F(Rotation, ClearOfADeletedFile_StartsANewOne) {
    RotatingFile file(path, {}, at(0));
    std::filesystem::remove(path);
    ASSERT_TRUE(file.clear(at(0)));
    file.write("ab", at(0));
    EXPECT_EQ(read_file(path), "ab");
}

TEST_F(Rotation, ClearLogFile_WorksByPathAndSparesWhatIsNoFile) {
    write_file(path, "text");
    ASSERT_TRUE(clear_log_file(path));
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(clear_log_file(scratch / "missing").error().code, ENOENT);
    EXPECT_TRUE(clear_log_file("/dev/null"));
    EXPECT_TRUE(clear_log_file("/dev/stdout"));
    ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
    EXPECT_TRUE(clear_log_file(scratch / "fifo"));
    EXPECT_TRUE(std::filesystem::is_fifo(scratch / "fifo"));
}

TEST_F(Rotation, BackupThatCannotBeReplaced_IsSaidOnceAndNothingIsLost) {
    std::filesystem::create_directories(path + ".1/in the way");
    auto file = open(2, 1);
    for (int i = 0; i < 5; ++i) file.write("ab", at(i));
    EXPECT_EQ(read_file(path), "ababababab");
    EXPECT_EQ(notices.count(NoticeKind::RotationFailed), 1);
    std::filesystem::remove_all(path + ".1");
    file.write("cd", at(6));
    EXPECT_EQ(read_file(path + ".1"),
              "ababababab"
              "cd");
}

TEST_F(Rotation, TrustedLink_StaysAndItsTargetIsRotated) {
    std::filesystem::create_directory(scratch / "data");
    std::filesystem::create_symlink("data/real.log", path);
    RotatingFile file(path, {.maxbytes = 2, .backups = 1}, at(0));
    file.write("ab", at(0));
    file.write("c", at(0));
    EXPECT_TRUE(std::filesystem::is_symlink(path));
    EXPECT_EQ(read_file(scratch / "data/real.log.1"), "ab");
    EXPECT_EQ(read_file(scratch / "data/real.log"), "c");
}

TEST_F(Rotation, RotateOnDemand_MovesWhatIsThere) {
    RotatingFile file(path, {.maxbytes = 0, .backups = 2}, at(0));
    ASSERT_TRUE(file.rotate(at(0)));  // empty: nothing to do
    file.write("abc", at(0));
    ASSERT_TRUE(file.rotate(at(0)));
    EXPECT_EQ(read_file(path + ".1"), "abc");
    EXPECT_THAT(scratch.names(), ElementsAre("app.log", "app.log.1"));
}

TEST_F(Rotation, TwoWritersOnePath_ShareOneFileAndLoseNothing) {
    FileRegistry registry;
    const FileOptions options{.maxbytes = 100, .backups = 1000};
    std::filesystem::create_directory_symlink(scratch.dir(), scratch / "link");
    const auto a = registry.open(path, options, at(0));
    const auto b = registry.open(scratch / "x/../app.log", options, at(0));
    const auto c = registry.open(scratch / "link/app.log", options, at(0));
    EXPECT_EQ(a, b);
    EXPECT_EQ(a, c);
    for (int i = 0; i < 500; ++i) {
        a->write("from a\n", at(0));
        b->write("and from b\n", at(0));
    }
    std::string all;
    for (int n = 1000; n >= 1; --n)
        if (std::filesystem::exists(path + "." + std::to_string(n)))
            all += read_file(path + "." + std::to_string(n));
    all += read_file(path);
    std::string expected;
    for (int i = 0; i < 500; ++i) expected += "from a\nand from b\n";
    EXPECT_EQ(all, expected);
    int handles = 0;
    registry.for_each([&](RotatingFile&) { ++handles; });
    EXPECT_EQ(handles, 1);
}

TEST_F(Rotation, TwoForeignHandles_DoNotCorruptEachOther) {
    RotatingFile a(path, {.maxbytes = 10, .backups = 100}, at(0));
    RotatingFile b(path, {.maxbytes = 10, .backups = 100}, at(0));
    for (int i = 0; i < 100; ++i) {
        a.write("aaa\n", at(0));
        b.write("bbb\n", at(0));
    }
    std::size_t bytes = 0;
    for (const auto& name : scratch.names()) bytes += read_file(scratch / name).size();
    EXPECT_EQ(bytes, 800U);
}

TEST_F(Rotation, Registry_ForgetsClosedFilesAndClearsByPath) {
    FileRegistry registry;
    {
        const auto file = registry.open(path, {}, at(0));
        file->write("text", at(0));
        EXPECT_EQ(registry.find(path), file);
    }
    EXPECT_EQ(registry.find(path), nullptr);
    ASSERT_TRUE(registry.clear(path, at(0)));
    EXPECT_EQ(read_file(path), "");
    for (int i = 0; i < 500; ++i)
        static_cast<void>(registry.open(scratch / std::to_string(i), {}, at(0)));
    int handles = 0;
    registry.for_each([&](RotatingFile&) { ++handles; });
    EXPECT_EQ(handles, 0);
}

TEST_F(Rotation, Registry_SharesAFileWhoseDirectoryComesLater) {
    FileRegistry registry;
    const auto a = registry.open(scratch / "later/app.log", {}, at(0));
    EXPECT_FALSE(a->is_open());
    std::filesystem::create_directory(scratch / "later");
    EXPECT_EQ(registry.open(scratch / "later/./app.log", {}, at(0)), a);
}

}  // namespace
}  // namespace svd::log
