#include "base/boxed.h"

#include <string>

#include <gtest/gtest.h>

namespace svd {
namespace {

TEST(Boxed, IsEmptyUntilItIsGivenAValue) {
    Boxed<std::string> box;
    EXPECT_FALSE(box);
    box = "a";
    ASSERT_TRUE(box.has_value());
    EXPECT_EQ(*box, "a");
    box = std::nullopt;
    EXPECT_FALSE(box);
}

TEST(Boxed, TakesAnOptional) {
    EXPECT_FALSE(Boxed<std::string>(std::optional<std::string>()));
    EXPECT_EQ(*Boxed<std::string>(std::optional<std::string>("a")), "a");
}

TEST(Boxed, CopiesItsValue) {
    Boxed<std::string> box(std::string("a"));
    Boxed<std::string> copy = box;
    EXPECT_EQ(copy, box);
    copy->append("b");
    EXPECT_EQ(*box, "a");
    EXPECT_FALSE(copy == box);
    box = copy;
    EXPECT_EQ(box, "ab");
}

TEST(Boxed, AnEmptyOneIsNotEqualToAnEmptyValue) {
    EXPECT_EQ(Boxed<std::string>(), Boxed<std::string>(std::nullopt));
    EXPECT_FALSE(Boxed<std::string>() == Boxed<std::string>(std::string()));
}

TEST(Rare, IsThePlainValueUntilItIsEdited) {
    Rare<std::string> rare;
    EXPECT_TRUE(rare->empty());
    rare.edit() = "a";
    EXPECT_EQ(rare, std::string("a"));
    rare = std::string();
    EXPECT_EQ(rare, Rare<std::string>());
}

}  // namespace
}  // namespace svd
