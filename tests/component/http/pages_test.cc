// The pages over a real Fleet and verbs with a pretended daemon, asked over a real socket.
#include "http/pages.h"

#include <filesystem>
#include <fstream>

#include "component/http/support.h"
#include "http/assets.h"
#include "unit/control/fixture.h"

namespace svd::http {
namespace {

using testing::HasSubstr;
using testing::Not;

// Both fixtures are needed: the daemon's verbs and the sockets.
class Verbs : public control::SupervisorTest {
  public:
    using control::SupervisorTest::add;
    using control::SupervisorTest::at;
    using control::SupervisorTest::feed;
    using control::SupervisorTest::fleet;
    using control::SupervisorTest::group;
    using control::SupervisorTest::host;
    using control::SupervisorTest::pass;
    using control::SupervisorTest::program;
    using control::SupervisorTest::supervisor;
    void TestBody() override {}
};

class PagesTest : public ServerTest {
  protected:
    void SetUp() override {
        verbs.add(Verbs::group("cat", {Verbs::program("cat")}));
        verbs.host.log_directory = directory;
        auto made = make_page_routes(verbs.supervisor, [this] { return verbs.host.time.wall; });
        ASSERT_TRUE(made);
        routes = *std::move(made);
        serve();
    }
    void TearDown() override { std::filesystem::remove(directory + "/cat"); }

    wire::HttpResponse ask_once(std::string_view request) {
        Client client = connect_tcp();
        return ask(client, request);
    }
    std::string header(const wire::HttpResponse& answer, std::string_view name) {
        const std::string* value = answer.headers.find(name);
        return value == nullptr ? "(none)" : *value;
    }
    process::State state() { return verbs.at("cat", "cat").data.state; }
    void run() {
        verbs.feed(verbs.at("cat", "cat"), process::StartRequested{});
        verbs.pass(2s);
        ASSERT_EQ(state(), process::State::Running);
    }
    // The token of a freshly shown page.
    std::string token() {
        const std::string page = ask_once(get("/")).body;
        const auto at = page.find("name=\"token\" value=\"");
        return page.substr(at + 20, 32);
    }

