#include "cli/dispatch.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command_table.h"

namespace svd::cli {
namespace {

using testing::HasSubstr;

TEST(ParseLine, WordAndRest_AreTakenApart) {
    struct Row {
        std::string text, action, argument, line;
    };
    const Row rows[] = {
        {"", "", "", ""},
        {"  \t ", "", "", ""},
        {"status", "status", "", "status"},
        {"  start  a  b ", "start", "a  b", "start  a  b"},
        {"signal HUP x", "signal", "HUP x", "signal HUP x"},
        {"?", "help", "", "help "},
        {"?start", "help", "start", "help start"},
        {"? start", "help", "start", "help  start"},
        {"!ls", "", "", "!ls"},
        {"-x", "", "", "-x"},
        {"start-foo", "", "", "start-foo"},
        {"start\tfoo", "start", "foo", "start\tfoo"},
        {"do_it 1", "do_it", "1", "do_it 1"},
    };
    for (const auto& row : rows) {
        const auto parsed = parse_line(row.text);
        EXPECT_EQ(parsed.action, row.action) << row.text;
        EXPECT_EQ(parsed.argument, row.argument) << row.text;
        EXPECT_EQ(parsed.line, row.line) << row.text;
    }
}

// A session that prints into a pipe and has no server.
class Dispatch : public testing::Test {
  protected:
    // What one line says; its exit code is in code_.
    std::string run(std::string_view line, Settings settings = {}) {
        auto pipe = make_pipe();
        EXPECT_TRUE(pipe.has_value());
        settings.serverurl = "unix:///nonexistent/s.sock";
        {
            Output out(pipe->write.get());
            LineInput in(-1);
            Session session(settings, out, in);
            dispatch(session, line);
            code_ = session.exit_code();
            left_ = session.is_leaving();
            out.flush();
        }
        pipe->write.reset();
        std::string text;
        std::array<char, 4096> bytes;
        for (ssize_t got = 1; got > 0;) {
            got = read(pipe->read.get(), bytes.data(), bytes.size());
            if (got > 0) text.append(bytes.data(), static_cast<std::size_t>(got));
        }
        return text;
    }
    int code_ = -1;
    bool left_ = false;
};

TEST_F(Dispatch, UnknownActions_AreCodeOne) {
    EXPECT_EQ(run("foo bar"), "*** Unknown syntax: foo bar\n");
    EXPECT_EQ(code_, 1);
}

TEST_F(Dispatch, BlankLines_DoNothing) {
    EXPECT_EQ(run("   "), "");
    EXPECT_EQ(code_, 0);
}

TEST_F(Dispatch, Help_ListsEveryActionInColumns) {
    EXPECT_EQ(run("help"),
              "\ndefault commands (type help <topic>):\n=====================================\n"
              "add     exit      pause   remove   resume    start   top      why\n"
              "avail   fg        pid     reopen   rotate    status  update \n"
              "clear   maintail  quit    reread   shutdown  stop    upgrade\n"
              "events  open      reload  restart  signal    tail    version\n\n");
    EXPECT_EQ(code_, 0);
}

TEST_F(Dispatch, QuitExitAndEof_LeaveWithABlankLine) {
    for (const auto* line : {"quit", "exit", "EOF"}) {
        EXPECT_EQ(run(line), "\n") << line;
        EXPECT_TRUE(left_) << line;
        EXPECT_EQ(code_, 0) << line;
    }
}

TEST_F(Dispatch, ActionsThatTakeNothing_SayHowTheyAreWritten) {
    EXPECT_EQ(run("reload now"),
              "Error: reload accepts no arguments\nreload \t\tRestart the remote supervisord.\n");
    EXPECT_EQ(code_, 1);
}

TEST_F(Dispatch, MissingServer_HasItsCodes) {
    struct Row {
        std::string line;
        int code;
        std::string text;
    };
    const std::string missing = "unix:///nonexistent/s.sock no such file\n";
    const Row rows[] = {
        {"status", 4, missing},
        {"start x", 7, missing},
        {"avail", 1, missing},
        {"reread", 1, missing},
        {"shutdown", 1, "ERROR: unix:///nonexistent/s.sock no such file (already shut down?)\n"}};
    for (const auto& row : rows) {
        EXPECT_EQ(run(row.line), row.text);
        EXPECT_EQ(code_, row.code) << row.line;
    }
}

TEST_F(Dispatch, JsonWhereThereIsNone_IsRefused) {
    Settings settings;
    settings.json = true;
    EXPECT_EQ(run("start x", settings), "");  // said on standard error
    EXPECT_EQ(code_, 2);
}

TEST(CommandTable, EveryRow_IsFoundAndHelpful) {
    for (const auto& command : commands()) {
        EXPECT_EQ(find_command(command.name), &command);
        EXPECT_TRUE(command.help.starts_with(command.name)) << command.name;
        EXPECT_NE(command.handler, nullptr) << command.name;
    }
    EXPECT_EQ(find_command("statu"), nullptr);
    EXPECT_EQ(find_command(""), nullptr);
}

}  // namespace
}  // namespace svd::cli
