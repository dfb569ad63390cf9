// Answers that come later, and answers in pieces.
#include "component/http/support.h"

namespace svd::http {
namespace {

class DeferredTest : public ServerTest {
  protected:
    void SetUp() override {
        add_echo();
        route("/wait", [this](Request& request, Responder responder) {
            names.push_back(request.query);
            waiting.push_back(std::move(responder));
        });
        route("/stream", [this](Request&, Responder responder) {
            streams.push_back(responder.stream(200, {{"Content-Type", "text/plain"}}));
        });
    }
    bool await_waiting(std::size_t count) {
        return pump([&] { return waiting.size() == count; });
    }
    bool await_streams(std::size_t count) {
        return pump([&] { return streams.size() == count; });
    }

    std::vector<std::string> names;
    std::vector<Responder> waiting;
    std::vector<Stream> streams;
};

TEST_F(DeferredTest, Answers_MayComeInAnyOrder) {
    serve();
    std::vector<Client> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(i % 2 == 0 ? connect() : connect_tcp());
        ASSERT_TRUE(clients.back().send(get("/wait?" + std::to_string(i))));
        ASSERT_TRUE(await_waiting(static_cast<std::size_t>(i) + 1));
    }
    for (std::size_t i = waiting.size(); i-- > 0;) {
        EXPECT_TRUE(waiting[i].is_open());
        waiting[i].send({200, {}, "answer " + names[i]});
        EXPECT_FALSE(waiting[i].is_open());
        const auto answers = await_answers(clients[i], 1);
        ASSERT_EQ(answers.size(), 1U);
        EXPECT_EQ(answers[0].body, "answer " + std::to_string(i));
    }
}

TEST_F(DeferredTest, OtherConnections_GoOnWhileOneWaits) {
    serve();
    Client slow = connect();
    Client quick = connect();
    ASSERT_TRUE(slow.send(get("/wait")));
    ASSERT_TRUE(await_waiting(1));
    EXPECT_EQ(ask(quick, get("/echo")).status, 200);
}

TEST_F(DeferredTest, PipelinedRequests_WaitForTheirTurn) {
    serve();
    Client client = connect_tcp();
    ASSERT_TRUE(client.send(get("/wait?1") + get("/echo") + get("/wait?2")));
    ASSERT_TRUE(await_waiting(1));
    settle();
    EXPECT_EQ(names.size(), 1U);
    waiting[0].send({200, {}, "first"});
    EXPECT_EQ(names.size(), 1U) << "the next request must not run inside send()";
    ASSERT_TRUE(await_waiting(2));
    waiting[1].send({200, {}, "third"});
    const auto answers = await_answers(client, 3);
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].body, "first");
    EXPECT_EQ(answers[1].body, "GET:");
    EXPECT_EQ(answers[2].body, "third");
}

TEST_F(DeferredTest, ClientThatHangsUp_MakesTheAnswerANoOp) {
    serve();
    int gone = 0;
    Client client = connect();
    ASSERT_TRUE(client.send(get("/wait")));
    ASSERT_TRUE(await_waiting(1));
    waiting[0].on_gone([&] { ++gone; });
    client.hang_up();
    ASSERT_TRUE(pump([&] { return gone == 1; }));
    EXPECT_FALSE(waiting[0].is_open());
    EXPECT_EQ(server->connection_count(), 0U);
    waiting[0].send({200, {}, "nobody"});
    waiting.clear();
}

