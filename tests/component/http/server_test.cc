#include "component/http/support.h"

namespace svd::http {
namespace {

TEST_F(ServerTest, Request_IsAnsweredOverBothKindsOfSocket) {
    add_echo();
    serve();
    Client local = connect();
    Client remote = connect_tcp();
    for (Client* client : {&local, &remote}) {
        const auto answer = ask(*client, post("/echo", "hello"));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "POST:hello");
        EXPECT_EQ(*answer.headers.find("Server"), "svd");
        EXPECT_NE(answer.headers.find("Date"), nullptr);
        EXPECT_EQ(*answer.headers.find("Content-Length"), "10");
        EXPECT_EQ(answer.headers.find("Connection"), nullptr);
    }
}

TEST_F(ServerTest, Peer_IsNamedByTheKernel) {
    std::vector<Peer> peers;
    route("/", [&](Request& request, Responder responder) {
        peers.push_back(*request.peer);
        responder.send({});
    });
    serve();
    Client local = connect();
    Client remote = connect_tcp();
    ask(local, get("/"));
    ask(remote, get("/"));
    ASSERT_EQ(peers.size(), 2U);
    EXPECT_EQ(peers[0].listener, "unix_http_server");
    EXPECT_EQ(peers[0].address, "localhost");
    ASSERT_TRUE(peers[0].credentials);
    EXPECT_EQ(peers[0].credentials->pid, ::getpid());
    EXPECT_EQ(peers[0].credentials->uid, ::geteuid());
    EXPECT_EQ(peers[1].listener, "inet_http_server");
    EXPECT_EQ(peers[1].address, "127.0.0.1");
    EXPECT_NE(peers[1].port, 0);
    EXPECT_FALSE(peers[1].credentials);
}

TEST_F(ServerTest, ByteByByte_IsUnderstood) {
    add_echo();
    serve();
    Client client = connect();
    for (const char c : post("/echo", "slow")) {
        ASSERT_TRUE(client.send({&c, 1}));
        settle();
    }
    const auto answers = await_answers(client, 1);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].body, "POST:slow");
}

TEST_F(ServerTest, PipelinedRequests_AreAnsweredInOrder) {
    add_echo();
    serve();
    Client client = connect_tcp();
    std::string requests;
    for (int i = 0; i < 500; ++i) requests += post("/echo", std::to_string(i));
    ASSERT_TRUE(client.send(requests));
    const auto answers = await_answers(client, 500);
    ASSERT_EQ(answers.size(), 500U);
    for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(answers[static_cast<std::size_t>(i)].body, "POST:" + std::to_string(i));
    }
}

struct CloseCase {
    std::string_view head;
    bool closes;
    const char* connection;  // header of the answer, or null
};

TEST_F(ServerTest, Connection_StaysOrClosesAsAskedFor) {
    add_echo();
    serve();
    const CloseCase cases[] = {
        {"GET /echo HTTP/1.1\r\n\r\n", false, nullptr},
        {"GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n", true, "close"},
        {"GET /echo HTTP/1.0\r\n\r\n", true, "close"},
        {"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, "Keep-Alive"},
        {"GET /nosuch HTTP/1.1\r\n\r\n", false, nullptr},
        {"garbage\r\n\r\n", true, "close"},
    };
    for (const CloseCase& one : cases) {
        SCOPED_TRACE(one.head);
        Client client = connect_tcp();
        const auto answer = ask(client, one.head);
        const auto* header = answer.headers.find("Connection");
        EXPECT_EQ(header == nullptr ? "" : *header,
                  one.connection == nullptr ? "" : one.connection);
        if (one.closes) {
            client.shut_writing();
            EXPECT_TRUE(await_close(client));
            EXPECT_FALSE(client.reset);
        } else {
            EXPECT_EQ(ask(client, get("/echo")).status, 200);
        }
    }
}

TEST_F(ServerTest, Errors_HaveSupervisorsPages) {
    add_echo();
    serve();
    Client client = connect();
    auto answer = ask(client, get("/nosuch"));
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(*answer.headers.find("Content-Type"), "text/html");
    EXPECT_EQ(answer.body, wire::error_page(404));
    answer = ask(client, "DELETE /echo HTTP/1.1\r\n\r\n");
    EXPECT_EQ(answer.status, 400);
}

TEST_F(ServerTest, Head_GetsTheHeaderAlone) {
    add_echo();
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send("HEAD /echo HTTP/1.1\r\n\r\n" + get("/nosuch")));
    ASSERT_TRUE(pump([&] {
        client.receive();
        return client.received.find("Message: Not Found") != std::string::npos;
    }));
    EXPECT_NE(client.received.find("Content-Length: 5\r\n\r\nHTTP/1.1 404"), std::string::npos)
        << client.received;
}

