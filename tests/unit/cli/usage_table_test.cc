// What `status -l` and `top` print, to the letter; and what `why` prints.
#include "cli/usage_table.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/screen.h"
#include "cli/selection.h"
#include "cli/why_text.h"

namespace svd::cli {
namespace {

using testing::ElementsAre;
using testing::Field;
using wire::Array;
using wire::Struct;
using wire::Value;

constexpr double kMega = 1 << 20;

Value row(std::string group, std::string name, int pid, double cpu, double memory,
          double written = 0) {
    const bool up = pid != 0;
    return Array{std::move(group),
                 std::move(name),
                 up ? 20 : 100,
                 up ? "RUNNING" : "EXITED",
                 pid,
                 up ? 184.0 : 0.0,
                 cpu,
                 memory,
                 memory,
                 up ? 3.0 : -1.0,
                 up ? 0.0 : -1.0,
                 up ? written : -1.0,
                 2,
                 up ? "" : "exit code 3, not expected",
                 up ? 0 : 1'700'000'000};
}

std::vector<UsageRow> sample() {
    return usage_rows(Array{row("web", "a", 7, 1.5, 20 * kMega, 4096), row("web", "b", 8, 61, 5),
                            row("cron", "cron", 0, -1, -1)});
}

TEST(LongStatus, Columns_AreAsWideAsTheirContents) {
    ::setenv("TZ", "UTC0", 1);
    EXPECT_THAT(
        long_status_lines(sample()),
        ElementsAre(
            "NAME   STATE    PID  UPTIME    CPU  MEM  PEAK  TASKS  READ  WRITTEN  RESTARTS  LAST "
            "END",
            "web:a  RUNNING    7   3m04s  1.50s  20M   20M      3     0       4K         2  -",
            "web:b  RUNNING    8   3m04s  1m01s    5     5      3     0        0         2  -",
            "cron   EXITED     -       -      -    -     -      -     -        -         2  "
            "2023-11-14 22:13:20 exit code 3, not expected"));
}

TEST(Top, FirstSample_HasNoRates) {
    EXPECT_THAT(
        top_lines(sample()),
        ElementsAre("NAME   STATE    PID  CPU%    CPU  MEM  TASKS  IO/S  RESTARTS  UPTIME",
                    "web:a  RUNNING    7     -  1.50s  20M      3     -         2   3m04s",
                    "web:b  RUNNING    8     -  1m01s    5      3     -         2   3m04s",
                    "cron   EXITED     -     -      -    -      -     -         2       -"));
}

TEST(Top, Rates_ComeFromTwoSamples) {
    auto rows = usage_rows(Array{row("web", "a", 7, 2.5, 0, 4096 + 2048),
                                 row("web", "b", 9, 0.2, 0), row("cron", "cron", 0, -1, -1)});
    rates(rows, sample(), 2);
    EXPECT_DOUBLE_EQ(*rows[0].cpu_percent, 50);
    EXPECT_DOUBLE_EQ(*rows[0].io_rate, 1024);
    EXPECT_DOUBLE_EQ(*rows[1].cpu_percent, 10) << "another run counts from its beginning";
    EXPECT_EQ(rows[2].cpu_percent, std::nullopt);
    EXPECT_EQ(top_summary(rows), "3 processes, 2 running, 60.0 % CPU, 0 memory, 6 tasks");
}

TEST(Top, CounterThatWentBack_IsNoNegativeRate) {
    auto rows = usage_rows(Array{row("web", "a", 7, 1, 0)});
    rates(rows, sample(), 1);
    EXPECT_DOUBLE_EQ(*rows[0].cpu_percent, 0);
}

TEST(Top, Groups_AreSums) {
    auto rows = sample();
    rates(rows, sample(), 1);
    const auto groups = group_rows(rows);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].label, "web");
    EXPECT_EQ(groups[0].statename, "2/2");
    EXPECT_DOUBLE_EQ(*groups[0].memory, 20 * kMega + 5);
    EXPECT_DOUBLE_EQ(*groups[0].tasks, 6);
    EXPECT_EQ(groups[1].statename, "0/1");
    EXPECT_EQ(groups[1].memory, std::nullopt);
}

TEST(Top, Sorting_PutsTheLargestFirstAndTheUnknownLast) {
    auto rows = sample();
    const auto labels =
        testing::ElementsAre(Field(&UsageRow::label, "web:a"), Field(&UsageRow::label, "web:b"),
                             Field(&UsageRow::label, "cron"));
    sort_rows(rows, SortBy::Name);
    EXPECT_EQ(rows[0].label, "cron");
    sort_rows(rows, SortBy::Memory);
    EXPECT_THAT(rows, labels);
    rates(rows, {}, 1);
    sort_rows(rows, SortBy::Io);
    EXPECT_THAT(rows, labels);
    sort_rows(rows, SortBy::Cpu);
    EXPECT_EQ(rows[0].label, "web:b");
    EXPECT_EQ(find_sort("mem"), SortBy::Memory);
    EXPECT_EQ(find_sort("memory"), std::nullopt);
    EXPECT_EQ(sort_name(SortBy::Io), "io");
}

TEST(Top, AnswerOfAnotherShape_HasNoRows) {
    EXPECT_TRUE(usage_rows(Array{Array{"web"}, Value(5)}).empty());
    EXPECT_TRUE(usage_rows(Value("x")).empty());
}

TEST(Screen, Lines_AreCutByCharactersAndHoldNoControls) {
    EXPECT_EQ(cut_to_width("Grüße", 4), "Grüß");
    EXPECT_EQ(cut_to_width("a\033[2Jb", 80), "a?[2Jb");
    EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(Select, Names_ChooseInTheirOrder) {
    std::vector<NamedError> errors;
    const auto chosen = select(sample(), {"cron", "web:*", "web:c", "none:*"}, errors);
    EXPECT_THAT(chosen,
                ElementsAre(Field(&UsageRow::label, "cron"), Field(&UsageRow::label, "web:a"),
                            Field(&UsageRow::label, "web:b")));
    EXPECT_THAT(errors,
                ElementsAre(Field(&NamedError::name, "web:c"), Field(&NamedError::name, "none")));
}

Struct process(Array deaths) {
    return Struct{{"group", "web"},
                  {"name", "a"},
                  {"statename", "FATAL"},
                  {"reason", "exit code 1; given up after startretries=1"},
                  {"restarts", 1},
                  {"counts", Struct{{"failed", 1}, {"stopped", 0}, {"not started", 1}}},
                  {"deaths", std::move(deaths)},
                  {"stdout_kept", false},
                  {"stderr_kept", false},
                  {"stdout_tail", ""},
                  {"stderr_tail", ""}};
}
Value death(int pid, double ran, std::string text) {
    return Struct{{"at", 1'700'000'000}, {"pid", pid}, {"ran", ran}, {"text", std::move(text)}};
}

TEST(Why, ReasonTableAndCounts_ComeInThisOrder) {
    ::setenv("TZ", "UTC0", 1);
    EXPECT_THAT(
        why_lines(process(
            {death(0, 0, "could not be started: no luck"), death(4711, 2.125, "exit code 1")})),
        ElementsAre("web:a: FATAL, exit code 1; given up after startretries=1",
                    "    when                 pid      ran         end",
                    "    2023-11-14 22:13:20  -        -           could not be started: no luck",
                    "    2023-11-14 22:13:20  4711     2.1 s       exit code 1",
                    "    2 ends since it was added: 1 failed, 1 not started; 1 restart"));
}

TEST(Why, LastLines_AreTenAtMost) {
    auto told = process({death(7, 1, "exit code 1")});
    std::string text;
    for (int i = 0; i < 20; ++i) text += fmt::format("line {}\r\n", i);
    told.push_back({"stdout_tail", text + "no newline"});
    const auto lines = why_lines(told);
    ASSERT_EQ(lines.size(), 16U);
    EXPECT_EQ(lines[4], "    last lines of its stdout:");
    EXPECT_EQ(lines[5], "      line 11");
    EXPECT_EQ(lines[14], "      no newline");
    EXPECT_EQ(lines[15], "    its output is not kept");
}

TEST(Why, ProcessThatNeverEnded_HasOneLine) {
    auto told = process({});
    told.push_back({"counts", Struct{}});
    EXPECT_EQ(why_lines(told).size(), 1U);
    EXPECT_EQ(why_lines(Value("x")).size(), 1U) << "an answer of another shape does no harm";
}

}  // namespace
}  // namespace svd::cli
