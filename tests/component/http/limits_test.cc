// What hostile, slow, many or absent clients can do.
#include <span>

#include <sys/resource.h>

#include "component/http/support.h"

namespace svd::http {
namespace {

TEST_F(ServerTest, TwoHundredClients_AreServedTogether) {
    add_echo();
    serve();
    std::vector<Client> clients;
    for (int i = 0; i < 200; ++i) clients.push_back(i % 2 == 0 ? connect() : connect_tcp());
    for (int round = 0; round < 3; ++round) {
        for (Client& client : clients)
            ASSERT_TRUE(client.send(post("/echo", std::to_string(round))));
        for (Client& client : clients) {
            const auto answers = await_answers(client, 1);
            ASSERT_EQ(answers.size(), 1U);
            EXPECT_EQ(answers[0].body, "POST:" + std::to_string(round));
        }
    }
    EXPECT_EQ(server->connection_count(), 200U);
    clients.clear();
    EXPECT_TRUE(pump([&] { return server->connection_count() == 0; }));
}

// Fifty each: those who stop in the middle of a request, those who never read their answer, those
// who close their half after asking, and those who behave.
TEST_F(ServerTest, SlowAndHalfOpenClients_HoldNobodyUp) {
    add_echo();
    route("/big", [](Request&, Responder responder) {
        responder.send({200, {}, std::string(1'000'000, 'x')});
    });
    serve();
    constexpr std::size_t kEach = 50;
    std::vector<Client> clients;
    // The kernel takes some megabytes for a TCP client that does not read, and of a unix socket
    // few.
    for (std::size_t i = 0; i < 4 * kEach; ++i)
        clients.push_back(i / kEach == 1 || i % 2 == 0 ? connect() : connect_tcp());
    const auto of_kind = [&](std::size_t kind) {
        return std::span(clients).subspan(kind * kEach, kEach);
    };
    const std::string request = post("/echo", "hello");
    const std::string_view first_half = std::string_view(request).substr(0, request.size() / 2);
    const auto expect_echo = [&](Client& client) {
        const auto answers = await_answers(client, 1);
        ASSERT_EQ(answers.size(), 1U);
        EXPECT_EQ(answers[0].body, "POST:hello");
    };
    for (Client& slow : of_kind(0)) ASSERT_TRUE(slow.send(first_half));
    for (Client& deaf : of_kind(1)) ASSERT_TRUE(deaf.send(get("/big")));
    ASSERT_TRUE(pump([&] { return server->unsent_count() == kEach; }));
    for (Client& half : of_kind(2)) {
        ASSERT_TRUE(half.send(request));
        half.shut_writing();
    }
    for (int round = 0; round < 3; ++round) {
        for (Client& usual : of_kind(3)) ASSERT_TRUE(usual.send(request));
        for (Client& usual : of_kind(3)) expect_echo(usual);
    }
    for (Client& half : of_kind(2)) expect_echo(half);
    EXPECT_TRUE(pump([&] { return server->connection_count() == 3 * kEach; }));
    // Nobody was forgotten: the rest comes byte by byte, and the deaf read at last.
    for (const char byte : std::string_view(request).substr(first_half.size())) {
        for (Client& slow : of_kind(0)) ASSERT_TRUE(slow.send({&byte, 1}));
        settle();
    }
    for (Client& slow : of_kind(0)) expect_echo(slow);
    for (Client& deaf : of_kind(1)) {
        const auto answers = await_answers(deaf, 1);
        ASSERT_EQ(answers.size(), 1U);
        EXPECT_EQ(answers[0].body.size(), 1'000'000U);
    }
}

TEST_F(ServerTest, HugeBody_Is413AndTheAnswerArrives) {
    add_echo();
    limits.message.max_body_bytes = 100'000;
    serve();
    for (const bool tcp : {false, true}) {
        Client client = tcp ? connect_tcp() : connect();
        // The client goes on sending, as most do.
        std::string request = "POST /echo HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n";
        request.resize(1'000'000, 'x');
        std::string_view rest = request;
        ASSERT_TRUE(pump([&] {
            rest.remove_prefix(client.send_some(rest));
            client.receive();
            return rest.empty() || client.reset;
        }));
        EXPECT_FALSE(client.reset);
        const auto answers = await_answers(client, 1);
        ASSERT_EQ(answers.size(), 1U);
        EXPECT_EQ(answers[0].status, 413);
        EXPECT_EQ(*answers[0].headers.find("Connection"), "close");
    }
}

TEST_F(ServerTest, HugeHeader_Is431) {
    serve();
    Client client = connect();
    const auto answer = ask(client, "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'x'));
    EXPECT_EQ(answer.status, 431);
}

TEST_F(ServerTest, UnfinishedRequest_TimesOut) {
    limits.request_timeout = 30ms;
    serve();
    Client client = connect();
    EXPECT_EQ(ask(client, "GET / HT").status, 408);
    client.hang_up();
    EXPECT_TRUE(pump([&] { return server->connection_count() == 0; }));
}

TEST_F(ServerTest, ClientThatNeverReads_TimesOut) {
    limits.write_timeout = 30ms;
    route("/big", [](Request&, Responder responder) {
        responder.send({200, {}, std::string(20'000'000, 'x')});
    });
    serve();
    Client client = connect();
    ASSERT_TRUE(client.send(get("/big")));
    ASSERT_TRUE(pump([&] { return server->unsent_count() == 1; }));
    EXPECT_TRUE(pump([&] { return server->connection_count() == 0; }));
}

TEST_F(ServerTest, IdleTcpConnection_IsClosedAndUnixIsNot) {
    limits.idle_timeout = 30ms;
    add_echo();
    serve();
    Client local = connect();
    Client remote = connect_tcp();
    ask(local, get("/echo"));
    ask(remote, get("/echo"));
    EXPECT_TRUE(await_close(remote));
    EXPECT_EQ(ask(local, get("/echo")).status, 200);
}

TEST_F(ServerTest, TooManyConnections_CloseTheLongestIdleOne) {
    limits.max_connections = 3;
    add_echo();
    serve();
    Client a = connect();
    Client b = connect();
    Client c = connect();
    ask(a, get("/echo"));
    ask(b, get("/echo"));
    ask(c, get("/echo"));
    ask(a, get("/echo"));
    Client d = connect();
    EXPECT_EQ(ask(d, get("/echo")).status, 200);
    EXPECT_TRUE(await_close(b));
    EXPECT_EQ(ask(a, get("/echo")).status, 200);
    EXPECT_EQ(server->connection_count(), 3U);
}

TEST_F(ServerTest, TooManyBusyConnections_MakeNewOnesWait) {
    limits.max_connections = 2;
    std::vector<Responder> waiting;
    route("/wait", [&](Request&, Responder responder) { waiting.push_back(std::move(responder)); });
    serve();
    Client a = connect();
    Client b = connect();
    Client c = connect();
    for (Client* client : {&a, &b, &c})
        ASSERT_TRUE(client->send(get("/wait", "Connection: close\r\n")));
    ASSERT_TRUE(pump([&] { return waiting.size() == 2; }));
    settle();
    EXPECT_EQ(server->connection_count(), 2U);
    waiting[0].send({});
    EXPECT_TRUE(pump([&] { return waiting.size() == 3; }));
}

TEST_F(ServerTest, NoDescriptorsLeft_PausesAcceptingAndGoesOnLater) {
    add_echo();
    serve();
    Client early = connect();
    ask(early, get("/echo"));
    Client late = connect();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const int next = ::dup(0);  // the lowest free number
    ASSERT_GE(next, 0);
    ::close(next);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(next);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    ASSERT_TRUE(late.send(get("/echo")));
    EXPECT_TRUE(pump([&] { return !lines.empty(); }));
    settle();
    // Neither a spin nor deafness for the others.
    EXPECT_EQ(ask(early, get("/echo")).status, 200);
    EXPECT_EQ(lines.size(), 1U);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(await_answers(late, 1).size(), 1U);
}

TEST_F(ServerTest, SenderThatIgnoresAnswers_IsHeldBack) {
    int handled = 0;
    route("/big", [&](Request&, Responder responder) {
        ++handled;
        responder.send({200, {}, std::string(100'000, 'x')});
    });
    serve();
    Client client = connect();
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests += get("/big");
    ASSERT_TRUE(client.send(requests));
    settle();
    EXPECT_LT(handled, 50);
    EXPECT_EQ(await_answers(client, 1000).size(), 1000U);
    EXPECT_EQ(handled, 1000);
}

}  // namespace
}  // namespace svd::http
