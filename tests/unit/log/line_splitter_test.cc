#include "log/line_splitter.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/log/chunks.h"

namespace svd::log {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

Lines split_whole(std::string_view text, std::size_t max_line, bool finish = true) {
    Lines lines;
    LineSplitter splitter(max_line, [&](std::string_view line) { lines.emplace_back(line); });
    splitter.feed(text);
    if (finish) splitter.finish();
    return lines;
}

TEST(LineSplitter, Lines_ComeWithoutNewlineAndEmptyOnesToo) {
    EXPECT_THAT(split_whole("a\n\nb\n", 100), ElementsAre("a", "", "b"));
}

TEST(LineSplitter, PartialLine_WaitsForItsEnd) {
    EXPECT_THAT(split_whole("a\nrest", 100, false), ElementsAre("a"));
    EXPECT_THAT(split_whole("a\nrest", 100), ElementsAre("a", "rest"));
}

TEST(LineSplitter, LongLine_IsDeliveredInParts) {
    EXPECT_THAT(split_whole("123456789\nabc\n", 4), ElementsAre("1234", "5678", "9", "abc"));
    EXPECT_THAT(split_whole("1234\n5678\n", 4), ElementsAre("1234", "5678"));
}

TEST(LineSplitter, RandomChunks_GiveTheSameAsOneChunk) {
    const Lines pieces{"a", "bc", "\n", "long text ", "0123456789"};
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        const std::string text = test::random_text(pieces, 40, random);
        Lines lines;
        LineSplitter splitter(10, [&](std::string_view line) { lines.emplace_back(line); });
        test::feed_randomly(text, random, [&](auto part) { splitter.feed(part); });
        splitter.finish();
        ASSERT_EQ(lines, split_whole(text, 10)) << text;
    }
}

}  // namespace
}  // namespace svd::log
