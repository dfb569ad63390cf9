#include "config/limits.h"

#include <gtest/gtest.h>

#include "config/diff.h"
#include "config/limit_values.h"
#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

template <class T>
std::string error_text(const Result<T>& result) {
    return result ? "" : result.error().text;
}

const RlimitRow& rlimit(std::string_view option) {
    for (const RlimitRow& row : rlimit_table())
        if (row.option == option) return row;
    throw std::out_of_range(std::string(option));
}

TEST(LimitValues, MemorySizes_TakeShortAndLongSuffixes) {
    const std::pair<const char*, std::uint64_t> good[] = {
        {"0", 0},
        {"4096", 4096},
        {"600M", 600ULL << 20U},
        {"600MB", 600ULL << 20U},
        {" 2 gb ", 2ULL << 30U},
        {"1k", 1024},
        {"1T", 1ULL << 40U},
        {"max", kUnlimited},
        {"Infinity", kUnlimited},
        {"9223372036854775807", kUnlimited >> 1U}};
    for (const auto& [text, size] : good) EXPECT_EQ(*parse_memory_size(text), size) << text;
    for (const char* text : {"", "-1", "1.5G", "5B", "M", "10XB", "10MM", "9223372036854775808",
                             "8388608T", "9007199254740992K", "1_0", "+1"})
        EXPECT_EQ(error_text(parse_memory_size(text)),
                  "'" + std::string(text) + "' is not a size such as 600M or 2GB, max or infinity");
    EXPECT_EQ(error_text(parse_memory_limit("0MB")), "a limit of 0 leaves no memory to start with");
}

