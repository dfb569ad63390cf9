#include "wire/http_parser.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::wire {
namespace {

using State = HttpParseState;

// Presents the bytes as a connection would, `step` more at a time.
HttpRequestParser parse_in_steps(std::string_view bytes, std::size_t step,
                                 const HttpLimits& limits = {}) {
    HttpRequestParser parser(limits);
    std::string pending;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        pending += bytes.substr(at, step);
        for (;;) {
            const State before = parser.state();
            if (before == State::Complete || before == State::Failed) return parser;
            const std::size_t used = parser.feed(pending);
            pending.erase(0, used);
            if (pending.empty() || (used == 0 && parser.state() == before)) break;
        }
    }
    return parser;
}

struct Odd {
    std::string_view name;
    std::string_view bytes;
    State state;
    int status;  // of the failure
};

const Odd kOddRequests[] = {
    {"plain", "GET / HTTP/1.1\r\n\r\n", State::Complete, 0},
    {"no blank after the colon", "POST / HTTP/1.1\r\nContent-Length:2\r\n\r\nhi", State::Complete,
     0},
    {"blanks around the value", "POST / HTTP/1.1\r\nContent-Length: \t2 \r\n\r\nhi",
     State::Complete, 0},
    {"empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", State::Complete, 0},
    {"folded header", "GET / HTTP/1.1\r\nA: b\r\n  c\r\n\r\n", State::Complete, 0},
    {"unknown method", "FROB /x HTTP/1.1\r\n\r\n", State::Complete, 0},
    {"zero length", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", State::Complete, 0},
    {"same length twice", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
     State::Complete, 0},
    {"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
     State::Complete, 0},
    {"chunk extension",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\n\r\n",
     State::Complete, 0},
    {"trailers", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n",
     State::Complete, 0},
    {"unfinished header", "GET / HTTP/1.1\r\nHost: x\r\n", State::Header, 0},
    {"unfinished body", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", State::Body, 0},
    {"unfinished chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
     State::Body, 0},
    {"garbage", "garbage\r\n\r\n", State::Failed, 400},
    {"HTTP/0.9", "GET /\r\n\r\n", State::Failed, 400},
    {"HTTP/2.0", "GET / HTTP/2.0\r\n\r\n", State::Failed, 400},
    {"blank in the target", "GET /a b HTTP/1.1\r\n\r\n", State::Failed, 400},
    {"blank before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", State::Failed, 400},
    {"NUL in a header", std::string_view("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 26), State::Failed,
     400},
    {"bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", State::Failed, 400},
    {"length in words", "POST / HTTP/1.1\r\nContent-Length: two\r\n\r\n", State::Failed, 400},
    {"negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", State::Failed, 400},
    {"signed length", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx", State::Failed, 400},
    {"length beyond 64 bits", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
     State::Failed, 400},
    {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
     State::Failed, 400},
    {"length and chunked",
     "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", State::Failed,
     400},
    {"chunked and length",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", State::Failed,
     400},
    {"unknown encoding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", State::Failed, 400},
    {"chunked is not last", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
     State::Failed, 400},
    {"chunk size in words", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
     State::Failed, 400},
    {"chunk longer than it says",
     "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", State::Failed,
     400},
};

class OddRequests : public testing::TestWithParam<std::size_t> {};

TEST_P(OddRequests, EndInTheSameStateHoweverTheyAreCut) {
    for (const Odd& odd : kOddRequests) {
        SCOPED_TRACE(odd.name);
        const auto parser = parse_in_steps(odd.bytes, GetParam());
        EXPECT_EQ(parser.state(), odd.state);
        if (odd.state == State::Failed) {
            EXPECT_EQ(parser.failure().status, odd.status);
            EXPECT_FALSE(parser.failure().reason.empty());
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Steps, OddRequests, testing::Values(1U, 2U, 3U, 7U, 1000U));

TEST(HttpRequestParser, Request_IsTakenApart) {
    const auto parser = parse_in_steps(
        "POST /log%20tail/a%2Fb?x=1&y=a+b%21 HTTP/1.0\r\nHOST: h\r\nX-Y: 1\r\nx-y: 2\r\n"
        "Content-Length: 5\r\n\r\nhello",
        4);
    ASSERT_EQ(parser.state(), State::Complete);
    const HttpRequest& request = parser.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/log tail/a/b");
    EXPECT_EQ(request.query, "x=1&y=a+b%21");
    EXPECT_EQ(request.query_value("y"), "a b!");
    EXPECT_EQ(request.query_value("z"), std::nullopt);
    EXPECT_EQ(request.version, HttpVersion::Http10);
    EXPECT_EQ(request.body, "hello");
    EXPECT_TRUE(request.has_body_header);
    EXPECT_EQ(*request.headers.find("host"), "h");
    EXPECT_EQ(*request.headers.find("X-y"), "1");
}

TEST(HttpRequestParser, FoldedHeader_IsJoined) {
    const auto parser = parse_in_steps("GET / HTTP/1.1\r\nA: b\r\n  c\r\n\r\n", 100);
    EXPECT_EQ(*parser.request().headers.find("a"), "b c");
}

TEST(HttpRequestParser, ChunkedBody_IsJoinedAndTrailersAreDropped) {
    const auto parser = parse_in_steps(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x\r\n yo\r\n0\r\n"
        "Authorization: Basic x\r\n\r\n",
        5);
    ASSERT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(parser.request().body, "hi yo");
    EXPECT_EQ(parser.request().headers.find("Authorization"), nullptr);
}

TEST(HttpRequestParser, Feed_StopsBehindTheHeaderAndBehindTheMessage) {
    HttpRequestParser parser;
    const std::string bytes =
        "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /2 HTTP/1.1\r\n\r\n";
    std::size_t used = parser.feed(bytes);
    EXPECT_EQ(parser.state(), State::Body);
    EXPECT_EQ(bytes.substr(used, 2), "hi");
    used += parser.feed(std::string_view(bytes).substr(used));
    EXPECT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(bytes.substr(used, 6), "GET /2");
    parser.reset();
    EXPECT_EQ(parser.feed(std::string_view(bytes).substr(used)), bytes.size() - used);
    EXPECT_EQ(parser.request().path, "/2");
}

TEST(HttpRequestParser, BodyBeyondTheLimit_IsRefusedByItsAnnouncement) {
    const auto parser =
        parse_in_steps("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", 100, {1024, 10});
    ASSERT_EQ(parser.state(), State::Failed);
    EXPECT_EQ(parser.failure().status, 413);
}

TEST(HttpRequestParser, ChunksBeyondTheLimit_AreRefused) {
    const auto parser = parse_in_steps(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n", 100,
        {1024, 10});
    ASSERT_EQ(parser.state(), State::Failed);
    EXPECT_EQ(parser.failure().status, 413);
}

TEST(HttpRequestParser, EndlessHeader_IsRefused) {
    const auto parser =
        parse_in_steps("GET / HTTP/1.1\r\nA: " + std::string(5000, 'x'), 10, {1024, 10});
    ASSERT_EQ(parser.state(), State::Failed);
    EXPECT_EQ(parser.failure().status, 431);
}

TEST(HttpRequestParser, EndlessTrailer_IsRefused) {
    const auto parser = parse_in_steps(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(5000, 'x'),
        10, {1024, 10});
    ASSERT_EQ(parser.state(), State::Failed);
    EXPECT_EQ(parser.failure().status, 431);
}

TEST(HttpRequestParser, ExpectContinue_IsSeenBeforeTheBody) {
    EXPECT_TRUE(
        parse_in_steps("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n", 100)
            .expects_continue());
    EXPECT_FALSE(
        parse_in_steps("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", 100)
            .expects_continue());
}

struct KeepAliveCase {
    std::string_view head;
    bool keeps;
};

TEST(HttpRequest, KeepAlive_FollowsVersionAndHeader) {
    const KeepAliveCase cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: foo, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    for (const auto& [head, keeps] : cases) {
        SCOPED_TRACE(head);
        EXPECT_EQ(parse_in_steps(head, 100).request().keep_alive(), keeps);
    }
}

TEST(HttpResponseParser, CountedBody_Completes) {
    HttpResponseParser parser;
    const std::string bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabcNEXT";
    std::size_t used = parser.feed(bytes);
    used += parser.feed(std::string_view(bytes).substr(used));
    EXPECT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(bytes.substr(used), "NEXT");
    EXPECT_EQ(parser.response().status, 404);
    EXPECT_EQ(parser.response().body, "abc");
    EXPECT_TRUE(parser.keep_alive());
}

TEST(HttpResponseParser, BodyUpToTheClose_CompletesAtTheClose) {
    HttpResponseParser parser;
    const std::string bytes = "HTTP/1.0 200 OK\r\n\r\nabc";
    const std::size_t used = parser.feed(bytes);
    EXPECT_EQ(parser.feed(std::string_view(bytes).substr(used)), 3U);
    EXPECT_EQ(parser.state(), State::Body);
    parser.finish();
    EXPECT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(parser.response().body, "abc");
    EXPECT_FALSE(parser.keep_alive());
}

TEST(HttpResponseParser, ConnectionCutInsideTheBody_Fails) {
    HttpResponseParser parser;
    const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na";
    const std::size_t used = parser.feed(bytes);
    EXPECT_EQ(parser.feed(std::string_view(bytes).substr(used)), 1U);
    parser.finish();
    EXPECT_EQ(parser.state(), State::Failed);
}

TEST(HttpResponseParser, NoAnswerAtAll_Fails) {
    HttpResponseParser parser;
    parser.finish();
    EXPECT_EQ(parser.state(), State::Failed);
    EXPECT_EQ(parser.failure().reason, "no answer");
}

TEST(HttpResponseParser, Stream_GoesToTheSinkWithoutLimit) {
    HttpResponseParser parser({1024, 2});
    std::string seen;
    parser.on_body([&](std::string_view bytes) { seen += bytes; });
    std::string pending =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
        "chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n";
    while (parser.state() != State::Complete && parser.state() != State::Failed) {
        const std::size_t used = parser.feed(pending);
        ASSERT_GT(used, 0U);
        pending.erase(0, used);
    }
    EXPECT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(seen, "helloworld");
}

TEST(HttpResponseParser, Continue_IsPassedOver) {
    HttpResponseParser parser;
    const std::string bytes =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(parser.feed(bytes), bytes.size());
    EXPECT_EQ(parser.state(), State::Complete);
    EXPECT_EQ(parser.response().status, 200);
}

}  // namespace
}  // namespace svd::wire
