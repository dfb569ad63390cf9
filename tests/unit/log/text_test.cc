// Texts: levels, time stamps, AUTO log names, valid text for RPC answers, debug copies.
#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>
#include <syslog.h>

#include "base/strings.h"
#include "log/auto_log.h"
#include "log/level.h"
#include "log/line_stamp.h"
#include "log/output_channel.h"
#include "log/valid_text.h"

namespace svd::log {
namespace {

using namespace std::string_literals;

TEST(Levels, Table_HasSupervisorsNumbersAndCodes) {
    const std::pair<int, const char*> expected[] = {{50, "CRIT"}, {40, "ERRO"}, {30, "WARN"},
                                                    {20, "INFO"}, {10, "DEBG"}, {5, "TRAC"},
                                                    {3, "BLAT"}};
    ASSERT_EQ(level_table().size(), std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        EXPECT_EQ(static_cast<int>(level_table()[i].level), expected[i].first);
        EXPECT_EQ(level_table()[i].code, expected[i].second);
    }
    EXPECT_EQ(find_level("WARN"), Level::Warn);
    EXPECT_EQ(find_level("blather"), Level::Blather);
    EXPECT_EQ(find_level("loud"), std::nullopt);
    EXPECT_EQ(level_row(Level::Critical).syslog_priority, LOG_CRIT);
    EXPECT_EQ(level_code(static_cast<Level>(999)), "INFO");
}

TEST(LineStamp, LocalTime_WithMillisecondsCutOff) {
    ::setenv("TZ", "EST5EDT", 1);
    ::tzset();
    LineStamp stamp;
    std::string line;
    using namespace std::chrono;
    const WallTime at = sys_days(2026y / November / 21) + 20h + microseconds(123999);
    stamp.append(line, at);
    stamp.append(line, at + 876ms);
    stamp.append(line, at + 877ms);
    EXPECT_EQ(line, "2026-11-21 15:00:00,123 2026-11-21 15:00:00,999 2026-11-21 15:00:01,000 ");
    ::unsetenv("TZ");
    ::tzset();
}

TEST(LineStamp, TimesBeforeTheEpoch_AreShownTruly) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    LineStamp stamp;
    std::string line;
    stamp.append(line, WallTime(std::chrono::microseconds(-1)));
    EXPECT_EQ(line, "1969-12-31 23:59:59,999 ");
    ::unsetenv("TZ");
    ::tzset();
}

TEST(AutoLogName, OnlyExactNamesOfThisIdentifier_Match) {
    for (const char* name :
         {"cat-stdout---supervisor-a1b2c3d4.log", "cat-stderr---supervisor-________.log",
          "a---b-stdout---supervisor-abcdefgh.log", "cat-stdout---supervisor-abcdefgh.log.1",
          "cat-stdout---supervisor-abcdefgh.log.1000"})
        EXPECT_TRUE(is_auto_log_name(name, "supervisor")) << name;
    for (const char* name :
         {"cat-stdout---supervisor-abcdefgh.log.gz", "cat-stdout---supervisor-abcdefgh.log.1.gz",
          "cat-stdout---supervisor-abcdefgh.logx", "cat-stdout---supervisor-abcdefg.log",
          "cat-stdout---supervisor-abcdefghi.log", "cat-stdout---supervisor-ABCDEFGH.log",
          "cat-stdout---other-abcdefgh.log", "cat-stdout---supervisor2-abcdefgh.log",
          "cat---supervisor-abcdefgh.log", "-stdout---supervisor-abcdefgh.log",
          "important---supervisor-notes.log", "cat-stdout---supervisor-abcdefgh.log.",
          "cat-stdout---supervisor-abcdefgh.log.123456", "", ".log", "abcdefgh.log"})
        EXPECT_FALSE(is_auto_log_name(name, "supervisor")) << name;
}

TEST(AutoLogName, Identifier_IsTakenLiterally) {
    EXPECT_TRUE(is_auto_log_name("x-stdout---a.c-abcdefgh.log", "a.c"));
    EXPECT_FALSE(is_auto_log_name("x-stdout---abc-abcdefgh.log", "a.c"));
    EXPECT_FALSE(is_auto_log_name("x-stdout---abc-abcdefgh.log", ".*"));
    EXPECT_TRUE(is_auto_log_name("x-stdout---a_b-abcdefgh.log", "a/b"));
}

TEST(ValidText, Table) {
    const std::pair<std::string, std::string> rows[] = {
        {"plain\ttext\r\n", "plain\ttext\r\n"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\x82\xac"
         "x",
         "x"},               // the end of a character in front
        {"x\xe2\x82", "x"},  // the beginning of one at the end
        {"x\xf0\x9f\x98", "x"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        {"a\xe2\x82"
         "b",
         "a\xef\xbf\xbd"
         "b"},  // one for the maximal part
        {"a\xc0\xaf"
         "b",
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {"a\xed\xa0\x80"
         "b",
         "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {"a\xf4\x90\x80\x80", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"a\x1b[0m\0\x08z"s, "a[0mz"},
        {"a\xef\xbf\xbe\xef\xbf\xbf"
         "b",
         "ab"},
        {"a\xff", "a\xef\xbf\xbd"},
        {"\x80\x80\x80\x80", "\xef\xbf\xbd"},
        {"", ""},
    };
    for (const auto& [in, out] : rows)
        EXPECT_EQ(to_valid_text(in), out) << testing::PrintToString(in);
}

TEST(ValidText, EveryPairOfBytes_GivesWellFormedText) {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            const std::string in{'x', static_cast<char>(a), static_cast<char>(b), 'y'};
            ASSERT_TRUE(is_utf8(to_valid_text(in))) << a << " " << b;
        }
}

TEST(ValidText, CharactersCutAnywhere_LeaveNoReplacement) {
    const std::string text = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
    for (std::size_t begin = 0; begin < text.size(); ++begin)
        for (std::size_t end = begin; end <= text.size(); ++end) {
            const std::string out =
                to_valid_text(std::string_view(text).substr(begin, end - begin));
            EXPECT_EQ(out.find("\xef\xbf\xbd"), std::string::npos) << begin << " " << end;
        }
}

TEST(DebugCopy, ShowsTextAsItIsAndOtherBytesAsRepr) {
    EXPECT_EQ(debug_copy_text("cat", Channel::Stdout, "hi\n"), "'cat' stdout output:\nhi\n");
    EXPECT_EQ(debug_copy_text("cat", Channel::Stderr, "\xff\n"),
              "'cat' stderr output:\nUndecodable: b'\\xff\\n'");
    EXPECT_EQ(debug_copy_of_protocol("ear", "RESULT 2\nOK"),
              "'ear' stdout output:\nb'RESULT 2\\nOK'");
}

}  // namespace
}  // namespace svd::log