    Verbs verbs;
};

TEST_F(PagesTest, StatusPage_HasSupervisorsHeadersAndAPolicy) {
    for (const char* target : {"/", "/index.html", "//", "///index.html", "/?x=y"}) {
        const auto answer = ask_once(get(target));
        EXPECT_EQ(answer.status, 200) << target;
        EXPECT_EQ(header(answer, "Content-Type"), "text/html;charset=utf-8");
        EXPECT_EQ(header(answer, "Cache-Control"), "no-cache");
        EXPECT_EQ(header(answer, "Pragma"), "no-cache");
        EXPECT_EQ(header(answer, "Expires"), "Thu, 01 Jan 1970 00:00:00 GMT");
        const std::string policy = header(answer, "Content-Security-Policy");
        EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
        EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
        EXPECT_THAT(answer.body, HasSubstr("stopped"));
    }
}

TEST_F(PagesTest, Message_IsShownEscaped) {
    const auto answer = ask_once(get("/?message=%3Cscript%3Ealert(1)%3C/script%3E"));
    EXPECT_THAT(answer.body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    EXPECT_THAT(answer.body, Not(HasSubstr("<script>")));
}

TEST_F(PagesTest, Action_WaitsAndRedirectsToTheMessage) {
    Client client = connect_tcp();
    ASSERT_TRUE(client.send(get("/index.html?processname=cat&action=start")));
    ASSERT_TRUE(pump([&] { return state() == process::State::Starting; }));
    settle();
    client.receive();
    EXPECT_TRUE(client.received.empty()) << "it is not running yet";
    verbs.pass(2s);
    const auto answers = await_answers(client, 1);
    EXPECT_EQ(answers[0].status, 303);
    EXPECT_EQ(header(answers[0], "Location"), "./?message=Process%20cat%20started");
}

TEST_F(PagesTest, ClientThatGoesAway_LeavesTheActionRunning) {
    Client client = connect_tcp();
    ASSERT_TRUE(client.send(get("/index.html?processname=cat&action=restart")));
    ASSERT_TRUE(pump([&] { return state() == process::State::Starting; }));
    client.hang_up();
    settle();
    verbs.pass(2s);
    EXPECT_EQ(state(), process::State::Running);
    EXPECT_EQ(ask_once(get("/")).status, 200);
}

TEST_F(PagesTest, PostedFields_OverrideTheQuery) {
    const auto answer =
        ask_once(post("/index.html?action=start&processname=cat", "action=stop&q=a%26b"));
    EXPECT_EQ(header(answer, "Location"),
              "./?message=unexpected%20rpc%20fault%20%5B70%5D%20NOT_RUNNING%3A%20cat&q=a%26b");
}

TEST_F(PagesTest, Message_CannotSplitTheHeader) {
    const auto answer = ask_once(get("/?action=stop&processname=a%0d%0aSet-Cookie:%20x&q=%0d%0aY"));
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(header(answer, "Set-Cookie"), "(none)");
    EXPECT_EQ(header(answer, "Location"),
              "./?message=No%20such%20process%20named%20a%0D%0ASet-Cookie%3A%20x&q=%0D%0AY");
}

TEST_F(PagesTest, OddRequests_AreTheClientsError) {
    EXPECT_EQ(ask_once(get("/?action=nosuch")).status, 400);
    EXPECT_EQ(ask_once(get("/?action=start")).status, 400);
    EXPECT_EQ(ask_once(get("/?action=start&processname=")).status, 400);
    EXPECT_EQ(ask_once("DELETE / HTTP/1.1\r\n\r\n").status, 400);
    EXPECT_EQ(ask_once(post("/index.html", std::string(70'000, 'a'))).status, 413);
    EXPECT_EQ(ask_once(post("/", "")).status, 200);
}

TEST_F(PagesTest, Head_ChangesNothing) {
    run();
    Client client = connect_tcp();
    ASSERT_TRUE(client.send("HEAD /?action=stopall HTTP/1.1\r\n\r\n"));
    ASSERT_TRUE(pump([&] {
        client.receive();
        return client.received.ends_with("\r\n\r\n");
    }));
    EXPECT_THAT(client.received, testing::StartsWith("HTTP/1.1 200 OK"));
    EXPECT_EQ(state(), process::State::Running);
}

TEST_F(PagesTest, OtherSites_GetAQuestionInstead) {
    run();
    for (const char* headers : {"Sec-Fetch-Site: cross-site\r\n", "Origin: http://evil\r\n",
                                "Host: here\r\nReferer: http://evil/\r\n",
                                "User-Agent: Mozilla/5.0\r\nAccept-Language: en\r\n"}) {
        for (const std::string& request :
             {get("/?action=stop&processname=cat", headers),
              post("/index.html", "action=stop&processname=cat&token=guess", headers)}) {
            const auto answer = ask_once(request);
            EXPECT_EQ(answer.status, 403) << request;
            EXPECT_THAT(answer.body, HasSubstr("name=\"processname\" value=\"cat\""));
        }
    }
    EXPECT_EQ(state(), process::State::Running);
    EXPECT_EQ(ask_once(get("/?action=refresh", "Sec-Fetch-Site: cross-site\r\n")).status, 303);
}

TEST_F(PagesTest, OwnPages_MayAct) {
    const std::string body = "action=stop&processname=cat";
    EXPECT_EQ(ask_once(post("/index.html", body, "Sec-Fetch-Site: same-origin\r\n")).status, 303);
    EXPECT_EQ(
        ask_once(post("/index.html", body, "Host: here:1\r\nOrigin: http://here:1\r\n")).status,
        303);
    // Behind a proxy that puts its own name into Host.
    EXPECT_EQ(ask_once(post("/index.html", body + "&token=" + token(),
                            "Host: inner\r\nOrigin: https://outer\r\n"))
                  .status,
              303);
}

TEST_F(PagesTest, WhileTheDaemonStops_PagesAreShownAndNothingIsBegun) {
    run();
    verbs.fleet.begin_shutdown(process::DaemonState::Shutdown, verbs.host.time);
    const auto answer = ask_once(get("/"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr("The daemon is shutting down."));
    EXPECT_EQ(ask_once(get("/?action=restart&processname=cat")).status, 503);
}

TEST_F(PagesTest, Tail_ShowsTheEndOfTheLog) {
    std::ofstream(directory + "/cat") << std::string(2000, 'a') << "<b>\xff\n";
    const auto page = ask_once(get("/tail.html?processname=cat")).body;
    EXPECT_THAT(page, HasSubstr("<title>Supervisor tail of process cat</title>"));
    EXPECT_THAT(page, HasSubstr(std::string(1019, 'a') + "&lt;b&gt;\xef\xbf\xbd\n</pre>"));
    EXPECT_THAT(page, Not(HasSubstr(std::string(1020, 'a'))));
    for (const char* limit : {"0", "-5000", "x", "1e9", "1000", "99999999999999999999x"}) {
        const auto least = ask_once(get("/tail.html?processname=cat&limit=" + std::string(limit)));
        EXPECT_THAT(least.body, Not(HasSubstr(std::string(1020, 'a')))) << limit;
    }
    for (const char* limit : {"5000", "99999999999999999999"}) {
        const auto whole = ask_once(get("/tail.html?processname=cat&limit=" + std::string(limit)));
        EXPECT_THAT(whole.body, HasSubstr(std::string(2000, 'a'))) << limit;
    }
}

TEST_F(PagesTest, TailWithoutALog_SaysWhy) {
    const auto text = [&](std::string_view query) {
        const auto answer = ask_once(get("/tail.html" + std::string(query)));
        EXPECT_EQ(answer.status, 200);
        const auto begin = answer.body.find("<pre");
        return answer.body.substr(begin, answer.body.find("</pre>") - begin);
    };
    EXPECT_THAT(text(""), HasSubstr("No process name found"));
    EXPECT_THAT(text("?processname=cat"), HasSubstr("No file for cat"));
    EXPECT_THAT(text("?processname=cat&channel=stderr"), HasSubstr("No file for cat"));
    EXPECT_THAT(text("?processname=%3Cx"),
                HasSubstr("ERROR: unexpected rpc fault [10] BAD_NAME: &lt;x"));
}

TEST_F(PagesTest, Assets_AreSentOnceAndThenUnchanged) {
    EXPECT_GE(assets().size(), 3U);
    for (const Asset& asset : assets()) {
        SCOPED_TRACE(asset.path);
        const std::string target(asset.path);
        const auto whole = ask_once(get(target));
        EXPECT_EQ(whole.status, 200);
        EXPECT_EQ(whole.body.size(), asset.bytes.size());
        EXPECT_THAT(header(whole, "Content-Type"),
                    testing::AnyOf("text/css", "text/javascript", "image/png"));
        const std::string date = header(whole, "Last-Modified");
        EXPECT_EQ(date, "Tue, 14 Nov 2023 22:13:20 GMT");
        const std::string tag(asset.etag);
        EXPECT_EQ(ask_once(get(target, "If-Modified-Since: " + date + "\r\n")).status, 304);
        EXPECT_EQ(ask_once(get(target, "If-None-Match: \"x\", " + tag + "\r\n")).status, 304);
        EXPECT_EQ(
            ask_once(get(target, "If-None-Match: \"x\"\r\nIf-Modified-Since: " + date + "\r\n"))
                .status,
            200);
        EXPECT_EQ(ask_once(post(target, "")).status, 400);
    }
    EXPECT_EQ(ask_once(get("/stylesheets/../stylesheets/supervisor.css")).status, 404);
}

}  // namespace
}  // namespace svd::http
