#include "cli/http_reply.h"

#include <gtest/gtest.h>

namespace svd::cli {
namespace {

struct Fed {
    HttpReply reply;
    std::string body;
    Status status;
};

// Feeds in pieces of `step` bytes: the result must not depend on how the bytes arrive.
Fed feed(std::string_view bytes, std::size_t step) {
    Fed fed;
    for (std::size_t at = 0; at < bytes.size() && fed.status; at += step)
        fed.status = fed.reply.feed(bytes.substr(at, step), fed.body);
    return fed;
}

constexpr std::size_t kSteps[] = {1, 2, 3, 7, 1000};

TEST(HttpReply, BodyWithALength_EndsThere) {
    for (const auto step : kSteps) {
        const auto fed =
            feed("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length:  5\r\n\r\nhello", step);
        EXPECT_TRUE(fed.status);
        EXPECT_TRUE(fed.reply.is_complete());
        EXPECT_TRUE(fed.reply.keeps_alive());
        EXPECT_EQ(fed.reply.status(), 200);
        EXPECT_EQ(fed.reply.reason(), "OK");
        EXPECT_EQ(fed.body, "hello");
    }
}

TEST(HttpReply, Chunks_AreJoined) {
    for (const auto step : kSteps) {
        const auto fed = feed(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
            "5\r\nhello\r\nA;x=y\r\n, world...\r\n0\r\nTrailer: x\r\n\r\n",
            step);
        EXPECT_TRUE(fed.status);
        EXPECT_TRUE(fed.reply.is_complete());
        EXPECT_TRUE(fed.reply.keeps_alive());
        EXPECT_EQ(fed.body, "hello, world...");
    }
}

TEST(HttpReply, ChunksComeOutBeforeTheEnd) {
    const auto fed =
        feed("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", 1000);
    EXPECT_EQ(fed.body, "hello");
    EXPECT_FALSE(fed.reply.is_complete());
}

TEST(HttpReply, WithoutALength_TheEndOfTheStreamCompletesIt) {
    for (const auto step : kSteps) {
        auto fed = feed("HTTP/1.0 200 OK\r\n\r\nall of it", step);
        EXPECT_FALSE(fed.reply.is_complete());
        EXPECT_TRUE(fed.reply.finish());
        EXPECT_TRUE(fed.reply.is_complete());
        EXPECT_FALSE(fed.reply.keeps_alive());
        EXPECT_EQ(fed.body, "all of it");
    }
}

TEST(HttpReply, CutShort_IsAnError) {
    for (const auto* bytes :
         {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
        auto fed = feed(bytes, 1000);
        EXPECT_TRUE(fed.status) << bytes;
        EXPECT_FALSE(fed.reply.finish()) << bytes;
    }
}

TEST(HttpReply, WhoKeepsTheConnection_IsFollowed) {
    const std::pair<std::string, bool> rows[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore", false}};
    for (const auto& [bytes, keeps] : rows)
        EXPECT_EQ(feed(bytes, 1000).reply.keeps_alive(), keeps) << bytes;
}

TEST(HttpReply, InterimAnswers_AreSkipped) {
    const auto fed = feed(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", 3);
    EXPECT_TRUE(fed.reply.is_complete());
    EXPECT_EQ(fed.reply.status(), 404);
    EXPECT_EQ(fed.reply.reason(), "Not Found");
}

TEST(HttpReply, BareNewlines_AreAccepted) {
    const auto fed = feed("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 1);
    EXPECT_TRUE(fed.reply.is_complete());
    EXPECT_EQ(fed.body, "hi");
}

TEST(HttpReply, Nonsense_IsRefused) {
    for (const auto* bytes :
         {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n"})
        for (const auto step : kSteps) EXPECT_FALSE(feed(bytes, step).status) << bytes;
}

TEST(HttpReply, EndlessHeadsAndLines_AreRefused) {
    EXPECT_FALSE(
        feed("HTTP/1.1 200 OK\r\nX: " + std::string(HttpReply::kMaxHead, 'x'), 4096).status);
    EXPECT_FALSE(feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                          std::string(HttpReply::kMaxLine + 1, '0'),
                      4096)
                     .status);
}

}  // namespace
}  // namespace svd::cli
