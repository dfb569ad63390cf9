#include "cli/output.h"

#include <cerrno>

#include <gtest/gtest.h>
#include <signal.h>

#include "base/fd.h"
#include "cli/json_output.h"
#include "cli/namespec.h"
#include "cli/status_table.h"

namespace svd::cli {
namespace {

TEST(Output, AReaderThatLeft_IsNoError) {
    signal(SIGPIPE, SIG_IGN);
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    pipe->read.reset();
    Output out(pipe->write.get());
    out.line("nobody listens");
    out.flush();
    EXPECT_TRUE(out.is_broken());
    EXPECT_EQ(out.write_error(), 0);
}

TEST(Output, AWriteThatFails_IsRemembered) {
    Output out(-1);
    out.line("x");
    out.flush();
    EXPECT_EQ(out.write_error(), EBADF);
}

TEST(Output, PadRight_CountsCharactersNotBytes) {
    EXPECT_EQ(pad_right("ab", 4), "ab  ");
    EXPECT_EQ(pad_right("äö", 4), "äö  ");
    EXPECT_EQ(pad_right("abcde", 4), "abcde");
}

TEST(Namespec, OnlyTheFirstColonSplits) {
    EXPECT_EQ(split_namespec("cat").group, "cat");
    EXPECT_EQ(split_namespec("cat").process, "cat");
    EXPECT_EQ(split_namespec("g:a:b").process, "a:b");
    EXPECT_EQ(split_namespec("g:*").process, std::nullopt);
    EXPECT_EQ(split_namespec("g:").process, std::nullopt);
    EXPECT_EQ(make_namespec("g", "a"), "g:a");
    EXPECT_EQ(make_namespec("a", "a"), "a");
}

wire::Value process(const char* group, const char* name, const char* state, const char* text) {
    return wire::Struct{{"group", group}, {"name", name},        {"statename", state},
                        {"state", 20},    {"description", text}, {"pid", 7}};
}

TEST(StatusTable, ColumnsAreThirtyThreeAndTen) {
    const wire::Value all(wire::Array{process("g", "a", "RUNNING", "pid 7, uptime 0:00:01"),
                                      process("b", "b", "FATAL", "")});
    const auto lines = status_lines(status_rows(all));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], "g:a                              RUNNING   pid 7, uptime 0:00:01");
    EXPECT_EQ(lines[1], "b                                FATAL     ");
}

TEST(StatusTable, ALongName_WidensTheColumn) {
    const std::string name(34, 'x');
    const wire::Value all(
        wire::Array{process(name.c_str(), name.c_str(), "STOPPED", "Not started")});
    EXPECT_EQ(status_lines(status_rows(all)).front(), name + "   STOPPED   Not started");
}

TEST(StatusTable, RowsOfSvd_ReadAsTheStructsDo) {
    const wire::Value all(
        wire::Array{wire::Array{"g", "a", 20, "RUNNING", "pid 7, uptime 0:00:01"}});
    const auto rows = status_rows(all);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].state, 20);
    EXPECT_EQ(status_lines(rows).front(),
              "g:a                              RUNNING   pid 7, uptime 0:00:01");
}

TEST(StatusTable, Avail_HasFourColumns) {
    const wire::Value config(wire::Struct{{"group", "g"},
                                          {"name", "a"},
                                          {"inuse", true},
                                          {"autostart", false},
                                          {"group_prio", 10},
                                          {"process_prio", 5}});
    EXPECT_EQ(avail_line(config), "g:a                              in use    manual    10:5");
}

TEST(JsonOutput, KeysAreStable) {
    const auto one = process("g", "a", "RUNNING", "say \"hi\"");
    const auto text = status_json({&one}, {{"x", "no such process"}});
    for (const auto* part :
         {R"("name": "g:a")", R"("group": "g")", R"("process": "a")", R"("state": "RUNNING")",
          R"("statecode": 20)", R"("description": "say \"hi\"")", R"("pid": 7)", R"("start": 0)",
          R"("stop": 0)", R"("now": 0)", R"("exitstatus": 0)", R"("spawnerr": "")",
          R"("stdout_logfile": "")", R"("stderr_logfile": "")", R"("error": "no such process")"})
        EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    EXPECT_EQ(reread_json({wire::Array{"a"}, wire::Array{}, wire::Array{"b"}}),
              "{\n  \"available\": [\n    \"a\"\n  ],\n  \"changed\": [],\n  \"disappeared\": [\n"
              "    \"b\"\n  ]\n}");
    EXPECT_EQ(update_json({}),
              "{\n  \"removed\": [],\n  \"updated\": [],\n  \"added\": [],\n  \"errors\": []\n}");
}

TEST(JsonOutput, IllFormedText_StillGivesADocument) {
    const auto one = process("g", "a", "FATAL", "\xff");
    EXPECT_NE(status_json({&one}, {}).find("\uFFFD"), std::string::npos);
}

}  // namespace
}  // namespace svd::cli
