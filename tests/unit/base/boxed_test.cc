#include "base/boxed.h"

#include <string>
#include <vector>

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

TEST(Shared, EqualValues_AreOneCopy) {
    const Shared<std::string> a(std::string("a"));
    Shared<std::string> b = std::string("b");
    EXPECT_FALSE(a == b);
    EXPECT_EQ(a, std::string("a"));
    b = std::string("a");
    EXPECT_EQ(&*a, &*b);
    EXPECT_EQ(a, b);
    EXPECT_TRUE(Shared<std::string>(std::string())->empty());
    EXPECT_EQ(Shared<std::string>(), Shared<std::string>(std::string()));
}

TEST(Shared, EditedOne_IsItsOwn) {
    Shared<std::string> a = std::string("same");
    const Shared<std::string> b = a;
    a.edit() += "!";
    EXPECT_EQ(*a, "same!");
    EXPECT_EQ(*b, "same");
    const Shared<std::string> c = std::string("same");
    EXPECT_EQ(&*b, &*c);
    a = std::string("same");
    EXPECT_EQ(a, b);
}

TEST(Shared, ManyDifferentOnes_KeepTheirValues) {
    std::vector<Shared<int>> values;
    for (int i = 0; i < 50; ++i) values.emplace_back(i % 10);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(*values[static_cast<std::size_t>(i)], i % 10);
}

}  // namespace
}  // namespace svd