TEST_F(ServerTest, ExpectContinue_IsEncouraged) {
    add_echo();
    serve();
    Client client = connect();
    ASSERT_TRUE(
        client.send("POST /echo HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    ASSERT_TRUE(pump([&] {
        client.receive();
        return client.received == "HTTP/1.1 100 Continue\r\n\r\n";
    })) << client.received;
    client.received.clear();
    EXPECT_EQ(ask(client, "hi").body, "POST:hi");
}

TEST_F(ServerTest, ChunkedRequest_IsJoined) {
    add_echo();
    serve();
    Client client = connect();
    EXPECT_EQ(ask(client,
                  "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                  .body,
              "POST:abc");
}

TEST_F(ServerTest, HalfClosedClient_StillGetsItsAnswer) {
    add_echo();
    serve();
    for (const bool tcp : {false, true}) {
        Client client = tcp ? connect_tcp() : connect();
        ASSERT_TRUE(client.send(get("/echo")));
        client.shut_writing();
        EXPECT_EQ(await_answers(client, 1).size(), 1U);
        EXPECT_TRUE(await_close(client));
    }
    EXPECT_EQ(server->connection_count(), 0U);
}

TEST_F(ServerTest, LargeAnswer_ArrivesWhole) {
    const std::string body(5'000'000, 'x');
    route("/big", [&](Request&, Responder responder) { responder.send({200, {}, body}); });
    serve();
    Client client = connect();
    const auto answer = ask(client, get("/big"));
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(server->unsent_count(), 0U);
}

TEST_F(ServerTest, ThrowingHandler_Is500AndALine) {
    route("/throw", [](Request&, Responder) { throw std::runtime_error("oops"); });
    add_echo();
    serve();
    Client client = connect();
    EXPECT_EQ(ask(client, get("/throw")).status, 500);
    EXPECT_THAT(lines, testing::ElementsAre(testing::HasSubstr("oops")));
    EXPECT_EQ(ask(client, get("/echo")).status, 200);
}

TEST_F(ServerTest, AccessHook_SeesEveryAnswer) {
    std::vector<std::string> seen;
    hooks.access = [&](const Access& access) {
        seen.push_back(std::string(access.request_line) + " " + std::to_string(access.status) +
                       " " + std::to_string(access.bytes));
    };
    add_echo();
    serve();
    Client client = connect();
    ask(client, get("/echo"));
    ask(client, get("/nosuch"));
    EXPECT_THAT(seen,
                testing::ElementsAre("GET /echo HTTP/1.1 200 4", "GET /nosuch HTTP/1.1 404 134"));
}

TEST_F(ServerTest, StopListening_KeepsConnections) {
    add_echo();
    serve();
    Client client = connect();
    ask(client, get("/echo"));
    server->stop_listening();
    EXPECT_EQ(ask(client, get("/echo")).status, 200);
}

TEST_F(ServerTest, IdleConnections_CauseNoWakeups) {
    add_echo();
    serve();
    Client client = connect();
    ask(client, get("/echo"));
    ASSERT_TRUE(client.send("GET /ec"));  // owes the rest
    settle();
    ASSERT_TRUE(client.send("ho HTTP/1.1\r\n\r\n"));
    ASSERT_EQ(await_answers(client, 1).size(), 1U);
    settle();
    const auto before = loop.wakeups();
    EXPECT_FALSE(*loop.turn(30ms));
    EXPECT_LE(loop.wakeups() - before, 1U);
    EXPECT_EQ(server->connection_count(), 1U);
}

}  // namespace
}  // namespace svd::http
