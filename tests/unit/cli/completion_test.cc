#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_table.h"

namespace svd::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

wire::Value info(const char* group, const char* name) {
    return wire::Struct{{"name", name}, {"group", group}};
}

std::vector<std::string> complete(std::string_view line) {
    static const wire::Array kInfos{info("cat", "cat"), info("cat-2", "cat-2"), info("g", "ga"),
                                    info("g", "gb")};
    return completions(line, []() -> const wire::Array& { return kInfos; });
}

TEST(Completion, FirstWord_IsAnAction) {
    EXPECT_THAT(complete("sta"), ElementsAre("start ", "status "));
    EXPECT_THAT(complete("h"), ElementsAre("help "));
    EXPECT_THAT(complete(""), SizeIs(commands().size() + 1));
    EXPECT_THAT(complete("  "), SizeIs(commands().size() + 1));
    EXPECT_THAT(complete("zzz"), IsEmpty());
}

TEST(Completion, Help_IsFollowedByActions) {
    EXPECT_THAT(complete("help re"),
                ElementsAre("reload ", "remove ", "reopen ", "reread ", "restart ", "resume "));
    EXPECT_THAT(complete("help "), Contains("help "));
}

TEST(Completion, ProcessActions_GetNamespecsAndWholeGroups) {
    EXPECT_THAT(complete("start "),
                ElementsAre("cat ", "cat-2 ", "g:ga ", "g:* ", "g:gb ", "all "));
    EXPECT_THAT(complete("tail "), ElementsAre("cat ", "cat-2 ", "g:ga ", "g:* ", "g:gb "));
    EXPECT_THAT(complete("start ca"), ElementsAre("cat ", "cat-2 "));
    EXPECT_THAT(complete("start cat-"), ElementsAre("cat-2 "));
    EXPECT_THAT(complete("stop cat g:g"), ElementsAre("g:ga ", "g:gb "));
    EXPECT_THAT(complete("tail g:*"), ElementsAre("g:* "));
    EXPECT_THAT(complete("status cat:"), ElementsAre("cat:cat ", "cat:* "));
}

TEST(Completion, GroupActions_GetGroupNames) {
    for (const auto* action : {"add", "remove"})
        EXPECT_THAT(complete(std::string(action) + " "), ElementsAre("cat ", "cat-2 ", "g "));
    EXPECT_THAT(complete("update "), ElementsAre("cat ", "cat-2 ", "g ", "all "));
}

TEST(Completion, Signal_GetsASignalAndThenProcesses) {
    EXPECT_THAT(complete("signal HU"), ElementsAre("HUP "));
    EXPECT_THAT(complete("signal "), Contains("TERM "));
    EXPECT_THAT(complete("signal HUP cat-"), ElementsAre("cat-2 "));
}

TEST(Completion, All_IsOfferedWhereTheActionTakesIt) {
    for (const auto& command : commands()) {
        const auto line = std::string(command.name) +
                          (command.completes == Completes::SignalThenProcesses ? " HUP al" : " al");
        const auto found = complete(line);
        EXPECT_EQ(found, command.has(kAll) ? std::vector<std::string>{"all "} : decltype(found)())
            << line;
        // The help says so; of status it is Supervisor's, which does not.
        const bool in_help = command.help.contains(" all\t") || command.name == "status";
        EXPECT_EQ(command.has(kAll), in_help) << command.name;
    }
}

TEST(Completion, All_IsTheFirstName) {
    EXPECT_THAT(complete("stop cat a"), IsEmpty());
    EXPECT_THAT(complete("stop cat "), Not(Contains("all ")));
    EXPECT_THAT(complete("status -l a"), ElementsAre("all "));
    EXPECT_THAT(complete("signal a"), Not(Contains("all ")));
    EXPECT_THAT(complete("signal HUP cat a"), IsEmpty());
}

TEST(Completion, Flags_AreThoseOfTheHelp) {
    EXPECT_THAT(complete("tail -"), ElementsAre("-f "));
    EXPECT_THAT(complete("top --"), ElementsAre("--once ", "--sort ", "--json "));
    EXPECT_THAT(complete("status -"), ElementsAre("-l ", "--json "));
    EXPECT_THAT(complete("stop -"), IsEmpty());
}

TEST(Completion, Candidates_SayWhatTheyAreAbout) {
    const auto nobody = []() -> const wire::Array& {
        static const wire::Array kOne{
            wire::Struct{{"name", "cat"}, {"group", "cat"}, {"statename", "RUNNING"}}};
        return kOne;
    };
    EXPECT_THAT(candidates("stop c", nobody), ElementsAre(TabWord{"cat", "RUNNING"}));
    EXPECT_THAT(candidates("stop a", nobody), ElementsAre(TabWord{"all", "Stop all processes"}));
    EXPECT_THAT(candidates("status a", nobody), ElementsAre(TabWord{"all", "all processes"}));
    EXPECT_THAT(candidates("restar", nobody), ElementsAre(TabWord{"restart", "Restart a process"}));
    EXPECT_THAT(candidates("tail -", nobody),
                ElementsAre(TabWord{"-f", "Continuous tail of named process stdout"}));
}

TEST(Completion, OtherActions_GetNothing) {
    EXPECT_THAT(complete("shutdown "), IsEmpty());
    EXPECT_THAT(complete("nope x"), IsEmpty());
}

TEST(Completion, Actions_DoNotAskTheServer) {
    const InfoSource nobody = []() -> const wire::Array& {
        ADD_FAILURE() << "asked";
        static const wire::Array kNone;
        return kNone;
    };
    EXPECT_THAT(completions("sto", nobody), ElementsAre("stop "));
    EXPECT_THAT(completions("version ", nobody), IsEmpty());
}

TEST(Completion, CommonPrefix_IsTheLongestOne) {
    EXPECT_EQ(common_prefix({}), "");
    EXPECT_EQ(common_prefix({"status "}), "status ");
    EXPECT_EQ(common_prefix({"start ", "status "}), "sta");
    EXPECT_EQ(common_prefix({"a", "b"}), "");
}

}  // namespace
}  // namespace svd::cli
