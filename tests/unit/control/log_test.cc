#include "fixture.h"

namespace svd::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct LogVerbs : SupervisorTest {
    LogVerbs() {
        add(group("web", {program("web")}));
        add(group("many", {program("a"), program("b")}));
    }
};

std::vector<std::string> lines_of(const MemberResults& results) {
    std::vector<std::string> lines;
    for (const auto& result : results)
        lines.push_back(result.group + ":" + result.name + " " +
                        std::to_string(static_cast<int>(result.status)) + " " + result.description);
    return lines;
}

TEST_F(LogVerbs, Rotate_OfOneProcess_WorksWhetherItRunsOrNot) {
    const auto one = supervisor.rotate_process_logs("web");
    ASSERT_TRUE(one);
    EXPECT_THAT(*one, IsEmpty());
    ASSERT_TRUE(supervisor.rotate_process_logs("many:b"));
    EXPECT_THAT(host.rotated, ElementsAre("web", "many:b"));
    EXPECT_THAT(host.reopened, IsEmpty());
}

TEST_F(LogVerbs, AWholeGroup_AnswersWithItsMembers) {
    const auto members = supervisor.rotate_process_logs("many:*");
    ASSERT_TRUE(members);
    EXPECT_THAT(lines_of(*members), ElementsAre("many:a 80 OK", "many:b 80 OK"));
    EXPECT_THAT(host.rotated, ElementsAre("many:a", "many:b"));
    ASSERT_TRUE(supervisor.reopen_process_logs("many:"));
    EXPECT_THAT(host.reopened, ElementsAre("many:a", "many:b"));
}

TEST_F(LogVerbs, All_AreDoneInTheOrderOfStarting) {
    EXPECT_THAT(lines_of(supervisor.rotate_all_process_logs()),
                ElementsAre("web:web 80 OK", "many:a 80 OK", "many:b 80 OK"));
    EXPECT_EQ(supervisor.reopen_all_process_logs().size(), 3U);
    EXPECT_EQ(host.rotated, host.reopened);
}

TEST_F(LogVerbs, UnknownNames_AreBadAndNamedAsSent) {
    for (const auto* name : {"nope", "many:c", "nope:*", "many"}) {
        const auto rotated = supervisor.rotate_process_logs(name);
        ASSERT_FALSE(rotated) << name;
        EXPECT_EQ(rotated.error().text(), "BAD_NAME: " + std::string(name));
        EXPECT_EQ(supervisor.reopen_process_logs(name).error().code, FaultCode::BadName);
    }
    EXPECT_THAT(host.rotated, IsEmpty());
    EXPECT_THAT(host.reopened, IsEmpty());
}

TEST_F(LogVerbs, AFileThatCannotBeMoved_IsAFaultWithTheReason) {
    host.log_trouble = fail("rename a.log to a.log.1: Read-only file system");
    EXPECT_EQ(supervisor.rotate_process_logs("web").error().text(),
              "FAILED: rename a.log to a.log.1: Read-only file system");
    EXPECT_EQ(supervisor.reopen_process_logs("web").error().code, FaultCode::Failed);
    EXPECT_THAT(lines_of(*supervisor.rotate_process_logs("many:*")),
                ElementsAre("many:a 30 FAILED: rename a.log to a.log.1: Read-only file system",
                            "many:b 30 FAILED: rename a.log to a.log.1: Read-only file system"));
}

TEST_F(LogVerbs, RotateLog_NeedsALogFile) {
    EXPECT_EQ(supervisor.rotate_log().error().text(), "NO_FILE");
    host.main_log = "/log/main.log";
    EXPECT_TRUE(supervisor.rotate_log());
    EXPECT_THAT(host.rotated, ElementsAre("main log"));
    host.log_trouble = fail("rename main.log to main.log.1: Permission denied");
    EXPECT_EQ(supervisor.rotate_log().error().text(),
              "FAILED: rename main.log to main.log.1: Permission denied");
}

}  // namespace
}  // namespace svd::control