TEST(LimitValues, CpuMax_IsAPercentageOrAQuota) {
    const std::pair<const char*, CpuQuota> good[] = {
        {"150%", {150'000, 100'000}},        {"12.5 %", {12'500, 100'000}},
        {"1.25%", {1'250, 100'000}},         {"20000 50000", {20'000, 50'000}},
        {"max 50000", {kUnlimited, 50'000}}, {"max", {}}};
    for (const auto& [text, quota] : good) EXPECT_EQ(*parse_cpu_max(text), quota) << text;
    for (const char* text : {"0%", "0.99%", "1.255%", "-5%", "x%", "%", "1000001%", "99999999999%"})
        EXPECT_EQ(error_text(parse_cpu_max(text)),
                  "'" + std::string(text) + "' is not a percentage from 1% of one processor on");
    for (const char* text : {"", "150", "999 100000", "1000 999", "1000 1000001", "1 2 3", "x y",
                             "99999999999999 1000"})
        EXPECT_EQ(error_text(parse_cpu_max(text)),
                  "'" + std::string(text) +
                      "' is not a percentage such as 150%, a quota and a period, or max");
}

TEST(LimitValues, ProcessorLists_AreBroughtIntoNormalForm) {
    const std::pair<const char*, const char*> good[] = {{"0-3,6", "0-3,6"},
                                                        {" 6 , 0 - 2, 3", "0-3,6"},
                                                        {"1,1,1-2", "1-2"},
                                                        {"8191", "8191"},
                                                        {"0", "0"}};
    for (const auto& [text, list] : good) EXPECT_EQ(*parse_cpu_list(text), list) << text;
    for (const char* text :
         {"", ",", "1,", "3-1", "8192", "0-99999999999", "a", "-1", "1-", "1-2-3"})
        EXPECT_EQ(error_text(parse_cpu_list(text)),
                  "'" + std::string(text) + "' is not a list of processors such as 0-3,6");
}

TEST(LimitValues, Numbers_HaveTheKernelsBounds) {
    EXPECT_EQ(*parse_weight("1"), 1);
    EXPECT_EQ(*parse_weight("10000"), 10000);
    EXPECT_EQ(error_text(parse_weight("0")), "'0' is not a whole number from 1 to 10000");
    EXPECT_FALSE(parse_weight("10001"));
    EXPECT_EQ(*parse_oom_score_adj("-1000"), -1000);
    EXPECT_EQ(*parse_oom_score_adj("1000"), 1000);
    EXPECT_FALSE(parse_oom_score_adj("1001"));
    EXPECT_EQ(*parse_nice("-20"), -20);
    EXPECT_EQ(*parse_nice(" 19"), 19);
    EXPECT_EQ(error_text(parse_nice("20")), "'20' is not a whole number from -20 to 19");
    EXPECT_FALSE(parse_nice("five"));
    EXPECT_EQ(*parse_pids_max("64"), 64U);
    EXPECT_EQ(*parse_pids_max("max"), kUnlimited);
    EXPECT_EQ(error_text(parse_pids_max("0")), "a limit of 0 leaves no process to start with");
    EXPECT_EQ(error_text(parse_pids_max("-3")), "'-3' is not a whole number, max or infinity");
}

TEST(LimitValues, IoPriorities) {
    EXPECT_EQ(*parse_ionice("realtime:0"), (IoPriority{IoClass::Realtime, 0}));
    EXPECT_EQ(*parse_ionice("Best-Effort:7"), (IoPriority{IoClass::BestEffort, 7}));
    EXPECT_EQ(*parse_ionice("best-effort"), (IoPriority{IoClass::BestEffort, 4}));
    EXPECT_EQ(*parse_ionice("idle"), (IoPriority{IoClass::Idle, 0}));
    for (const char* text : {"", "idle:1", "realtime:8", "best-effort:", "none", "realtime:-1"})
        EXPECT_EQ(error_text(parse_ionice(text)),
                  "'" + std::string(text) +
                      "' is not realtime:N or best-effort:N with N from 0 to 7, nor idle");
}

TEST(LimitValues, ResourceLimits_AreOneNumberOrTwo) {
    const auto& files = rlimit("limit_nofile");
    EXPECT_EQ(*parse_rlimit(files, "1024"), (ResourceLimit{Resource::Nofile, 1024, 1024}));
    EXPECT_EQ(*parse_rlimit(files, "1024 : 4096"), (ResourceLimit{Resource::Nofile, 1024, 4096}));
    EXPECT_EQ(*parse_rlimit(files, "5:infinity"), (ResourceLimit{Resource::Nofile, 5, kUnlimited}));
    EXPECT_EQ(error_text(parse_rlimit(files, "2:1")),
              "the soft limit is above the hard one in '2:1'");
    EXPECT_EQ(error_text(parse_rlimit(files, "1K")), "'1K' is not a whole number, max or infinity");
    EXPECT_EQ(*parse_rlimit(rlimit("limit_core"), "1K:2M"),
              (ResourceLimit{Resource::Core, 1024, 2U << 20U}));
    for (const char* text : {"", ":", "1:", ":1", "1:2:3", "-1"})
        EXPECT_FALSE(parse_rlimit(files, text)) << text;
}

TEST(LimitValues, Controllers_AreKnownNames) {
    EXPECT_EQ(*parse_controllers("pids, memory,pids"),
              (std::vector<std::string>{"memory", "pids"}));
    EXPECT_TRUE(parse_controllers("")->empty());
    EXPECT_EQ(error_text(parse_controllers("memroy")), "'memroy' is no cgroup controller");
}

TEST(Limits, EveryOption_IsReadFromAProgram) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "memory_high=1M\nmemory_max=2M\nmemory_swap_max=0\noom_group=yes\ncpu_weight=7\n"
        "cpu_max=150%\nallowed_cpus=1,0\nio_weight=8\npids_max=9\nmemory_restart=1900K\noom_score_"
        "adj=-5\nnice=3\n"
        "ionice=idle\nlimit_nofile=10:20\nlimit_core=0\nlimit_cpu=infinity\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_TRUE(result.problems.list.empty());
    const Limits& limits = result.config->groups.at(0).processes.at(0)->limits;
    EXPECT_EQ(limit_texts(limits), (LimitTexts{{"memory_high", "1MB"},
                                               {"memory_max", "2MB"},
                                               {"memory_swap_max", "0"},
                                               {"oom_group", "true"},
                                               {"cpu_weight", "7"},
                                               {"cpu_max", "150%"},
                                               {"allowed_cpus", "0-1"},
                                               {"io_weight", "8"},
                                               {"pids_max", "9"},
                                               {"memory_restart", "1900KB"},
                                               {"oom_score_adj", "-5"},
                                               {"nice", "3"},
                                               {"ionice", "idle"},
                                               {"limit_nofile", "10:20"},
                                               {"limit_core", "0"},
                                               {"limit_cpu", "max"}}));
    EXPECT_EQ(result.config->groups.at(0).limits, Limits{});
}

TEST(Limits, Percentages_NeedNoDoublingAndMayBeComputed) {
    for (const char* text : {"150%", "150%%", "150 %"}) {
        Fixture fixture;
        const auto result = fixture.load_program(std::string("cpu_max=") + text + "\n");
        ASSERT_TRUE(result.config.has_value()) << text << error_of(result);
        EXPECT_EQ(result.config->groups.at(0).processes.at(0)->limits->cpu_max,
                  (CpuQuota{150'000, 100'000}));
    }
    Fixture fixture;
    const auto result = fixture.load_program("cpu_max=%(group_name)s%%\n");
    EXPECT_TRUE(error_of(result).starts_with("'x%' is not a percentage")) << error_of(result);
}

TEST(Limits, Groups_TakeWhatACgroupCanLimit) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\nrequired_controllers=pids,memory\n[program-default]\nnice=4\n"
        "memory_max=1G\n[program:a]\ncommand=x\n[program:b]\ncommand=x\nnice=5\n"
        "[group:g]\nprograms=a,b\nmemory_max=4G\nmemory_restart=3G\nnice=5\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(result.config->daemon.required_controllers,
              (std::vector<std::string>{"memory", "pids"}));
    const GroupConfig& group = result.config->groups.at(0);
    EXPECT_EQ(limit_texts(group.limits), (LimitTexts{{"memory_max", "4GB"}}));
    EXPECT_EQ(limit_texts(group.processes.at(0)->limits),
              (LimitTexts{{"memory_max", "1GB"}, {"nice", "4"}}));
    EXPECT_EQ(limit_texts(group.processes.at(1)->limits),
              (LimitTexts{{"memory_max", "1GB"}, {"nice", "5"}}));
    ASSERT_EQ(result.problems.list.size(), 2U);
    EXPECT_EQ(result.problems.list[0].text, "unknown option memory_restart is ignored");
    EXPECT_EQ(result.problems.list[1].text, "unknown option nice is ignored");
}

