// The expected results and error texts are those of Python 3.11's getopt.
#include "base/command_line.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd {
namespace {

using ::testing::IsEmpty;

constexpr auto kTable = std::to_array<OptionRow>({
    {'c', "configuration", true, "FILE", "the file"},
    {'n', "nodaemon", false, "", "stay here"},
    {0, "nocleanup", false, "", "keep logs"},
    {'u', "user", true, "NAME", "run as"},
    {0, "umask", true, "MASK", "of children"},
    {'?', "", false, "", "help"},
});

// "--user=x" for each option and the plain words after " | "; the error's text when there is one.
std::string parse(const std::vector<std::string>& arguments) {
    const auto line = parse_command_line(kTable, arguments);
    if (!line) return "error: " + line.error().text;
    std::string out;
    for (const auto& option : line->options) {
        out += out.empty() ? "" : " ";
        out += option.spelling + (option.row->takes_value ? "=" + option.value : "");
    }
    for (const auto& word : line->words) out += " | " + word;
    return out;
}

TEST(CommandLineTest, Nothing_IsNoOptionAndNoWord) {
    EXPECT_EQ(parse({}), "");
}

TEST(CommandLineTest, ShortOptions_BundleAndTakeTheirValueWhereverItIs) {
    EXPECT_EQ(parse({"-n"}), "-n");
    EXPECT_EQ(parse({"-cfile"}), "-c=file");
    EXPECT_EQ(parse({"-c", "file"}), "-c=file");
    EXPECT_EQ(parse({"-nc", "file", "word"}), "-n -c=file | word");
    EXPECT_EQ(parse({"-ncfile", "-n"}), "-n -c=file -n");
    EXPECT_EQ(parse({"-c", ""}), "-c=");
    EXPECT_EQ(parse({"-c", "-n"}), "-c=-n");
    EXPECT_EQ(parse({"-?"}), "-?");
}

TEST(CommandLineTest, LongOptions_TakeAUniquePrefixAndBothSpellingsOfAValue) {
    EXPECT_EQ(parse({"--configuration", "f"}), "--configuration=f");
    EXPECT_EQ(parse({"--conf=f"}), "--configuration=f");
    EXPECT_EQ(parse({"--nod", "b"}), "--nodaemon | b");
    EXPECT_EQ(parse({"--user="}), "--user=");
    EXPECT_EQ(parse({"--user=a=b"}), "--user=a=b");
}

TEST(CommandLineTest, FirstPlainWord_EndsTheOptions) {
    EXPECT_EQ(parse({"a", "-n"}), " | a | -n");
    EXPECT_EQ(parse({"-n", "--", "-c"}), "-n | -c");
    EXPECT_EQ(parse({"-", "-n"}), " | - | -n");
    EXPECT_EQ(parse({"", "-n"}), " |  | -n");
}

TEST(CommandLineTest, Mistakes_AreNamedInGetoptsWords) {
    EXPECT_EQ(parse({"-q"}), "error: option -q not recognized");
    EXPECT_EQ(parse({"-nq"}), "error: option -q not recognized");
    EXPECT_EQ(parse({"-n-"}), "error: option -- not recognized");
    EXPECT_EQ(parse({"--xyz"}), "error: option --xyz not recognized");
    EXPECT_EQ(parse({"--no"}), "error: option --no not a unique prefix");
    EXPECT_EQ(parse({"--u=3"}), "error: option --u not a unique prefix");
    EXPECT_EQ(parse({"-c"}), "error: option -c requires argument");
    EXPECT_EQ(parse({"--user"}), "error: option --user requires argument");
    EXPECT_EQ(parse({"--nodaemon=1"}), "error: option --nodaemon must not have an argument");
}

TEST(CommandLineTest, RowsWithoutALetter_AreNotReachedByANulCharacter) {
    EXPECT_FALSE(parse_command_line(kTable, std::vector{std::string("-\0", 2)}).has_value());
}

TEST(CommandLineTest, Rows_PointIntoTheTable) {
    const auto line = parse_command_line(kTable, std::vector<std::string>{"--umask", "022"});
    ASSERT_TRUE(line.has_value());
    ASSERT_EQ(line->options.size(), 1U);
    EXPECT_EQ(line->options[0].row, &kTable[4]);
    EXPECT_THAT(line->words, IsEmpty());
}

TEST(CommandLineTest, Usage_AlignsTheTexts) {
    EXPECT_EQ(usage_rows(kTable),
              "  -c, --configuration=FILE  the file\n"
              "  -n, --nodaemon            stay here\n"
              "      --nocleanup           keep logs\n"
              "  -u, --user=NAME           run as\n"
              "      --umask=MASK          of children\n"
              "  -?                        help\n");
}

}  // namespace
}  // namespace svd
