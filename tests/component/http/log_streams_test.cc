// Log streams over real sockets and files, with verbs over a pretended daemon.
#include "http/log_streams.h"

#include <filesystem>
#include <fstream>

#include "component/http/support.h"
#include "unit/control/fixture.h"

namespace svd::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

void write_file(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}
void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

// The verbs that the routes ask, over a fleet with the process "web".
class WebVerbs : public control::SupervisorTest {
  public:
    WebVerbs() { add(group("web", {program("web")})); }
    using control::SupervisorTest::host;
    using control::SupervisorTest::supervisor;

  private:
    void TestBody() override {}
};

class LogStreamsTest : public ServerTest {
  protected:
    LogStreamsTest() {
        verbs.host.log_directory = directory;
        write_file(log, "hello\n");
    }
    ~LogStreamsTest() override {
        server.reset();
        for (const auto& name : {"/web", "/web.1", "/main.log"})
            std::filesystem::remove(directory + name);
    }

    void serve_logs() {
        auto made = make_log_routes(loop, verbs.supervisor);
        ASSERT_TRUE(made) << made.error().text;
        routes = *std::move(made);
        routes.push_back(ok_route());
        serve();
    }
    bool await_text(Client& client, const std::string& text) {
        return pump([&] {
            client.receive();
            return client.received.find(text) != std::string::npos;
        });
    }
    // A client that follows web's log and has got what was in it.
    Client following(std::string_view version = "1.1") {
        Client client = connect();
        EXPECT_TRUE(client.send("GET /logtail/web HTTP/" + std::string(version) + "\r\n\r\n"));
        EXPECT_TRUE(await_text(client, "hello\n"));
        return client;
    }
    int status_of(std::string_view request) {
        Client client = connect();
        return ask(client, request).status;
    }

    WebVerbs verbs;
    std::string log = directory + "/web";
};

