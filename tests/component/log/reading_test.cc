#include <cstdint>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "component/log/scratch.h"
#include "log/auto_log.h"
#include "log/tail.h"

namespace svd::log {
namespace {

using namespace test;
using testing::ElementsAre;

constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
constexpr auto kMax = std::numeric_limits<std::int64_t>::max();

struct Reading : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    void SetUp() override { write_file(path, "0123456789ab"); }
};

TEST_F(Reading, ReadLog_Table) {
    const struct {
        std::int64_t offset, length;
        const char* bytes;
    } rows[] = {
        {0, 0, "0123456789ab"},
        {0, 5, "01234"},
        {5, 0, "56789ab"},
        {5, 3, "567"},
        {10, 100, "ab"},
        {12, 0, ""},
        {100, 0, ""},
        {100, 5, ""},
        {-3, 0, "9ab"},
        {-12, 0, "0123456789ab"},
        {-100, 0, "0123456789ab"},
        {kMin, 0, "0123456789ab"},
        {0, kMax, "0123456789ab"},
        {kMax, kMax, ""},
    };
    for (const auto& row : rows) {
        const auto got = read_log(path, row.offset, row.length);
        ASSERT_TRUE(got) << row.offset << " " << row.length;
        EXPECT_EQ(*got, row.bytes) << row.offset << " " << row.length;
    }
}

TEST_F(Reading, ReadLog_Faults) {
    EXPECT_EQ(read_log(path, -3, 1).error(), ReadFault::BadArguments);
    EXPECT_EQ(read_log(path, -3, -1).error(), ReadFault::BadArguments);
    EXPECT_EQ(read_log(path, 0, -1).error(), ReadFault::BadArguments);
    EXPECT_EQ(read_log(scratch / "missing", 0, -1).error(), ReadFault::NoFile);
    EXPECT_EQ(read_log("", 0, 0).error(), ReadFault::NoFile);
    EXPECT_EQ(read_log(scratch.dir(), 0, 0).error(), ReadFault::Failed);
    ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(read_log(scratch / "fifo", 0, 0).error(), ReadFault::Failed);
}

TEST_F(Reading, TailLog_Table) {
    const struct {
        std::int64_t offset, length;
        const char* bytes;
        bool overflow;
    } rows[] = {
        {0, 5, "789ab", true},
        {0, 12, "0123456789ab", false},
        {0, 100, "0123456789ab", false},
        {5, 100, "0123456789ab", false},
        {5, 3, "9ab", true},
        {10, 2, "ab", false},
        {12, 5, "", false},
        {100, 5, "", false},
        {0, 0, "", true},
        {12, 0, "", false},
        {kMax, kMax, "", false},
        {5, kMax, "0123456789ab", false},
        {-5, 5, "789ab", true},
        {0, -5, "", true},
    };
    for (const auto& row : rows) {
        const auto got = tail_log(path, row.offset, row.length);
        ASSERT_TRUE(got) << row.offset << " " << row.length;
        EXPECT_EQ(got->bytes, row.bytes) << row.offset << " " << row.length;
        EXPECT_EQ(got->overflow, row.overflow) << row.offset << " " << row.length;
        EXPECT_EQ(got->offset, 12) << row.offset << " " << row.length;
    }
}

TEST_F(Reading, TailLog_Faults) {
    EXPECT_EQ(tail_log(scratch / "missing", 0, 5).error(), ReadFault::NoFile);
    EXPECT_EQ(tail_log(scratch.dir(), 0, 5).error(), ReadFault::Failed);
}

TEST_F(Reading, AutoLog_IsCreatedEmptyAndPrivateUnderAFreshName) {
    std::filesystem::remove(path);
    const auto a = create_auto_log(scratch.dir(), "cat", Channel::Stdout, "supervisor");
    const auto b = create_auto_log(scratch.dir(), "cat", Channel::Stdout, "supervisor");
    ASSERT_TRUE(a && b);
    EXPECT_NE(*a, *b);
    const std::string name = std::filesystem::path(*a).filename();
    EXPECT_TRUE(name.starts_with("cat-stdout---supervisor-")) << name;
    EXPECT_TRUE(is_auto_log_name(name, "supervisor")) << name;
    struct stat st{};
    ASSERT_EQ(::stat(a->c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 07777U, 0600U);
    EXPECT_EQ(st.st_size, 0);
}

TEST_F(Reading, AutoLog_CannotLeaveItsDirectory) {
    const auto log = create_auto_log(scratch.dir(), "../cat", Channel::Stderr, "a/b");
    ASSERT_TRUE(log);
    EXPECT_EQ(std::filesystem::path(*log).parent_path(), scratch.dir());
    EXPECT_TRUE(
        std::filesystem::path(*log).filename().string().starts_with(".._cat-stderr---a_b-"));
}

TEST_F(Reading, AutoLog_UnusableDirectoryIsAnError) {
    EXPECT_EQ(create_auto_log(scratch / "missing", "x", Channel::Stdout, "s").error().code, ENOENT);
    EXPECT_EQ(remove_auto_logs(scratch / "missing", "s").error().code, ENOENT);
}

TEST_F(Reading, AutoLogCleanup_RemovesOnlyItsOwn) {
    const auto own = create_auto_log(scratch.dir(), "cat", Channel::Stdout, "me");
    const auto other = create_auto_log(scratch.dir(), "cat", Channel::Stdout, "other");
    ASSERT_TRUE(own && other);
    write_file(*own + ".1", "backup");
    write_file(*own + ".gz", "kept");
    const std::string directory = scratch / "d-stdout---me-abcdefgh.log";
    std::filesystem::create_directory(directory);
    std::filesystem::create_symlink(path, scratch / "l-stdout---me-abcdefgh.log");

    const auto result = remove_auto_logs(scratch.dir(), "me");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->removed, 3U);
    EXPECT_THAT(result->failed, ElementsAre(directory));
    EXPECT_FALSE(std::filesystem::exists(*own));
    EXPECT_FALSE(std::filesystem::exists(*own + ".1"));
    EXPECT_TRUE(std::filesystem::exists(*own + ".gz"));
    EXPECT_TRUE(std::filesystem::exists(*other));
    EXPECT_EQ(read_file(path), "0123456789ab");  // the link's target
}

}  // namespace
}  // namespace svd::log
