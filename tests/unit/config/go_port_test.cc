// What svd takes over from the Go port of Supervisor: [program-default], envfiles, lists of log
// targets and depends_on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/env_file.h"
#include "config/log_targets.h"
#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ProcessConfig& process(const LoadResult& result, const std::string& name) {
    for (const auto& group : result.config->groups)
        for (const auto& one : group.processes)
            if (one->name == name) return *one;
    throw std::out_of_range(name);
}

// All processes in the order in which they start: by (group priority, group, priority, process).
std::vector<std::string> start_order(const LoadResult& result) {
    auto groups = result.config->groups;
    std::ranges::stable_sort(groups, {}, &GroupConfig::priority);
    std::vector<std::string> names;
    for (auto& group : groups) {
        std::ranges::stable_sort(group.processes, {}, [](const auto& p) { return p->priority; });
        for (const auto& one : group.processes) names.push_back(one->name);
    }
    return names;
}

std::string program(const std::string& name, const std::string& lines = "") {
    return "[program:" + name + "]\ncommand=/bin/cat\n" + lines;
}

// --- [program-default] --------------------------------------------------------------------------

TEST(ProgramDefault, Options_AreThoseOfProgramsThatDoNotSetThem) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[program-default]\nstartsecs=7\npriority=5\nautostart=false\n"
        "stdout_logfile=/var/log/%(program_name)s.log\n[program:own]\ncommand=x\nstartsecs=2\n"
        "[program:taken]\ncommand=x\n[fcgi-program:f]\ncommand=x\nsocket=unix:///tmp/f\n"
        "[eventlistener:l]\ncommand=x\nevents=TICK_5\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(result.problems.list, IsEmpty());
    EXPECT_EQ(process(result, "own").startsecs, Seconds{2});
    EXPECT_EQ(process(result, "taken").startsecs, Seconds{7});
    EXPECT_EQ(process(result, "taken").stdout_log->path, "/var/log/taken.log");
    EXPECT_EQ(process(result, "f").startsecs, Seconds{7});
    EXPECT_EQ(process(result, "l").startsecs, Seconds{1});
    EXPECT_TRUE(process(result, "l").autostart);
    EXPECT_EQ(result.config->groups.at(1).priority, 5);
}

TEST(ProgramDefault, Problems_NameThePlaceAndTheOption) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[program-default]\nstartsec=7\nstartsecs=x\n" + program("a"));
    EXPECT_FALSE(result.config.has_value());
    EXPECT_EQ(result.problems.first_error()->line, 4);
    EXPECT_THAT(texts_of(result, Severity::Warning),
                ElementsAre("unknown option startsec is ignored"));
}

// --- envfiles -----------------------------------------------------------------------------------

TEST(EnvFile, Lines_AreVariables) {
    const auto variables = parse_env_file(
        "# comment\n\nA=1\n export B = two words \nC=\"in quotes\"\r\nD='x=\"y\"'\nE=\nA=2\nF=a#b");
    ASSERT_TRUE(variables.has_value()) << variables.error().text;
    EXPECT_EQ(*variables, (Environment{{"A", "2"},
                                       {"B", "two words"},
                                       {"C", "in quotes"},
                                       {"D", "x=\"y\""},
                                       {"E", ""},
                                       {"F", "a#b"}}));
}

TEST(EnvFile, WhatIsNoVariable_IsAnErrorWithItsLine) {
    for (const std::string_view line : {"word", "=x", "a b=c", "1A=x", "A\tB=1"})
        EXPECT_EQ(parse_env_file("OK=1\n" + std::string(line)).error().text,
                  "line 2 is not NAME=value")
            << line;
    EXPECT_FALSE(parse_env_file(std::string_view("A=x\0y", 5)).has_value());
}

TEST(EnvFiles, Variables_AreBetweenTheDaemonsAndTheProgramsOwn) {
    Fixture fixture;
    fixture.host.files["/etc/a.env"] = "FROM=a\nA=a\nALL=a\n";
    fixture.host.files["/srv/b.env"] = "FROM=b\nALL=b\n";
    const auto result = fixture.load_text(
        "[supervisord]\nenvironment=FROM=\"daemon\",D=\"daemon\"\n" +
        program("x", "envFiles=a.env, /srv/b.env\nenvironment=ALL=\"own\",SEEN=\"%(ENV_A)s\"\n"));
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(result.problems.list, IsEmpty());
    EXPECT_EQ(
        *process(result, "x").environment,
        (Environment{{"A", "a"}, {"ALL", "own"}, {"D", "daemon"}, {"FROM", "b"}, {"SEEN", "a"}}));
}