TEST(Limits, WrongValues_AreErrorsWithWhatIsAllowed) {
    for (const auto& [line, hint] : std::initializer_list<std::pair<std::string, std::string>>{
             {"memory_max=lots", "a whole number, optionally with KB, MB, GB or TB, or max"},
             {"cpu_max=150", "a percentage such as 150%, QUOTA PERIOD in microseconds, or max"},
             {"limit_nofile=1M", "a whole number, infinity, or soft:hard"},
             {"nice=30", "a whole number from -20 to 19"}}) {
        Fixture fixture;
        const auto result = fixture.load_program(line + "\n");
        ASSERT_FALSE(result.config.has_value()) << line;
        EXPECT_EQ(result.problems.first_error()->hint, hint);
        EXPECT_EQ(result.problems.first_error()->option, line.substr(0, line.find('=')));
    }
}

TEST(Limits, MemoryRestartThatTheKernelForestalls_IsAWarning) {
    const std::pair<const char*, std::vector<std::string>> cases[] = {
        {"memory_restart=600M\nmemory_max=700M\n", {}},
        {"memory_restart=max\nmemory_max=700M\n", {}},
        {"memory_restart=700M\nmemory_max=max\n", {}},
        {"memory_restart=700M\nmemory_max=700M\n",
         {"memory_restart=700MB is not below memory_max=700MB: the kernel kills first"}}};
    for (const auto& [text, warnings] : cases) {
        Fixture fixture;
        const auto result = fixture.load_program(text);
        ASSERT_TRUE(result.config.has_value()) << text << error_of(result);
        std::vector<std::string> found;
        for (const auto& problem : result.problems.list) found.push_back(problem.text);
        EXPECT_EQ(found, warnings) << text;
    }
}

TEST(Limits, Changes_AreToldOptionByOption) {
    Limits before;
    before.memory_max = 600ULL << 20U;
    before.cpu_weight = 100;
    Limits after = before;
    EXPECT_EQ(describe_changes(before, after), "");
    after.memory_max = 800ULL << 20U;
    after.cpu_weight.reset();
    after.nice = 5;
    after.rlimits.push_back({Resource::Nofile, 1024, kUnlimited});
    EXPECT_EQ(describe_changes(before, after),
              "memory_max 600MB -> 800MB, cpu_weight 100 -> unset, nice unset -> 5, "
              "limit_nofile unset -> 1024:max");
}

GroupConfig group_with(const Limits& limits, const std::string& command = "x") {
    GroupConfig group;
    group.name = "g";
    ProcessConfig process;
    process.name = "p";
    process.command = command;
    process.limits = limits;
    group.processes.push_back(std::make_shared<const ProcessConfig>(process));
    return group;
}

TEST(Limits, OtherLimitsAlone_DoNotChangeAGroup) {
    Limits limits;
    limits.nice = 5;
    const GroupConfig before = group_with({});
    const auto diff = diff_groups({&before}, {group_with(limits)});
    EXPECT_TRUE(diff.changed.empty());
    EXPECT_EQ(diff.relimited, (std::vector<std::string>{"g"}));
    EXPECT_FALSE(diff.empty());

    const auto both = diff_groups({&before}, {group_with(limits, "y")});
    EXPECT_EQ(both.changed, (std::vector<std::string>{"g"}));
    EXPECT_TRUE(both.relimited.empty());

    GroupConfig limited = before;
    limited.limits.edit().pids_max = 5;
    EXPECT_EQ(diff_groups({&before}, {limited}).relimited, (std::vector<std::string>{"g"}));
    // There is no cgroup for them.
    limited.homogeneous = false;
    EXPECT_EQ(diff_groups({&before}, {limited}).changed, (std::vector<std::string>{"g"}));
}

}  // namespace
}  // namespace svd::config
