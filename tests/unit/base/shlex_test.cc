#include "base/shlex.h"

#include <gtest/gtest.h>

namespace svd {
namespace {

using Words = std::vector<std::string>;

TEST(ShlexSplit, Words_AreThoseOfPythonsShlex) {
    const std::pair<const char*, Words> rows[] = {
        {"", {}},
        {"  ", {}},
        {"a b\tc\nd", {"a", "b", "c", "d"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b c'd", {"ab cd"}},
        {"''", {""}},
        {"a \"\" b", {"a", "", "b"}},
        {"a\\ b", {"a b"}},
        {"'a\\b'", {"a\\b"}},
        {"\"a\\b\\\"c\\\\d\"", {"a\\b\"c\\d"}},
        {"a#b #c", {"a#b", "#c"}},
        {"a;b|c>d", {"a;b|c>d"}},
        {"\\\na", {"\na"}},
        {"\xC3\xA9 \xE6\x97\xA5", {"\xC3\xA9", "\xE6\x97\xA5"}},
        {"a\fb", {"a\fb"}},
    };
    for (const auto& [text, words] : rows) {
        const auto split = shlex_split(text);
        ASSERT_TRUE(split.has_value()) << text;
        EXPECT_EQ(*split, words) << text;
    }
}

TEST(ShlexSplit, OpenQuoteOrEscape_IsPythonsError) {
    for (const char* text : {"'a", "\"a", "a \"b", "'"})
        EXPECT_EQ(shlex_split(text).error().text, "No closing quotation") << text;
    for (const char* text : {"a\\", "\"a\\"})
        EXPECT_EQ(shlex_split(text).error().text, "No escaped character") << text;
}

TEST(ShlexTokens, OtherCharacters_AreTokensOfTheirOwn) {
    const ShlexRules rules{.blanks_only = false, .comments = true, .more_word_characters = "/."};
    EXPECT_EQ(*shlex_tokens("A=/a.b,\xC3\xA9\xC3\x97 \xE6\x97\xA5x#y\nz", rules),
              (Words{"A", "=", "/a.b", ",", "\xC3\xA9", "\xC3\x97", "\xE6\x97\xA5", "x", "z"}));
}

}  // namespace
}  // namespace svd