TEST(EnvFiles, FileThatCannotBeUsed_IsAnError) {
    Fixture fixture;
    EXPECT_THAT(error_of(fixture.load_program("envfiles=no.env\n")),
                HasSubstr("open /etc/no.env: No such file or directory"));
    fixture.host.files["/etc/bad.env"] = "A=1\nbad\n";
    EXPECT_THAT(error_of(fixture.load_program("envfiles=bad.env\n")),
                HasSubstr("/etc/bad.env: line 2 is not NAME=value"));
}

// --- log targets --------------------------------------------------------------------------------

TEST(LogTargets, Commas_DivideOnlyWhereATargetFollows) {
    EXPECT_THAT(split_log_targets("/a.log"), ElementsAre("/a.log"));
    EXPECT_THAT(split_log_targets("/a.log, /dev/stdout,syslog"),
                ElementsAre("/a.log", "/dev/stdout", "syslog"));
    EXPECT_THAT(split_log_targets("AUTO , ~/x"), ElementsAre("AUTO", "~/x"));
    EXPECT_THAT(split_log_targets("/log/a,b.log"), ElementsAre("/log/a,b.log"));
    EXPECT_THAT(split_log_targets("/log/a,b.log, /c"), ElementsAre("/log/a,b.log", "/c"));
    EXPECT_THAT(split_log_targets("/a,SYSLOG @host:514"), ElementsAre("/a", "SYSLOG @host:514"));
    EXPECT_THAT(split_log_targets(" x,"), ElementsAre(" x,"));
    EXPECT_THAT(split_log_targets(""), ElementsAre(""));
}

