#include "cli/endpoint.h"

#include <gtest/gtest.h>

namespace svd::cli {
namespace {

TEST(Endpoint, UnixUrls_AreAPath) {
    const auto endpoint = parse_endpoint("unix:///run/s.sock");
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->transport, Transport::Unix);
    EXPECT_EQ(endpoint->path, "/run/s.sock");
    EXPECT_EQ(endpoint->host_header(), "localhost");
}

TEST(Endpoint, HttpUrls_AreHostAndPort) {
    struct Row {
        std::string url, host, port, header;
    };
    const Row rows[] = {{"http://localhost:9001", "localhost", "9001", "localhost:9001"},
                        {"http://127.0.0.1", "127.0.0.1", "80", "127.0.0.1:80"},
                        {"http://host:9001/", "host", "9001", "host:9001"},
                        {"http://host:/x", "host", "80", "host:80"},
                        {"http://[::1]:9001", "::1", "9001", "[::1]:9001"},
                        {"http://[::1]", "::1", "80", "[::1]:80"},
                        {"http://me:pw@host:1?x", "host", "1", "host:1"},
                        {"http://:9001", "localhost", "9001", "localhost:9001"}};
    for (const auto& row : rows) {
        const auto endpoint = parse_endpoint(row.url);
        ASSERT_TRUE(endpoint) << row.url;
        EXPECT_EQ(endpoint->transport, Transport::Tcp) << row.url;
        EXPECT_EQ(endpoint->host, row.host) << row.url;
        EXPECT_EQ(endpoint->port, row.port) << row.url;
        EXPECT_EQ(endpoint->host_header(), row.header) << row.url;
    }
}

TEST(Endpoint, OtherSchemesAndBadPorts_AreRefused) {
    EXPECT_EQ(parse_endpoint("ftp://x").error().text, "Unknown protocol for serverurl ftp://x");
    for (const auto* url : {"http://x:port", "http://x:99999", "http://x:-1", "http://x:+1"})
        EXPECT_EQ(parse_endpoint(url).error().text,
                  fmt::format("invalid port in serverurl {}", url));
}

TEST(Endpoint, IsUrl_WantsASchemeAndSomethingBehindIt) {
    for (const auto* url : {"http://x", "unix:///x", "unix://x", "ftp:x", "a+b://c", "http://x?y"})
        EXPECT_TRUE(is_url(url)) << url;
    for (const auto* text : {"", "foo", ":x", "http:", "http://", "1http://x", "a b://x", "x:?y"})
        EXPECT_FALSE(is_url(text)) << text;
}

}  // namespace
}  // namespace svd::cli
