#include "wire/http_message.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace svd::wire {
namespace {

TEST(ErrorPage, Sizes_AreSupervisors) {
    const std::pair<int, std::size_t> sizes[] = {{301, 142}, {400, 136}, {401, 137},
                                                 {404, 134}, {411, 140}, {500, 146}};
    for (const auto& [status, size] : sizes) {
        EXPECT_EQ(error_page(status).size(), size) << status;
    }
}

TEST(ErrorPage, Lines_EndInCrlf) {
    EXPECT_EQ(error_page(404),
              "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n"
              "<h1>Error response</h1>\r\n<p>Error code 404.\r\n<p>Message: Not Found.\r\n"
              "</body>\r\n");
}

TEST(HttpDate, Format_IsImfFixdate) {
    using namespace std::chrono;
    const WallTime time = sys_days(2026y / November / 21) + 22h + 40min + 7s + 999ms;
    EXPECT_EQ(http_date(time), "Sat, 21 Nov 2026 22:40:07 GMT");
    EXPECT_EQ(http_date(WallTime{}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(PercentDecode, Escapes_AreDecodedAndTheRestStays) {
    EXPECT_EQ(percent_decode("a%20b%2fc%2F"), "a b/c/");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
    EXPECT_EQ(percent_decode("%41%"), "A%");
}

struct TargetCase {
    std::string_view target, path, query;
};

TEST(SplitTarget, Forms_AreUnderstood) {
    const TargetCase cases[] = {
        {"/", "/", ""},
        {"/a%20b?c=d%20e", "/a b", "c=d%20e"},
        {"http://host:9001/RPC2?x", "/RPC2", "x"},
        {"http://host", "/", ""},
        {"http://host?x", "", "x"},
        {"*", "*", ""},
        {"/a#b?c", "/a", ""},
        {"/x?u=http://y/", "/x", "u=http://y/"},
        {"", "", ""},
    };
    for (const auto& [target, path, query] : cases) {
        std::string got_path;
        std::string got_query;
        split_target(target, got_path, got_query);
        EXPECT_EQ(got_path, path) << target;
        EXPECT_EQ(got_query, query) << target;
    }
}

TEST(HeaderList, Tokens_AreFoundInListsInAnyCase) {
    const HeaderList headers{{"Connection", "a, Upgrade ,b"}, {"CONNECTION", "close"}};
    EXPECT_TRUE(headers.has_token("connection", "upgrade"));
    EXPECT_TRUE(headers.has_token("connection", "Close"));
    EXPECT_FALSE(headers.has_token("connection", "clos"));
    EXPECT_EQ(headers.find("host"), nullptr);
}

TEST(SerializeRequest, Post_AlwaysHasALength) {
    EXPECT_EQ(serialize_request("POST", "/RPC2", {{"Host", "x"}}, ""),
              "POST /RPC2 HTTP/1.1\r\nContent-Length: 0\r\nHost: x\r\n\r\n");
    EXPECT_EQ(serialize_request("GET", "/", {}, ""), "GET / HTTP/1.1\r\n\r\n");
}

}  // namespace
}  // namespace svd::wire
