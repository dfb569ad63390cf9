#include "log/capture_scanner.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/log/chunks.h"

namespace svd::log {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kBegin(kBeginToken);
const std::string kEnd(kEndToken);

struct Scan {
    explicit Scan(std::size_t limit = 1000)
        : scanner(
              limit,
              [this](std::string_view bytes) {
                  passed += bytes;
                  pieces.emplace_back(bytes);
              },
              [this](std::string_view message) { messages.emplace_back(message); }) {}
    std::string passed;
    std::vector<std::string> pieces;
    std::vector<std::string> messages;
    CaptureScanner scanner;
};

TEST(CaptureScanner, TextBetweenTokens_IsCapturedAndNotPassed) {
    Scan scan;
    scan.scanner.feed("before" + kBegin + "message" + kEnd + "after");
    EXPECT_EQ(scan.passed, "beforeafter");
    EXPECT_THAT(scan.messages, ElementsAre("message"));
}

TEST(CaptureScanner, TextWithoutTokens_IsPassedAtOnceInOnePiece) {
    Scan scan;
    scan.scanner.feed("<html><body>a < b <!--X--> c</body>");
    EXPECT_THAT(scan.pieces, ElementsAre("<html><body>a < b <!--X--> c</body>"));
}

TEST(CaptureScanner, ShortWrite_IsNotDelayed) {
    Scan scan;
    scan.scanner.feed("ok\n");
    EXPECT_EQ(scan.passed, "ok\n");
}

TEST(CaptureScanner, TokensCutAnywhere_AreFound) {
    const std::string text =
        "x<" + kBegin + "one<!--XSUPERVISOR:EN" + kEnd + "y" + kBegin + kEnd + "<!-";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Scan scan;
        test::feed_cut_at(text, cut, [&](auto part) { scan.scanner.feed(part); });
        EXPECT_EQ(scan.passed, "x<y") << cut;
        EXPECT_THAT(scan.messages, ElementsAre("one<!--XSUPERVISOR:EN", "")) << cut;
        scan.scanner.finish();
        EXPECT_EQ(scan.passed, "x<y<!-") << cut;
    }
}

TEST(CaptureScanner, RandomChunks_GiveTheSameAsOneChunk) {
    const std::vector<std::string> pieces{
        "a",    "<",  "<!--",  "<!--XSUPERVISOR:", "BEGIN-->", "END-->", "-", ">",
        kBegin, kEnd, "text\n"};
    std::mt19937 random(2);
    for (int round = 0; round < 500; ++round) {
        const std::string text = test::random_text(pieces, 60, random);
        Scan whole(20);
        whole.scanner.feed(text);
        whole.scanner.finish();
        Scan cut(20);
        test::feed_randomly(text, random, [&](auto part) { cut.scanner.feed(part); });
        cut.scanner.finish();
        ASSERT_EQ(cut.passed, whole.passed) << text;
        ASSERT_EQ(cut.messages, whole.messages) << text;
    }
}

TEST(CaptureScanner, MessageOverTheLimit_KeepsItsNewestBytes) {
    for (const std::string_view text :
         {std::string_view("0123456789"), std::string_view("56789")}) {
        Scan one(5);
        one.scanner.feed(kBegin + std::string(text) + kEnd);
        EXPECT_THAT(one.messages, ElementsAre("56789"));
        Scan many(5);
        test::feed_bytewise(kBegin + std::string(text) + kEnd,
                            [&](auto part) { many.scanner.feed(part); });
        EXPECT_THAT(many.messages, ElementsAre("56789"));
    }
}

TEST(CaptureScanner, BeginInsideAMessageIsData_EndOutsideIsText) {
    Scan scan;
    scan.scanner.feed(kEnd + kBegin + "a" + kBegin + "b" + kEnd);
    EXPECT_EQ(scan.passed, kEnd);
    EXPECT_THAT(scan.messages, ElementsAre("a" + kBegin + "b"));
}

TEST(CaptureScanner, HeldPrefixOfAToken_IsTextAtTheEndOfTheStream) {
    for (std::size_t n = 1; n < kBegin.size(); ++n) {
        Scan scan;
        scan.scanner.feed("x" + kBegin.substr(0, n));
        EXPECT_EQ(scan.passed, "x");
        EXPECT_EQ(scan.scanner.finish(), 0U);
        EXPECT_EQ(scan.passed, "x" + kBegin.substr(0, n));
    }
}

TEST(CaptureScanner, MessageWithoutEnd_IsLostAndCounted) {
    Scan scan;
    scan.scanner.feed(kBegin + "abc<!--");
    EXPECT_TRUE(scan.scanner.capturing());
    EXPECT_EQ(scan.scanner.finish(), 7U);
    EXPECT_THAT(scan.messages, IsEmpty());
    EXPECT_EQ(scan.passed, "");
    scan.scanner.feed("next run");
    EXPECT_EQ(scan.passed, "next run");
}

// As an upgrade does it, at any byte.
TEST(CaptureScanner, SavedAndRestoredAnywhere_GoesOn) {
    const std::string text = "a<!--" + kBegin + "mess<age" + kEnd + "b" + kEnd + "<";
    Scan whole;
    whole.scanner.feed(text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Scan first;
        Scan second;
        first.scanner.feed(text.substr(0, cut));
        second.scanner.restore(first.scanner.save());
        second.scanner.feed(text.substr(cut));
        EXPECT_EQ(first.passed + second.passed, whole.passed) << cut;
        EXPECT_EQ(first.messages.size() + second.messages.size(), 1U) << cut;
    }
}

}  // namespace
}  // namespace svd::log
