#include "http/form.h"

#include <gtest/gtest.h>

#include "http/html.h"

namespace svd::http {
namespace {

std::optional<std::string> field(std::string query, std::string body, std::string_view name) {
    wire::HttpRequest request;
    request.query = std::move(query);
    request.body = std::move(body);
    return form_field(request, name);
}

TEST(FormField, BodyOverridesQuery) {
    EXPECT_EQ(field("action=stop&x=1", "action=start", "action"), "start");
    EXPECT_EQ(field("action=stop&x=1", "action=start", "x"), "1");
    EXPECT_EQ(field("action=stop", "", "processname"), std::nullopt);
}

TEST(FormField, Repeated_TakesTheQuerysFirstAndTheBodysLast) {
    EXPECT_EQ(field("a=1&a=2", "", "a"), "1");
    EXPECT_EQ(field("", "a=1&a=2", "a"), "2");
}

TEST(FormField, EmptyValues_CountAsNone) {
    EXPECT_EQ(field("a=&b&=c", "", "a"), std::nullopt);
    EXPECT_EQ(field("a=&b&=c", "", "b"), std::nullopt);
    EXPECT_EQ(field("a=1", "a=", "a"), "1");
    EXPECT_EQ(field("&&&", "&", "a"), std::nullopt);
}

TEST(FormField, NamesAndValues_AreDecoded) {
    EXPECT_EQ(field("process%6eame=web%3Aa+b%26c%3Dd", "", "processname"), "web:a b&c=d");
    EXPECT_EQ(field("a=1%2", "", "a"), "1%2");
    EXPECT_EQ(field("a=b=c", "", "a"), "b=c");
}

TEST(Escaped, EveryCharacterOfMarkup_IsAnEntity) {
    EXPECT_EQ(fmt::format("{}", Escaped{"<a href=\"x\" b='y'>&amp;"}),
              "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
    EXPECT_EQ(fmt::format("{}", Escaped{"na\xc3\xafve"}), "na\xc3\xafve");
    EXPECT_EQ(fmt::format("{}", Escaped{std::string_view("a\0b", 3)}), std::string("a\0b", 3));
}

TEST(Quoted, OnlyWhatAUrlTakes_Stays) {
    EXPECT_EQ(fmt::format("{}", Quoted{"Az09_.-~/"}), "Az09_.-~/");
    EXPECT_EQ(fmt::format("{}", Quoted{"web:a b\"<\xc3"}), "web%3Aa%20b%22%3C%C3");
    EXPECT_EQ(wire::percent_decode(quoted("?&=#%+\n")), "?&=#%+\n");
}

}  // namespace
}  // namespace svd::http
