#include "wire/base64.h"

#include <gtest/gtest.h>

namespace svd::wire {
namespace {

TEST(Base64, KnownPairs_GoBothWays) {
    const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {std::string("\0\xff\xfe", 3), "AP/+"},
                                                        {"me:se:cret", "bWU6c2U6Y3JldA=="}};
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(base64_encode(bytes), text);
        EXPECT_EQ(base64_decode(text), bytes);
    }
}

TEST(Base64, BlanksAndLineBreaks_AreSkipped) {
    EXPECT_EQ(base64_decode(" Zm\r\n9v\t"), "foo");
}

TEST(Base64, IllFormedText_GivesNothing) {
    for (const auto* text : {"Z", "Zg", "Zg=", "Zm9v=", "Zm8=x", "Zm-v", "====", "Zg=a"})
        EXPECT_EQ(base64_decode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace svd::wire
