#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/page_status.h"

namespace svd::http {
namespace {

using control::ProcessInfo;
using process::State;
using testing::HasSubstr;
using testing::Not;

ProcessInfo info(std::string_view group, std::string_view name, State state = State::Running) {
    ProcessInfo process;
    process.group = group;
    process.name = name;
    process.state = state;
    process.description = "pid 7, uptime 0:00:01";
    return process;
}

std::string render(const std::vector<ProcessInfo>& processes, std::string_view message = {},
                   std::string_view filter = {}) {
    StatusPage page;
    page.identifier = "supervisor";
    page.processes = processes;
    page.message = message;
    page.filter = filter;
    page.token = "t0ken";
    return render_status(page);
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

// The buttons of a lone process, by their texts.
std::string buttons(State state) {
    std::string page = render({info("cat", "cat", state)});
    page = page.substr(page.find("<tbody"));
    std::string found;
    for (const char* word : {"Start", "Restart", "Stop", "Clear Log"}) {
        if (page.find(">" + std::string(word) + "</button>") != page.npos) {
            found += (found.empty() ? "" : ",") + std::string(word);
        }
    }
    return found;
}

TEST(StatusPage, WordsThatScriptsLookFor_AreThere) {
    const std::string page = render({info("cat", "cat")});
    EXPECT_THAT(page, HasSubstr("<title>Supervisor Status</title>"));
    EXPECT_THAT(page, HasSubstr("<span class=\"statusrunning running\">running</span>"));
    EXPECT_THAT(page, HasSubstr("index.html?processname=cat&amp;action=stop"));
    EXPECT_THAT(page, HasSubstr("href=\"tail.html?processname=cat\""));
    EXPECT_THAT(page, HasSubstr("href=\"logtail/cat\""));
    EXPECT_THAT(page, HasSubstr("href=\"logtail/cat/stderr\""));
    EXPECT_THAT(page, HasSubstr("pid 7, uptime 0:00:01"));
    EXPECT_THAT(render({}), HasSubstr("No programs to manage"));
}

TEST(StatusPage, Actions_FollowTheState) {
    EXPECT_EQ(buttons(State::Running), "Restart,Stop,Clear Log");
    EXPECT_EQ(buttons(State::Stopped), "Start,Clear Log");
    EXPECT_EQ(buttons(State::Exited), "Start,Clear Log");
    EXPECT_EQ(buttons(State::Fatal), "Start,Clear Log");
    EXPECT_EQ(buttons(State::Starting), "Stop,Clear Log");
    EXPECT_EQ(buttons(State::Backoff), "Stop,Clear Log");
    EXPECT_EQ(buttons(State::Stopping), "Clear Log");
    EXPECT_EQ(buttons(State::Unknown), "Clear Log");
}

TEST(StatusPage, Groups_HaveARowOfTheirOwn) {
    const std::string page = render({info("cat", "cat"), info("one", "other"), info("web", "a"),
                                     info("web", "b", State::Fatal)});
    EXPECT_EQ(count(page, "class=\"group\""), 2U);
    EXPECT_THAT(page, HasSubstr("id=\"g:one\""));
    EXPECT_THAT(page, HasSubstr("id=\"g:web\""));
    EXPECT_THAT(page, HasSubstr("1 running, 1 fatal"));
    EXPECT_THAT(page, HasSubstr("index.html?processname=web%3A%2A&amp;action=restart"));
    EXPECT_THAT(page, HasSubstr("<a href=\"tail.html?processname=web%3Aa\">web:a</a>"));
}

TEST(StatusPage, Filter_KeepsNamesAndStatesInAnyCase) {
    const std::vector<ProcessInfo> all{info("cat", "cat"), info("web", "a"),
                                       info("web", "b", State::Fatal)};
    EXPECT_EQ(count(render(all, {}, "WEB:"), "<tr id=\"p:"), 2U);
    EXPECT_EQ(count(render(all, {}, "fatal"), "<tr id=\"p:"), 1U);
    EXPECT_EQ(count(render(all, {}, "cat"), "class=\"group\""), 0U);
    EXPECT_THAT(render(all, {}, "nosuch"), HasSubstr("3 in all"));
}

TEST(StatusPage, WhateverComesFromOutside_IsEscaped) {
    const std::string evil = "<script>x</script>\"'&";
    ProcessInfo process = info(evil, evil);
    process.description = evil;
    StatusPage page;
    page.identifier = evil;
    const std::vector<ProcessInfo> processes{process, info(evil, "b")};
    page.processes = processes;
    page.message = evil;
    page.filter = "<script>";
    page.token = evil;
    const std::string text = render_status(page);
    EXPECT_THAT(text, Not(HasSubstr("<script>x")));
    EXPECT_THAT(text, Not(HasSubstr("\"'&")));
    EXPECT_EQ(count(text, "<script"), 1U);
    EXPECT_EQ(count(text, " on"), 0U) << "no inline handlers";
    EXPECT_EQ(count(text, "style="), 0U) << "no inline styles";
}

TEST(StatusPage, Messages_TellGoodFromBadNews) {
    EXPECT_THAT(render({}), Not(HasSubstr("status_msg")));
    EXPECT_THAT(render({}, "Process cat started"), HasSubstr("class=\"status_msg\">Process cat"));
    EXPECT_THAT(render({}, "ERROR: x"), HasSubstr("class=\"status_msg bad\">ERROR: x"));
    EXPECT_THAT(render({}, "No such process named x"), HasSubstr("status_msg bad"));
    StatusPage page;
    page.daemon = process::DaemonState::Shutdown;
    EXPECT_THAT(render_status(page), HasSubstr("The daemon is shutting down."));
}

TEST(TailPage, Links_KeepWhatIsNotChanged) {
    TailPage page;
    page.process = "web:a";
    page.channel = control::Channel::Stderr;
    page.limit = 1024;
    page.text = "<b>\n";
    page.has_log = true;
    const std::string text = render_tail(page);
    EXPECT_THAT(text, HasSubstr("<title>Supervisor tail of process web:a</title>"));
    EXPECT_THAT(text, HasSubstr("class=\"log\">\n&lt;b&gt;\n</pre>"));
    EXPECT_THAT(text, HasSubstr("tail.html?processname=web%3Aa&amp;limit=1024&amp;channel=stderr"));
    EXPECT_THAT(text,
                HasSubstr("tail.html?processname=web%3Aa&amp;limit=16384&amp;channel=stderr"));
    EXPECT_THAT(text, HasSubstr("tail.html?processname=web%3Aa&amp;limit=1024\""));
    EXPECT_THAT(text, HasSubstr("href=\"logtail/web%3Aa/stderr\""));
}

TEST(TailPage, WithoutAName_HasNoLinksToLogs) {
    TailPage page;
    page.text = "No process name found";
    const std::string text = render_tail(page);
    EXPECT_THAT(text, HasSubstr("<title>Supervisor tail of process None</title>"));
    EXPECT_THAT(text, HasSubstr("No process name found"));
    EXPECT_THAT(text, Not(HasSubstr("tail.html?")));
}

TEST(Question, HoldsTheWholeAction) {
    const std::string text = render_question({PageVerb::Stop, "\"><x"}, "t0ken");
    EXPECT_THAT(text, HasSubstr("name=\"token\" value=\"t0ken\""));
    EXPECT_THAT(text, HasSubstr("name=\"action\" value=\"stop\""));
    EXPECT_THAT(text, HasSubstr("name=\"processname\" value=\"&quot;&gt;&lt;x\""));
    EXPECT_THAT(text, HasSubstr("<strong>stop &quot;&gt;&lt;x</strong>"));
}

}  // namespace
}  // namespace svd::http