TEST_F(DeferredTest, TcpClientThatHangsUp_IsNoticedAtTheAnswer) {
    serve();
    Client client = connect_tcp();
    ASSERT_TRUE(client.send(get("/wait")));
    ASSERT_TRUE(await_waiting(1));
    client.hang_up();
    settle();
    waiting[0].send({200, {}, std::string(100'000, 'x')});
    EXPECT_TRUE(pump([&] { return server->connection_count() == 0; }));
}

TEST_F(DeferredTest, HalfClosedClient_GetsItsLateAnswer) {
    serve();
    for (const bool tcp : {false, true}) {
        Client client = tcp ? connect_tcp() : connect();
        ASSERT_TRUE(client.send(get("/wait")));
        client.shut_writing();
        waiting.clear();
        ASSERT_TRUE(await_waiting(1));
        settle();
        waiting[0].send({200, {}, "late"});
        ASSERT_EQ(await_answers(client, 1).size(), 1U);
        EXPECT_TRUE(await_close(client));
    }
}

TEST_F(DeferredTest, DroppedResponder_Is500) {
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/wait")));
    ASSERT_TRUE(await_waiting(1));
    waiting.clear();
    const auto answers = await_answers(client, 1);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].status, 500);
}

TEST_F(DeferredTest, Responder_OutlivesTheServer) {
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/wait") + get("/stream")));
    ASSERT_TRUE(await_waiting(1));
    server.reset();
    EXPECT_FALSE(waiting[0].is_open());
    waiting[0].send({});
    EXPECT_TRUE(await_close(client));
}

TEST_F(DeferredTest, ConnectionClose_IsObeyedAfterALateAnswer) {
    serve();
    Client client = connect_tcp();
    ASSERT_TRUE(client.send(get("/wait", "Connection: close\r\n")));
    ASSERT_TRUE(await_waiting(1));
    waiting[0].send({200, {}, "bye"});
    ASSERT_EQ(await_answers(client, 1).size(), 1U);
    EXPECT_TRUE(await_close(client));
    EXPECT_EQ(server->connection_count(), 0U);
}

TEST_F(DeferredTest, Stream_ArrivesChunkByChunk) {
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/stream") + get("/echo")));
    ASSERT_TRUE(await_streams(1));
    EXPECT_TRUE(streams[0].write("one"));
    ASSERT_TRUE(pump([&] {
        client.receive();
        return client.received.ends_with("\r\n\r\n3\r\none\r\n");
    })) << client.received;
    EXPECT_TRUE(streams[0].write(""));
    EXPECT_TRUE(streams[0].write("two!"));
    streams[0].finish();
    EXPECT_FALSE(streams[0].is_open());
    EXPECT_FALSE(streams[0].write("late"));
    const auto answers = await_answers(client, 2);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(*answers[0].headers.find("Transfer-Encoding"), "chunked");
    EXPECT_EQ(answers[0].body, "onetwo!");
    EXPECT_EQ(answers[1].body, "GET:");
}

TEST_F(DeferredTest, StreamToHttp10_IsPlainUpToTheClose) {
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    ASSERT_TRUE(await_streams(1));
    EXPECT_TRUE(streams[0].write("one"));
    ASSERT_TRUE(pump([&] {
        client.receive();
        return client.received.ends_with("\r\n\r\none");
    })) << client.received;
    streams.clear();
    EXPECT_TRUE(await_close(client));
    EXPECT_THAT(client.received, testing::HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(client.received, testing::EndsWith("\r\n\r\none"));
}

TEST_F(DeferredTest, Stream_HoldsBackWhenTheClientDoesNotRead) {
    limits.max_stream_bytes = 64U << 10;
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/stream")));
    ASSERT_TRUE(await_streams(1));
    Stream& stream = streams[0];
    const std::string block(10'000, 'b');
    std::size_t written = 0;
    int rooms = 0;
    stream.on_room([&] { ++rooms; });
    while (stream.write(block)) written += block.size();
    EXPECT_LT(written, 4U << 20);  // the kernel's buffers and ours
    EXPECT_LT(stream.room(), block.size());
    settle();
    EXPECT_EQ(rooms, 0);
    ASSERT_TRUE(pump([&] {
        client.receive();
        return rooms == 1;
    }));
    EXPECT_EQ(stream.room(), limits.max_stream_bytes);
    EXPECT_TRUE(stream.write(block));
    stream.finish();
    const auto answers = await_answers(client, 1);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].body.size(), written + block.size());
}

TEST_F(DeferredTest, StreamClientThatHangsUp_IsNoticedWithoutWriting) {
    serve();
    for (const bool tcp : {false, true}) {
        Client client = tcp ? connect_tcp() : connect();
        int gone = 0;
        streams.clear();
        ASSERT_TRUE(client.send(get("/stream")));
        ASSERT_TRUE(await_streams(1));
        streams[0].on_gone([&] {
            ++gone;
            streams.clear();
        });
        client.hang_up();
        EXPECT_TRUE(pump([&] { return gone == 1; }));
        EXPECT_TRUE(streams.empty());
    }
    EXPECT_EQ(server->connection_count(), 0U);
}

}  // namespace
}  // namespace svd::http
