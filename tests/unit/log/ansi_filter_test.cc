#include "log/ansi_filter.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/log/chunks.h"

namespace svd::log {
namespace {

using namespace std::string_literals;

std::string strip_whole(std::string_view text) {
    AnsiFilter filter;
    return std::string(filter.strip(text));
}

struct Row {
    const char* what;
    std::string in;
    std::string out;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> kRows{
        {"plain text", "hello\nworld\n", "hello\nworld\n"},
        {"colour", "\x1b[31mred\x1b[0m plain", "red plain"},
        {"several parameters", "\x1b[1;38;5;208mx\x1b[m", "x"},
        {"finals beyond Supervisor's list", "a\x1b[3Gb\x1b[2@c", "abc"},
        {"private and intermediate bytes", "a\x1b[?25lb\x1b[0 qc", "abc"},
        {"title with BEL",
         "a\x1b]0;my title\x07"
         "b",
         "ab"},
        {"title with ST", "a\x1b]0;my title\x1b\\b", "ab"},
        {"hyperlink", "\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\!", "link!"},
        {"device control string keeps BEL inside", "a\x1bPq#0\x07#1\x1b\\b", "ab"},
        {"application and privacy strings", "a\x1b_Gi=1\x1b\\b\x1b^p\x1b\\c\x1bXs\x1b\\d", "abcd"},
        {"charset selection", "a\x1b(Bb\x1b)0c", "abc"},
        {"two-byte escapes",
         "a\x1b"
         "7b\x1b"
         "8c\x1b=d\x1bMe",
         "abcde"},
        {"restarted sequence", "a\x1b[1\x1b[2mb", "ab"},
        {"escape twice", "a\x1b\x1b[1mb", "ab"},
        {"string broken by a new sequence", "a\x1b]0;t\x1b[1mb", "ab"},
        {"cancelled",
         "a\x1b[12\x18"
         "b\x1b]x\x1a"
         "c",
         "abc"},
        {"newline breaks a CSI and stays", "a\x1b[12\nb", "a\nb"},
        {"newline breaks a title and stays", "a\x1b]0;title\nb", "a\nb"},
        {"newline after ESC stays", "a\x1b\nb", "a\nb"},
        {"UTF-8 is no control",
         "\xc3\xa4\xe2\x82\xac\x1b[1m\xc2\x9b"
         "1mx",
         "\xc3\xa4\xe2\x82\xac\xc2\x9b"
         "1mx"},
        {"UTF-8 in a title", "\x1b]0;\xc3\xa4\x07x", "x"},
        {"UTF-8 breaks a CSI and stays", "\x1b[1\xc3\xa4", "\xc3\xa4"},
        {"unfinished at the end", "abc\x1b[31", "abc"},
        {"NUL bytes are text", "a\0b"s, "a\0b"s},
    };
    return kRows;
}

TEST(AnsiFilter, KnownSequences_AreRemovedAndTextStays) {
    for (const Row& row : rows()) EXPECT_EQ(strip_whole(row.in), row.out) << row.what;
}

TEST(AnsiFilter, SequencesCutAnywhere_GiveTheSameText) {
    for (const Row& row : rows()) {
        for (std::size_t cut = 0; cut <= row.in.size(); ++cut) {
            AnsiFilter filter;
            std::string out;
            test::feed_cut_at(row.in, cut, [&](auto part) { out += filter.strip(part); });
            EXPECT_EQ(out, row.out) << row.what << " cut at " << cut;
        }
        AnsiFilter filter;
        std::string out;
        test::feed_bytewise(row.in, [&](auto part) { out += filter.strip(part); });
        EXPECT_EQ(out, row.out) << row.what << " byte by byte";
    }
}

TEST(AnsiFilter, RandomChunks_GiveTheSameAsOneChunkAndNoEscape) {
    const std::vector<std::string> pieces{"a",  "text ", "\n",       "\x1b",    "[",           "]",
                                          "31", ";",     "m",        "\x07",    "\\",          "P",
                                          "(",  "\x18",  "\xc3\xa4", "\x1b[0m", "\x1b]0;t\x07"};
    std::mt19937 random(1);
    for (int round = 0; round < 500; ++round) {
        const std::string text = test::random_text(pieces, 60, random);
        AnsiFilter filter;
        std::string out;
        test::feed_randomly(text, random, [&](auto part) { out += filter.strip(part); });
        ASSERT_EQ(out, strip_whole(text)) << round;
        ASSERT_EQ(out.find('\x1b'), std::string::npos) << round;
    }
}

TEST(AnsiFilter, TextWithoutEscapes_IsNotCopied) {
    AnsiFilter filter;
    const std::string text(1000, 'x');
    EXPECT_EQ(filter.strip(text).data(), text.data());
}

TEST(AnsiFilter, EndlessCsi_IsGivenUpAtItsLimit) {
    const std::string text = "\x1b[" + std::string(10 * AnsiFilter::kMaxControl, '1') + "\n";
    EXPECT_EQ(strip_whole(text).size(), text.size() - AnsiFilter::kMaxControl);
}

TEST(AnsiFilter, EndlessTitle_IsGivenUpAtItsLimit) {
    const std::string text = "\x1b]" + std::string(2 * AnsiFilter::kMaxString, 'x');
    EXPECT_EQ(strip_whole(text).size(), text.size() - AnsiFilter::kMaxString);
}

TEST(AnsiFilter, Reset_ForgetsAnUnfinishedSequence) {
    AnsiFilter filter;
    EXPECT_EQ(filter.strip("a\x1b[3"), "a");
    filter.reset();
    EXPECT_EQ(filter.strip("1m"), "1m");
}

// As an upgrade does it, at any byte.
TEST(AnsiFilter, SavedAndRestoredAnywhere_GoesOn) {
    const std::string text = "a\x1b[31mred\x1b]0;title\x07 b\x1b(B\x1bPdcs\x1b\\c";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        AnsiFilter first;
        AnsiFilter second;
        std::string out(first.strip(std::string_view(text).substr(0, cut)));
        second.restore(first.save());
        out += second.strip(std::string_view(text).substr(cut));
        EXPECT_EQ(out, "ared bc") << cut;
    }
    AnsiFilter odd;
    odd.restore({-1, true, 5});
    odd.restore({1000, true, 5});
    EXPECT_EQ(odd.strip("text"), "text");
}

}  // namespace
}  // namespace svd::log
