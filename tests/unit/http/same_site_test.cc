#include "http/same_site.h"

#include <gtest/gtest.h>

namespace svd::http {
namespace {

struct Case {
    std::string_view what;
    wire::HeaderList headers;
    Sender sender;
};

TEST(SenderOf, Headers_TellScriptsOwnPagesAndTheRestApart) {
    const wire::HeaderField host{"Host", "box:9001"};
    const wire::HeaderField mozilla{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"};
    const wire::HeaderField language{"Accept-Language", "en"};
    const Case cases[] = {
        {"curl", {host, {"User-Agent", "curl/7.88.1"}}, Sender::Script},
        {"nothing at all", {}, Sender::Script},
        {"PowerShell, which says Mozilla", {host, mozilla}, Sender::Script},
        {"own page", {host, {"Sec-Fetch-Site", "same-origin"}}, Sender::OwnPage},
        {"typed, a bookmark, a mail", {host, {"Sec-Fetch-Site", "none"}}, Sender::Elsewhere},
        {"other site", {host, {"Sec-Fetch-Site", "cross-site"}}, Sender::Elsewhere},
        {"other port", {host, {"Sec-Fetch-Site", "same-site"}}, Sender::Elsewhere},
        {"unknown word", {host, {"Sec-Fetch-Site", "Same-Origin "}}, Sender::Elsewhere},
        {"site goes before origin",
         {host, {"Origin", "http://box:9001"}, {"Sec-Fetch-Site", "cross-site"}},
         Sender::Elsewhere},
        {"own origin", {host, {"Origin", "http://box:9001"}}, Sender::OwnPage},
        {"own origin in capitals", {host, {"Origin", "http://BOX:9001"}}, Sender::OwnPage},
        {"other origin", {host, {"Origin", "http://evil:9001"}}, Sender::Elsewhere},
        {"other port's origin", {host, {"Origin", "http://box:8080"}}, Sender::Elsewhere},
        {"origin that begins alike", {host, {"Origin", "http://box:9001.evil"}}, Sender::Elsewhere},
        {"no origin", {host, {"Origin", "null"}}, Sender::Elsewhere},
        {"empty origin", {host, {"Origin", ""}}, Sender::Elsewhere},
        {"origin without host", {{"Origin", "http://box:9001"}}, Sender::Elsewhere},
        {"origin with empty host", {{"Host", ""}, {"Origin", "http://"}}, Sender::Elsewhere},
        {"default port", {{"Host", "box"}, {"Origin", "http://box:80"}}, Sender::OwnPage},
        {"default port of tls", {{"Host", "box:443"}, {"Origin", "https://box"}}, Sender::OwnPage},
        {"port 80 is not tls's",
         {{"Host", "box:80"}, {"Origin", "https://box"}},
         Sender::Elsewhere},
        {"IPv6", {{"Host", "[::1]:9001"}, {"Origin", "http://[::1]:9001"}}, Sender::OwnPage},
        {"own referer", {host, {"Referer", "http://box:9001/index.html?x"}}, Sender::OwnPage},
        {"other referer", {host, {"Referer", "http://evil/box:9001"}}, Sender::Elsewhere},
        {"user part", {host, {"Referer", "http://box:9001@evil/"}}, Sender::Elsewhere},
        {"origin goes before referer",
         {host, {"Referer", "http://box:9001/"}, {"Origin", "http://evil"}},
         Sender::Elsewhere},
        {"browser that hides", {host, mozilla, language}, Sender::Elsewhere},
    };
    for (const auto& [what, headers, sender] : cases) {
        wire::HttpRequest request;
        request.headers = headers;
        EXPECT_EQ(sender_of(request), sender) << what;
    }
}

TEST(FormToken, OnlyItsOwnText_Matches) {
    const auto token = FormToken::create();
    ASSERT_TRUE(token);
    EXPECT_EQ(token->text().size(), 32U);
    EXPECT_TRUE(token->matches(token->text()));
    std::string other = token->text();
    other.back() = other.back() == '0' ? '1' : '0';
    EXPECT_FALSE(token->matches(other));
    EXPECT_FALSE(token->matches(token->text().substr(1)));
    EXPECT_FALSE(token->matches(""));
    EXPECT_NE(FormToken::create()->text(), token->text());
    EXPECT_FALSE(FormToken().matches(""));
}

}  // namespace
}  // namespace svd::http
