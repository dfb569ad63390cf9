// Rotation by age, by given times; only the birth of a file is the kernel's.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/log/scratch.h"
#include "log/file_age.h"
#include "log/file_registry.h"
#include "log/rotating_file.h"

namespace svd::log {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;

ino_t inode(const std::string& path) {
    struct stat st{};
    return ::stat(path.c_str(), &st) == 0 ? st.st_ino : 0;
}

// Until the file's age is above `age` by the clock of the day.
bool wait_for_age(const std::string& path, Duration age) {
    const auto fd = UniqueFd::adopt(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    for (int i = 0; i < 10'000; ++i) {
        if (age_of_file(fd.get(), read_clocks().wall) > age) return true;
        ::usleep(1000);
    }
    return false;
}

struct RotationByAge : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    FileOptions hourly{.backups = 2, .maxage = 1h};
};

TEST_F(RotationByAge, TheFirstByteIsOldEnough_TheNextWriteGoesToANewFile) {
    RotatingFile file(path, hourly, at(0));
    file.write("first\n", at(0));
    file.write("second\n", at(3599));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    file.write("third\n", at(3600));
    EXPECT_EQ(read_file(path + ".1"), "first\nsecond\n");
    EXPECT_EQ(read_file(path), "third\n");
    file.write("fourth\n", at(7199));
    EXPECT_EQ(read_file(path), "third\nfourth\n");
    file.write("fifth\n", at(7200));
    EXPECT_EQ(read_file(path + ".2"), "first\nsecond\n");
    EXPECT_EQ(read_file(path + ".1"), "third\nfourth\n");
    EXPECT_EQ(read_file(path), "fifth\n");
}

TEST_F(RotationByAge, AnEmptyFile_HasNoAge) {
    RotatingFile file(path, hourly, at(0));
    file.write("late\n", at(100'000));
    file.write("later\n", at(103'599));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    file.write("too late\n", at(103'600));
    EXPECT_EQ(read_file(path + ".1"), "late\nlater\n");
}

TEST_F(RotationByAge, WithoutMaxage_NothingIsEverTooOld) {
    RotatingFile file(path, {.backups = 2}, at(0));
    file.write("a", at(0));
    file.write("b", at(1'000'000'000));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
}

TEST_F(RotationByAge, SizeAndAge_WorkSideBySide) {
    hourly.maxbytes = 4;
    RotatingFile file(path, hourly, at(0));
    file.write("1234", at(0));
    EXPECT_EQ(read_file(path + ".1"), "1234");
    file.write("a", at(3500));
    file.write("b", at(3700));  // its first byte is 200 s old, whatever its predecessor's was
    EXPECT_EQ(read_file(path), "ab");
    file.write("c", at(7100));
    EXPECT_EQ(read_file(path + ".1"), "ab");
    EXPECT_EQ(read_file(path), "c");
}

TEST_F(RotationByAge, TheAge_SurvivesARestart) {
    {
        RotatingFile(path, hourly, at(0)).write("before\n", at(0));
    }
    RotatingFile young(path, hourly, at(0));
    young.write("goes on\n", at(0));
    EXPECT_EQ(read_file(path), "before\ngoes on\n");
    ASSERT_TRUE(wait_for_age(path, 2ms));
    RotatingFile old(path, {.backups = 2, .maxage = 2ms}, at(0));
    old.write("after\n", at(0));
    EXPECT_EQ(read_file(path + ".1"), "before\ngoes on\n");
    EXPECT_EQ(read_file(path), "after\n");
}

TEST_F(RotationByAge, WithoutBackups_TheFileIsReplacedSoThatItIsYoungAfterARestart) {
    hourly.backups = 0;
    RotatingFile file(path, hourly, at(0));
    file.write("old\n", at(0));
    const auto held = UniqueFd::adopt(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto before = inode(path);
    file.write("new\n", at(3600));
    EXPECT_EQ(read_file(path), "new\n");
    EXPECT_NE(inode(path), before);
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
}

TEST_F(RotationByAge, EmptiedFromOutside_CountsFromTheNextByte) {
    RotatingFile file(path, hourly, at(0));
    file.write("old\n", at(0));
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    file.write("next\n", at(3600));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    EXPECT_EQ(read_file(path), "next\n");
    file.write("again\n", at(7200));
    EXPECT_EQ(read_file(path + ".1"), "next\n");
}

TEST_F(RotationByAge, Clear_CountsFromTheNextByte) {
    RotatingFile file(path, hourly, at(0));
    file.write("old\n", at(0));
    ASSERT_TRUE(file.clear(at(3000)));
    file.write("next\n", at(3000));
    file.write("more\n", at(6599));
    EXPECT_THAT(scratch.names(), ElementsAre("app.log"));
    file.write("again\n", at(6600));
    EXPECT_EQ(read_file(path + ".1"), "next\nmore\n");
}

TEST_F(RotationByAge, ARotationThatFails_IsTriedAgainAndLosesNothing) {
    hourly.backups = 1;
    Notices notices;
    RotatingFile file(path, hourly, at(0), notices.handler());
    file.write("a", at(0));
    std::filesystem::create_directories(path + ".1/in the way");
    file.write("b", at(3600));
    file.write("c", at(3600));
    EXPECT_EQ(read_file(path), "abc");
    EXPECT_EQ(notices.count(NoticeKind::RotationFailed), 1);
    std::filesystem::remove_all(path + ".1");
    file.write("d", at(3601));
    EXPECT_EQ(read_file(path + ".1"), "abc");
    EXPECT_EQ(read_file(path), "d");
}

TEST_F(RotationByAge, NewOptions_CountForTheBytesThatAreThere) {
    FileRegistry registry;
    const auto file = registry.open(path, {.backups = 1}, at(0));
    file->write("a", at(0));
    file->write("b", at(100));
    ASSERT_EQ(registry.open(path, {.backups = 1, .maxage = 50s}, at(100)), file);
    file->write("c", at(100));
    EXPECT_EQ(read_file(path + ".1"), "ab");
    EXPECT_EQ(read_file(path), "c");
}

TEST_F(RotationByAge, APipe_IsSaidOnceToStay) {
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const auto reader = UniqueFd::adopt(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    Notices notices;
    RotatingFile file(path, hourly, at(0), notices.handler());
    file.write("a", at(0));
    file.write("b", at(4000));
    EXPECT_EQ(drain(reader.get()), "ab");
    EXPECT_EQ(notices.count(NoticeKind::RotationOff), 1);
}

TEST_F(RotationByAge, AClockThatWasSetBack_MakesNobodyOlder) {
    write_file(path, "text");
    const auto fd = UniqueFd::adopt(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(age_of_file(fd.get(), WallTime(1s)), 0ns);
    EXPECT_GT(age_of_file(fd.get(), read_clocks().wall + 1h), 3599s);
    EXPECT_EQ(age_of_file(-1, read_clocks().wall), 0ns);
}

TEST_F(RotationByAge, Registry_RotatesOpenFilesAndThoseOfNobody) {
    FileRegistry registry;
    const FileOptions options{.backups = 2};
    EXPECT_EQ(registry.rotate(path, options, at(0)).error().code, ENOENT);
    {
        const auto file = registry.open(path, options, at(0));
        file->write("one", at(0));
        ASSERT_TRUE(registry.rotate(path, options, at(0)));
        EXPECT_EQ(read_file(path + ".1"), "one");
        file->write("two", at(0));
        EXPECT_EQ(read_file(path), "two");
    }
    ASSERT_TRUE(registry.rotate(path, options, at(0)));
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(read_file(path + ".1"), "two");
    EXPECT_EQ(read_file(path + ".2"), "one");
    ASSERT_TRUE(registry.rotate(path, options, at(0)));  // empty: nothing to do
    EXPECT_EQ(read_file(path + ".1"), "two");
}

TEST_F(RotationByAge, Registry_ReopensWhatIsOpenAndLeavesTheRest) {
    FileRegistry registry;
    ASSERT_TRUE(registry.reopen(path, at(0)));
    EXPECT_THAT(scratch.names(), ElementsAre());
    const auto file = registry.open(path, {}, at(0));
    file->write("one", at(0));
    std::filesystem::rename(path, scratch / "moved.log");
    file->write(" two", at(0));
    ASSERT_TRUE(registry.reopen(path, at(0)));
    file->write("three", at(0));
    EXPECT_EQ(read_file(scratch / "moved.log"), "one two");
    EXPECT_EQ(read_file(path), "three");
}

}  // namespace
}  // namespace svd::log