TEST(LogTargets, List_GivesOneFileToReadAndCopies) {
    Fixture fixture;
    fixture.host.directories.insert("/dev");
    const auto result = fixture.load_program(
        "stdout_logfile=/tmp/a.log, /dev/stdout, syslog\nstderr_logfile=AUTO,/tmp/e.log\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(result.problems.list, IsEmpty());
    const LogConfig& out = process(result, "x").stdout_log;
    EXPECT_EQ(out.target, LogTarget::File);
    EXPECT_EQ(out.path, "/tmp/a.log");
    EXPECT_THAT(*out.more_paths, ElementsAre("/dev/stdout"));
    EXPECT_TRUE(out.syslog);
    const LogConfig& err = process(result, "x").stderr_log;
    EXPECT_EQ(err.target, LogTarget::Auto);
    EXPECT_THAT(*err.more_paths, ElementsAre("/tmp/e.log"));
    EXPECT_FALSE(err.syslog);
}

TEST(LogTargets, WhatSvdHasNotGot_IsWarnedAbout) {
    Fixture fixture;
    const auto result =
        fixture.load_program("stdout_logfile=/tmp/a.log, memory, syslog @h, AUTO\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(texts_of(result, Severity::Warning),
                ElementsAre("log target 'memory' is ignored", "log target 'syslog @h' is ignored",
                            "log target 'AUTO' is ignored"));
    EXPECT_THAT(*process(result, "x").stdout_log->more_paths, IsEmpty());
}

TEST(LogTargets, MissingDirectoryOfAnyTarget_IsAnError) {
    Fixture fixture;
    EXPECT_THAT(error_of(fixture.load_program("stdout_logfile=/tmp/a.log, /no/b.log\n")),
                HasSubstr("/no/b.log does not exist"));
}

TEST(LogTargets, RedirectedStderr_HasNoCopies) {
    Fixture fixture;
    const auto result =
        fixture.load_program("redirect_stderr=true\nstderr_logfile=/tmp/a, /tmp/b\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(*process(result, "x").stderr_log->more_paths, IsEmpty());
}

// --- depends_on ---------------------------------------------------------------------------------

TEST(DependsOn, Dependencies_StartFirst) {
    Fixture fixture;
    const auto result =
        fixture.load_text("[supervisord]\n" + program("a", "depends_on=c,b\n") +
                          program("b", "depends_on=c\n") + program("c") + program("d"));
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(result.problems.list, IsEmpty());
    EXPECT_THAT(start_order(result), ElementsAre("c", "b", "a", "d"));
    EXPECT_THAT(*process(result, "a").depends_on, ElementsAre("c", "b"));
}

TEST(DependsOn, WithoutAny_NothingMoves) {
    Fixture fixture;
    const auto result = fixture.load_text("[supervisord]\n" + program("b") + program("a") +
                                          program("z", "priority=1\n"));
    EXPECT_THAT(start_order(result), ElementsAre("z", "a", "b"));
}

TEST(DependsOn, LowerPriority_IsRaisedAndOthersKeepTheirs) {
    Fixture fixture;
    const auto result =
        fixture.load_text("[supervisord]\n" + program("first", "depends_on=late\npriority=1\n") +
                          program("middle", "priority=50\n") + program("late", "priority=100\n") +
                          program("last", "priority=200\ndepends_on=first\n"));
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(start_order(result), ElementsAre("middle", "late", "first", "last"));
    EXPECT_EQ(result.config->groups.at(2).priority, 100);
    EXPECT_EQ(result.config->groups.at(3).priority, 200);
}

TEST(DependsOn, MembersOfAGroup_AreOrderedInIt) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n" +
        program("a", "depends_on=b\nnumprocs=2\nprocess_name=a%(process_num)d\npriority=3\n") +
        program("b", "priority=7\n") + program("c", "depends_on=a\n") +
        "[group:g]\nprograms=a,b\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(start_order(result), ElementsAre("b", "a0", "a1", "c"));
    EXPECT_EQ(process(result, "a1").priority, 7);
}

TEST(DependsOn, ProgramInTwoGroups_MeansTheInstanceOfItsOwnGroup) {
    Fixture fixture;
    const auto result =
        fixture.load_text("[supervisord]\n" + program("db") +
                          program("app", "depends_on=db\nprocess_name=%(group_name)s\n") +
                          "[group:a]\nprograms=app,db\n[group:b]\nprograms=db\npriority=5000\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(result.config->groups.at(0).name, "a");
    EXPECT_EQ(result.config->groups.at(0).priority, 999);
    EXPECT_THAT(start_order(result), ElementsAre("db", "a", "db"));
}

TEST(DependsOn, Circle_IsAnErrorThatNamesIt) {
    Fixture fixture;
    EXPECT_EQ(error_of(fixture.load_text("[supervisord]\n" + program("a", "depends_on=b\n") +
                                         program("b", "depends_on=c\n") +
                                         program("c", "depends_on=a\n"))),
              "depends_on goes in a circle: a -> b -> c -> a");
    EXPECT_EQ(error_of(fixture.load_program("depends_on=x\n")),
              "depends_on goes in a circle: x -> x");
}

TEST(DependsOn, UnknownProgram_IsWarnedAboutWithTheNearestName) {
    Fixture fixture;
    const auto result = fixture.load_text("[supervisord]\n" + program("database") +
                                          program("app", "depends_on=databse\n"));
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    ASSERT_EQ(result.problems.list.size(), 1U);
    EXPECT_EQ(result.problems.list[0].text, "depends_on names unknown program databse");
    EXPECT_EQ(result.problems.list[0].hint, "did you mean database?");
    EXPECT_EQ(result.problems.list[0].section, "program:app");
}

TEST(DependsOn, GroupsThatWouldHaveToTakeTurns_AreWarnedAbout) {
    Fixture fixture;
    const auto result =
        fixture.load_text("[supervisord]\n" + program("a", "depends_on=c\n") + program("b") +
                          program("c", "depends_on=b\n") + "[group:g]\nprograms=a,b\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_THAT(texts_of(result, Severity::Warning),
                ElementsAre(HasSubstr("depends_on is not obeyed between groups: ")));
}

TEST(DependsOn, LongChain_NeedsNoDeepStack) {
    Fixture fixture;
    std::string text = "[supervisord]\n";
    for (int i = 0; i < 3000; ++i)
        text += program(fmt::format("p{:04}", i), fmt::format("depends_on=p{:04}\n", i + 1));
    const auto result = fixture.load_text(text + program("p3000"));
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(start_order(result).front(), "p3000");
    EXPECT_EQ(start_order(result).back(), "p0000");
}

}  // namespace
}  // namespace svd::config
