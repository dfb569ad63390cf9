// The last output of a channel: from its own log, else from memory.
#include <filesystem>

#include <gtest/gtest.h>

#include "component/log/scratch.h"
#include "log/output_channel.h"

namespace svd::log {
namespace {

using namespace test;

constexpr WallTime kLongAgo{};

struct OutputTail : testing::Test {
    std::shared_ptr<RotatingFile> file(FileOptions options = {}) {
        return std::make_shared<RotatingFile>(path, options, at(0));
    }
    static ChannelOptions to(std::shared_ptr<RotatingFile> file) {
        ChannelOptions options;
        options.file = std::move(file);
        return options;
    }
    Scratch scratch;
    std::string path = scratch / "app.log";
};

TEST_F(OutputTail, ChannelWithAFile_ReadsItsPartAndNoMore) {
    write_file(path, "of an earlier run\n");
    OutputChannel channel(to(file()));
    EXPECT_EQ(channel.last_output(kLongAgo), "");
    channel.feed("one\n", now_at(1));
    channel.feed("two\n", now_at(2));
    EXPECT_EQ(channel.last_output(kLongAgo), "one\ntwo\n");
}

TEST_F(OutputTail, LongOutput_IsCutAtTheFront) {
    const std::string text = std::string(5000, 'a') + std::string(kTailBytes - 1, 'b');
    OutputChannel with_file(to(file()));
    OutputChannel without(ChannelOptions{});
    for (auto* channel : {&with_file, &without}) {
        channel->feed(text, now_at(1));
        EXPECT_EQ(channel->last_output(kLongAgo), "a" + std::string(kTailBytes - 1, 'b'));
    }
}

TEST_F(OutputTail, ManyShortPieces_AreRememberedUpToTheLimit) {
    OutputChannel channel(ChannelOptions{});
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        const std::string line = fmt::format("line {}\n", i);
        channel.feed(line, now_at(1));
        all += line;
    }
    EXPECT_EQ(channel.last_output(kLongAgo), all.substr(all.size() - kTailBytes));
}

TEST_F(OutputTail, RotatedFile_GivesWhatWasMovedAway) {
    OutputChannel channel(to(file({.maxbytes = 10, .backups = 2})));
    channel.feed("0123456789\n", now_at(1));
    EXPECT_TRUE(std::filesystem::exists(path + ".1"));
    EXPECT_EQ(channel.last_output(kLongAgo), "0123456789\n");
    channel.feed("new\n", now_at(1));
    EXPECT_EQ(channel.last_output(kLongAgo), "0123456789\nnew\n");
    // Files of an earlier run are not read.
    const WallTime later{std::chrono::hours(24 * 365 * 200)};
    EXPECT_EQ(channel.last_output(later), "new\n");
}

TEST_F(OutputTail, FileOfTwoChannels_IsNotTrusted) {
    const auto shared = file();
    OutputChannel one(to(shared));
    OutputChannel other(to(shared));
    one.feed("one\n", now_at(1));
    other.feed("other\n", now_at(1));
    EXPECT_EQ(one.last_output(kLongAgo), "one\n");
    EXPECT_EQ(other.last_output(kLongAgo), "other\n");
}

TEST_F(OutputTail, FileThatWentAway_LeavesNothingToTell) {
    OutputChannel channel(to(file()));
    channel.feed("one\n", now_at(1));
    std::filesystem::remove(path);
    EXPECT_EQ(channel.last_output(kLongAgo), "");
}

TEST_F(OutputTail, StrippedOutput_CountsWhatWasKept) {
    write_file(path, "of an earlier run\n");
    auto options = to(file());
    options.strip_ansi = true;
    OutputChannel channel(std::move(options));
    channel.feed("\033[31mred\033[0m\n", now_at(1));
    EXPECT_EQ(channel.last_output(kLongAgo), "red\n");
}

}  // namespace
}  // namespace svd::log
