#include "base/strings.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StringsTest, IsBlank_PythonsAsciiWhiteSpace) {
    for (const char c : {' ', '\t', '\n', '\r', '\v', '\f'}) EXPECT_TRUE(is_blank(c)) << int{c};
    for (const char c : {'\0', '\b', 'a', '\x7f', '\x0e', '\xa0'})
        EXPECT_FALSE(is_blank(c)) << int{c};
}

TEST(StringsTest, Trim_BlanksAtBothEnds_AreRemoved) {
    EXPECT_EQ(trim(" \t\na b\v\f\r "), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("\0x"s), "\0x"s);
}

TEST(StringsTest, Case_ChangesAsciiOnly) {
    EXPECT_EQ(to_lower("ABC-Ä1z"), "abc-Ä1z");
    EXPECT_EQ(to_upper("abc-ä1Z"), "ABC-ä1Z");
}

TEST(StringsTest, Split_KeepsEmptyParts) {
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("a,", ','), ElementsAre("a", ""));
    EXPECT_THAT(split(",", ','), ElementsAre("", ""));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_THAT(split("a b", ','), ElementsAre("a b"));
}

TEST(StringsTest, SplitBlanks_RunsOfBlanks_SeparateOnce) {
    EXPECT_THAT(split_blanks("  a \t b\nc "), ElementsAre("a", "b", "c"));
    EXPECT_THAT(split_blanks("a"), ElementsAre("a"));
    EXPECT_THAT(split_blanks(" \n "), IsEmpty());
    EXPECT_THAT(split_blanks(""), IsEmpty());
}

TEST(StringsTest, Join_PutsTheSeparatorBetweenParts) {
    EXPECT_EQ(join({}, ", "), "");
    EXPECT_EQ(join({"a"}, ", "), "a");
    EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
    EXPECT_EQ(join({"a", "a"}, "-"), "a-a");
}

TEST(ParsePythonIntTest, Decimal_AcceptsWhatPythonAccepts) {
    EXPECT_EQ(parse_python_int("17"), 17);
    EXPECT_EQ(parse_python_int(" 17\n"), 17);
    EXPECT_EQ(parse_python_int("+17"), 17);
    EXPECT_EQ(parse_python_int("-17"), -17);
    EXPECT_EQ(parse_python_int("1_7"), 17);
    EXPECT_EQ(parse_python_int("00017"), 17);
    EXPECT_EQ(parse_python_int("-0"), 0);
}

TEST(ParsePythonIntTest, Decimal_RefusesWhatPythonRefuses) {
    for (const char* text : {"", " ", "-", "+", "--17", "- 17", "_17", "17_", "1__7", "0o17",
                             "0x11", "1.0", "1e3", "1 7", "seventeen"})
        EXPECT_EQ(parse_python_int(text), std::nullopt) << text;
}

TEST(ParsePythonIntTest, Octal_AcceptsPlainAndPrefixedNumbers) {
    EXPECT_EQ(parse_python_int("17", 8), 15);
    EXPECT_EQ(parse_python_int("022", 8), 18);
    EXPECT_EQ(parse_python_int("0o17", 8), 15);
    EXPECT_EQ(parse_python_int("0O17", 8), 15);
    EXPECT_EQ(parse_python_int("0o_17", 8), 15);
    EXPECT_EQ(parse_python_int("-17", 8), -15);
}

TEST(ParsePythonIntTest, Octal_RefusesOtherDigits) {
    for (const char* text : {"8", "9", "0o", "0o8", "0x11", "o17", "0o__1"})
        EXPECT_EQ(parse_python_int(text, 8), std::nullopt) << text;
}

TEST(ParsePythonIntTest, BeyondSixtyFourBits_IsRefusedNotWrapped) {
    EXPECT_EQ(parse_python_int("9223372036854775807"), 9223372036854775807LL);
    EXPECT_EQ(parse_python_int("9223372036854775808"), std::nullopt);
    EXPECT_EQ(parse_python_int("99999999999999999999999999"), std::nullopt);
    EXPECT_EQ(parse_python_int("-99999999999999999999999999"), std::nullopt);
}

TEST(NearestNameTest, SmallSlip_SuggestsTheRightName) {
    const std::vector<std::string_view> known{"autostart", "autorestart", "command", "user"};
    EXPECT_EQ(nearest_name("autostrat", known), "autostart");
    EXPECT_EQ(nearest_name("comand", known), "command");
    EXPECT_EQ(nearest_name("users", known), "user");
    EXPECT_EQ(nearest_name("command", known), "command");
}

TEST(NearestNameTest, NothingNear_SuggestsNothing) {
    EXPECT_EQ(nearest_name("xyzzy", {"autostart", "command"}), "");
    EXPECT_EQ(nearest_name("abc", {}), "");
    EXPECT_EQ(nearest_name("", {"command"}), "");
}

TEST(NearestNameTest, VeryLongName_IsNotCompared) {
    EXPECT_EQ(nearest_name(std::string(65, 'a'), {std::string_view("aaaa")}), "");
}

TEST(HexValueTest, Digits_HaveTheirValueInEitherCase) {
    const std::string digits = "0123456789abcdef";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        EXPECT_EQ(hex_value(digits[i]), static_cast<int>(i));
        EXPECT_EQ(hex_value(to_upper(digits)[i]), static_cast<int>(i));
    }
    for (const char c : std::string("gG/:@` \0", 8)) EXPECT_EQ(hex_value(c), -1) << c;
}

TEST(DirectoryOfTest, Path_LosesItsLastName) {
    EXPECT_EQ(directory_of("/run/svd/svd.sock"), "/run/svd");
    EXPECT_EQ(directory_of("/a"), "/");
    EXPECT_EQ(directory_of("a"), ".");
    EXPECT_EQ(directory_of("a/b"), "a");
}

TEST(IsUtf8Test, WellFormedText_IsAccepted) {
    for (const char* text :
         {"", "abc", "é", "日本", "😀", "\xf4\x8f\xbf\xbf", "\xee\x80\x80", "\xed\x9f\xbf"})
        EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8("\0a"s));
}

TEST(IsUtf8Test, IllFormedText_IsRefused) {
    EXPECT_FALSE(is_utf8("\x80")) << "continuation alone";
    EXPECT_FALSE(is_utf8("\xc3")) << "cut off";
    EXPECT_FALSE(is_utf8("\xe6\x97")) << "cut off";
    EXPECT_FALSE(is_utf8("\xf0\x9f\x98")) << "cut off";
    EXPECT_FALSE(is_utf8("\xc3(")) << "no continuation";
    EXPECT_FALSE(is_utf8("\xc0\x80")) << "overlong";
    EXPECT_FALSE(is_utf8("\xe0\x80\x80")) << "overlong";
    EXPECT_FALSE(is_utf8("\xf0\x80\x80\x80")) << "overlong";
    EXPECT_FALSE(is_utf8("\xed\xa0\x80")) << "surrogate";
    EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80")) << "beyond U+10FFFF";
    EXPECT_FALSE(is_utf8("\xff")) << "never a lead byte";
    EXPECT_FALSE(
        is_utf8("ok\xff"
                "ok"))
        << "in the middle";
}

}  // namespace
}  // namespace svd
