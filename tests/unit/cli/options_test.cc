#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Options parsed(const std::vector<std::string>& args) {
    const auto options = parse_options(args);
    EXPECT_TRUE(options.has_value()) << (options ? "" : options.error().text);
    return options.value_or(Options{});
}

std::string error_of(const std::vector<std::string>& args) {
    const auto options = parse_options(args);
    return options ? "(none)" : options.error().text;
}

TEST(Options, ShortAndLongForms_MeanTheSame) {
    const std::vector<std::vector<std::string>> rows = {
        {"-c", "/x", "-s", "unix:///s", "-u", "me", "-p", "pw", "-r", "/h", "-i", "status"},
        {"-c/x", "-sunix:///s", "-ume", "-ppw", "-r/h", "-i", "status"},
        {"--configuration", "/x", "--serverurl", "unix:///s", "--username", "me", "--password",
         "pw", "--history_file", "/h", "--interactive", "status"},
        {"--configuration=/x", "--serverurl=unix:///s", "--username=me", "--password=pw",
         "--history-file=/h", "--interactive", "status"},
        {"--c=/x", "--s=unix:///s", "--u=me", "--p=pw", "--history=/h", "--i", "status"}};
    for (const auto& row : rows) {
        const auto options = parsed(row);
        EXPECT_EQ(options.configuration, "/x");
        EXPECT_EQ(options.serverurl, "unix:///s");
        EXPECT_EQ(options.username, "me");
        EXPECT_EQ(options.password, "pw");
        EXPECT_EQ(options.history_file, "/h");
        EXPECT_TRUE(options.interactive);
        EXPECT_THAT(options.words, ElementsAre("status"));
    }
}

TEST(Options, LettersMayShareAWord) {
    const auto options = parsed({"-iume", "x"});
    EXPECT_TRUE(options.interactive);
    EXPECT_EQ(options.username, "me");
    EXPECT_THAT(options.words, ElementsAre("x"));
}

TEST(Options, TheFirstWord_EndsThem) {
    EXPECT_THAT(parsed({"tail", "-f", "x"}).words, ElementsAre("tail", "-f", "x"));
    EXPECT_THAT(parsed({"--", "-f"}).words, ElementsAre("-f"));
    EXPECT_THAT(parsed({"-", "-i"}).words, ElementsAre("-", "-i"));
    EXPECT_THAT(parsed({""}).words, ElementsAre(""));
    EXPECT_THAT(parsed({}).words, IsEmpty());
}

TEST(Options, EmptyValues_AreValues) {
    EXPECT_EQ(parsed({"-p", ""}).password, "");
    EXPECT_EQ(parsed({"--password="}).password, "");
}

TEST(Options, Mistakes_AreNamedAsGetoptDoes) {
    EXPECT_EQ(error_of({"-z"}), "option -z not recognized");
    EXPECT_EQ(error_of({"-iz"}), "option -z not recognized");
    EXPECT_EQ(error_of({"-u"}), "option -u requires argument");
    EXPECT_EQ(error_of({"--nope"}), "option --nope not recognized");
    EXPECT_EQ(error_of({"--user"}), "option --username requires argument");
    EXPECT_EQ(error_of({"--h"}), "option --h not a unique prefix");
    EXPECT_EQ(error_of({"--help=x"}), "option --help must not have an argument");
    EXPECT_EQ(error_of({"-u", "a", "--user=b"}), "conflicting command line option '--username'");
    EXPECT_EQ(error_of({"-i", "-i"}), "conflicting command line option '-i'");
    EXPECT_EQ(error_of({"-s", "it's"}),
              "invalid value for -s \"it's\": value \"it's\" is not a URL");
}

TEST(Options, HelpAndVersion_AreFlags) {
    EXPECT_TRUE(parsed({"-h"}).help);
    EXPECT_TRUE(parsed({"-?"}).help);
    EXPECT_TRUE(parsed({"--help"}).help);
    EXPECT_TRUE(parsed({"--version"}).version);
    EXPECT_TRUE(parsed({"--json", "status"}).json);
}

TEST(Options, Usage_NamesEveryOption) {
    const auto text = usage_text("/usr/bin/svctl");
    EXPECT_THAT(text, HasSubstr("Usage: /usr/bin/svctl [options]"));
    for (const auto* option :
         {"-c/--configuration FILENAME", "-h/--help", "-i/--interactive", "-s/--serverurl URL",
          "-u/--username", "-p/--password", "-r/--history_file", "--json", "--version"})
        EXPECT_THAT(text, HasSubstr(option));
}

}  // namespace
}  // namespace svd::cli
