#include "base/tab.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = TabPlace::Kind;

constexpr auto kTabTable = std::to_array<OptionRow>({
    {'c', "configuration", true, "FILE", "the file"},
    {'n', "nodaemon", false, "", "stay here\nfor good"},
    {0, "nocleanup", false, "", "keep logs"},
    {'u', "url", true, "URL", "where"},
    {0, "hidden", false, "", ""},
    {'?', "", false, "", "help"},
});

TabPlace place(const std::vector<std::string>& words) {
    return tab_place(kTabTable, words);
}

TEST(Tab, WordsBehindOptions_AreWords) {
    EXPECT_EQ(place({""}).kind, Kind::Word);
    EXPECT_EQ(place({"sta"}).first_word, 0);
    EXPECT_EQ(place({"-n", "-c", "x", "start", "we"}).first_word, 3);
    EXPECT_EQ(place({"-cx", "start", "-"}).first_word, 1);
    EXPECT_EQ(place({"--configuration", "x", ""}).first_word, 2);
    EXPECT_EQ(place({"--configuration=x", ""}).first_word, 1);
    EXPECT_EQ(place({"--", "-n"}).first_word, 1);
    EXPECT_EQ(place({"--", "-n"}).kind, Kind::Word);
}

TEST(Tab, WordThatBeginsWithADash_IsAnOption) {
    EXPECT_EQ(place({"-"}).kind, Kind::Option);
    EXPECT_EQ(place({"-n", "--no"}).kind, Kind::Option);
}

TEST(Tab, WordBehindAnOptionWithAValue_IsTheValue) {
    for (const auto* spelling : {"-c", "-nc", "--configuration"}) {
        const auto found = place({spelling, "x"});
        EXPECT_EQ(found.kind, Kind::Value) << spelling;
        ASSERT_NE(found.option, nullptr);
        EXPECT_EQ(found.option->letter, 'c');
    }
}

TEST(Tab, Nothing_IsAWord) {
    EXPECT_EQ(place({}).kind, Kind::Word);
    EXPECT_EQ(tab_lines({}), "");
}

TEST(Tab, Options_AreThoseThatBeginSo_WithTheFirstLineOfTheirHelp) {
    EXPECT_THAT(tab_options(kTabTable, "--no"), ElementsAre(TabWord{"--nodaemon", "stay here"},
                                                            TabWord{"--nocleanup", "keep logs"}));
    EXPECT_THAT(tab_options(kTabTable, "-n"), ElementsAre(TabWord{"-n", "stay here"}));
    EXPECT_THAT(tab_options(kTabTable, "--h"), IsEmpty());
    EXPECT_THAT(tab_options(kTabTable, "-?"), IsEmpty());
}

TEST(Tab, ValuesOfFiles_AreLeftToTheShell) {
    EXPECT_THAT(tab_value(kTabTable[0]), ElementsAre(TabWord{":files", ""}));
    EXPECT_THAT(tab_value(kTabTable[3]), IsEmpty());
}

TEST(Tab, Lines_HaveATabBeforeWhatAWordIsAbout) {
    EXPECT_EQ(tab_lines(std::vector<TabWord>{{"a", "first"}, {"b", ""}}), "a\tfirst\nb\n");
}

}  // namespace
}  // namespace svd