TEST_F(LogStreamsTest, Growth_ArrivesAsOneChunk) {
    serve_logs();
    Client client = following();
    EXPECT_THAT(client.received, HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(client.received, HasSubstr("\r\nLast-Modified: "));
    EXPECT_THAT(client.received, HasSubstr("\r\nContent-Type: text/plain;charset=utf-8\r\n"));
    EXPECT_THAT(client.received, HasSubstr("\r\nX-Accel-Buffering: no\r\n"));
    EXPECT_THAT(client.received, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(client.received, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(client.received, EndsWith("\r\n\r\n6\r\nhello\n\r\n"));
    append(log, "more\n");
    ASSERT_TRUE(await_text(client, "more\n\r\n"));
    EXPECT_THAT(client.received, EndsWith("\r\n6\r\nhello\n\r\n5\r\nmore\n\r\n"));
}

TEST_F(LogStreamsTest, Begins_WithTheLast1024Bytes) {
    write_file(log, std::string(5000, 'a') + std::string(1022, 'b') + "!\n");
    serve_logs();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/logtail/web:web/stdout")));
    ASSERT_TRUE(await_text(client, "!\n\r\n"));
    EXPECT_THAT(client.received, EndsWith("\r\n\r\n400\r\n" + std::string(1022, 'b') + "!\n\r\n"));
}

TEST_F(LogStreamsTest, Truncation_IsMarkedAndTheStreamGoesOn) {
    serve_logs();
    Client client = following();
    write_file(log, "new\n");
    ASSERT_TRUE(await_text(client, "4\r\nnew\n\r\n"));
    EXPECT_THAT(client.received,
                HasSubstr("hello\n\r\n17\r\n==> File truncated <==\n\r\n4\r\nnew"));
    append(log, "after\n");
    EXPECT_TRUE(await_text(client, "after\n"));
}

TEST_F(LogStreamsTest, Rotation_GoesOnWithTheNewFile) {
    serve_logs();
    Client client = following();
    append(log, "last\n");
    std::filesystem::rename(log, log + ".1");
    write_file(log, "first\n");
    ASSERT_TRUE(await_text(client, "first\n"));
    EXPECT_THAT(client.received, HasSubstr("last\n\r\n"));
    EXPECT_THAT(client.received, Not(HasSubstr("truncated")));
    append(log, "second\n");
    EXPECT_TRUE(await_text(client, "second\n"));
}

TEST_F(LogStreamsTest, Http10_GetsTheBytesAtOnce) {
    serve_logs();
    Client client = following("1.0");
    EXPECT_THAT(client.received, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(client.received, EndsWith("\r\n\r\nhello\n"));
    append(log, "more\n");
    ASSERT_TRUE(await_text(client, "hello\nmore\n"));
    server.reset();
    EXPECT_TRUE(await_close(client));
}

TEST_F(LogStreamsTest, SlowReader_HoldsNothingBackAndMissesNothing) {
    limits.max_stream_bytes = 64U << 10;
    serve_logs();
    Client slow = following();
    Client other = following();
    std::string text;
    for (int i = 0; text.size() < (2U << 20); ++i) text += "line " + std::to_string(i) + "\n";
    append(log, text + "end of it\n");
    ASSERT_TRUE(await_text(other, "end of it\n"));  // is not kept waiting

    // Nobody reads and nobody can be given more: the loop sleeps.
    settle();
    other.hang_up();
    ASSERT_TRUE(pump([&] { return server->connection_count() == 1; }));
    settle();
    EXPECT_FALSE(*loop.turn(300ms));

    ASSERT_TRUE(await_text(slow, "end of it\n"));
    append(log, "and on\n");
    ASSERT_TRUE(await_text(slow, "and on\n"));
    slow.received += "0\r\n\r\n";  // what ends a chunked body
    const auto answers = slow.answers();
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_TRUE(answers[0].body == "hello\n" + text + "end of it\nand on\n");
}

TEST_F(LogStreamsTest, SlowReader_LearnsOfTheTruncationLater) {
    limits.max_stream_bytes = 64U << 10;
    serve_logs();
    Client client = following();
    append(log, std::string(2U << 20, 'x') + "\n");
    ASSERT_TRUE(pump([&] { return server->unsent_count() == 1; }));
    write_file(log, "fresh\n");
    ASSERT_TRUE(await_text(client, "fresh\n"));
    EXPECT_THAT(client.received, EndsWith("17\r\n==> File truncated <==\n\r\n6\r\nfresh\n\r\n"));
}

TEST_F(LogStreamsTest, WithoutStreams_NothingRuns) {
    serve_logs();
    for (const bool tcp : {false, true}) {
        Client client = tcp ? connect_tcp() : connect();
        ASSERT_TRUE(client.send(get("/logtail/web")));
        ASSERT_TRUE(await_text(client, "hello\n"));
        client.hang_up();
        ASSERT_TRUE(pump([&] { return server->connection_count() == 0; }));
        settle();
        EXPECT_FALSE(*loop.turn(300ms));
    }
}

TEST_F(LogStreamsTest, ManyStreams_AllFollow) {
    serve_logs();
    std::vector<Client> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(following());
    append(log, std::string(200U << 10, 'x') + "\nlast line\n");
    for (Client& client : clients) EXPECT_TRUE(await_text(client, "last line\n"));
}

TEST_F(LogStreamsTest, WhatCannotBeFollowed_Is404) {
    serve_logs();
    for (const auto* target : {"/logtail/nosuch", "/logtail/web:nosuch", "/logtail/web:*",
                               "/logtail/web/stderr", "/logtail/web/stdall", "/logtail/web/",
                               "/logtail", "/logtail/", "/logtail//stdout", "/mainlogtail"})
        EXPECT_EQ(status_of(get(target)), 404) << target;
    std::filesystem::remove(log);
    EXPECT_EQ(status_of(get("/logtail/web")), 404);
}

TEST_F(LogStreamsTest, OtherMethods_Are400) {
    serve_logs();
    EXPECT_EQ(status_of(post("/logtail/web", "x")), 400);
    EXPECT_EQ(status_of(post("/mainlogtail", "x")), 400);
}

TEST_F(LogStreamsTest, MainLog_IsFollowedWithoutTheProxyHeader) {
    verbs.host.main_log = directory + "/main.log";
    write_file(verbs.host.main_log, "started\n");
    serve_logs();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/mainlogtail")));
    ASSERT_TRUE(await_text(client, "started\n"));
    EXPECT_THAT(client.received, Not(HasSubstr("X-Accel-Buffering")));
    append(verbs.host.main_log, "more\n");
    EXPECT_TRUE(await_text(client, "more\n"));
}

TEST_F(LogStreamsTest, OkPage_SaysOk) {
    serve_logs();
    Client client = connect();
    const auto answer = ask(client, get("/ok.html"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(*answer.headers.find("Content-Type"), "text/plain");
    EXPECT_EQ(answer.body, "OK");
}

}  // namespace
}  // namespace svd::http
