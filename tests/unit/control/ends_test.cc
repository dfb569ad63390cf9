// Looking back at ends, and what processes use.
#include "unit/control/fixture.h"

namespace svd::control {
namespace {

using testing::ElementsAre;

class EndsTest : public SupervisorTest {
  protected:
    EndsTest() {
        add(group("web", {program("a"), program("b")}));
        add(group("cron", {program("cron")}));
    }
    Outcome<std::vector<std::string>> names_of(std::string_view name) {
        std::vector<std::string> names;
        auto visited = supervisor.ends(
            name, [&](const EndsView& view) { names.push_back(view.process->namespec()); });
        if (!visited) return std::unexpected(visited.error());
        return names;
    }
    void record(process::Process& process, int code) {
        process::End end;
        end.status.code = code;
        process.record(make_death(*process.config, process.data, fleet.daemon_state(),
                                  std::move(end), host.time),
                       {"last \xff words\n", ""});
    }
};

TEST_F(EndsTest, Names_AreProcessesAndGroups) {
    EXPECT_THAT(*names_of("web:a"), ElementsAre("web:a"));
    EXPECT_THAT(*names_of("web:*"), ElementsAre("web:a", "web:b"));
    EXPECT_THAT(*names_of("cron"), ElementsAre("cron"));
    EXPECT_THAT(*names_of("cron:*"), ElementsAre("cron"));
    EXPECT_EQ(names_of("web").error(), (Fault{FaultCode::BadName, "web"}));
    EXPECT_EQ(names_of("none:*").error(), (Fault{FaultCode::BadName, "none:*"}));
}

TEST_F(EndsTest, Ends_ComeLatestFirstWithWords) {
    auto& a = at("web", "a");
    feed(a, process::StartRequested{});
    pass(2s);
    record(a, 3);
    record(a, 0);
    std::vector<std::string> texts;
    std::string out;
    ASSERT_TRUE(supervisor.ends("web:a", [&](const EndsView& view) {
        for (const auto& end : view.ends) texts.push_back(end.text);
        out = view.out;
    }));
    EXPECT_THAT(texts, ElementsAre("exit code 0", "exit code 3, not expected"));
    EXPECT_EQ(out, "last \xEF\xBF\xBD words\n") << "what is no UTF-8 cannot be sent";
}

TEST_F(EndsTest, AllEnds_AreInOrderOfNames) {
    std::vector<std::string> names;
    supervisor.all_ends([&](const EndsView& view) { names.push_back(view.process->namespec()); });
    EXPECT_THAT(names, ElementsAre("cron", "web:a", "web:b"));
}

TEST_F(EndsTest, Usage_ComesWithTheLastEnd) {
    host.usages["a"].memory = 5;
    record(at("web", "a"), 3);
    std::optional<std::uint64_t> memory;
    std::string last_end;
    ASSERT_TRUE(
        supervisor.process_info_ex("web:a", [&](const ProcessInfo& info, const UsageView& view) {
            EXPECT_EQ(info.name, "a");
            memory = view.usage.memory;
            last_end = view.last_end;
        }));
    EXPECT_EQ(memory, 5U);
    EXPECT_EQ(last_end, "exit code 3, not expected");
    EXPECT_FALSE(supervisor.process_info_ex("web:c", [](const auto&, const auto&) {}));
}

TEST_F(EndsTest, GroupUsage_IsTheSumOfWhatIsKnown) {
    host.usages["a"].memory = 5;
    host.usages["a"].cpu_usec = 10;
    host.usages["a"].memory_peak = 9;
    host.usages["b"].memory = 7;
    feed(at("web", "a"), process::StartRequested{});
    pass(2s);
    std::vector<GroupUsage> groups;
    supervisor.group_usage([&](const auto& found) { groups = found; });
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].group, "cron");
    EXPECT_EQ(groups[0].usage, Usage{});
    EXPECT_EQ(groups[1].processes, 2U);
    EXPECT_EQ(groups[1].running, 1U);
    EXPECT_EQ(groups[1].usage.memory, 12U);
    EXPECT_EQ(groups[1].usage.cpu_usec, 10U);
    EXPECT_EQ(groups[1].usage.memory_peak, std::nullopt) << "two peaks are not one";
}

}  // namespace
}  // namespace svd::control
