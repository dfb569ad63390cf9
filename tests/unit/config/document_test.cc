#include "config/document.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace svd::config {
namespace {

// A short section is looked through, a long one has an index: neither shows.
TEST(Section, AnyNumberOfOptions_AreFoundAndReplacedInPlace) {
    constexpr int kMany = 40;
    const auto name = [](int i) { return fmt::format("option{}", i); };
    Section section;
    for (int count = 1; count <= kMany; ++count) {
        section.set(Entry{.name = name(count), .value = "first", .source = nullptr});
        section.set(Entry{.name = name(1), .value = fmt::format("{}", count), .source = nullptr});
        ASSERT_EQ(section.entries().size(), static_cast<std::size_t>(count));
        for (int i = 1; i <= count; ++i) {
            const Entry* found = section.find(name(i));
            ASSERT_NE(found, nullptr) << name(i) << " of " << count;
            EXPECT_EQ(found, &section.entries()[static_cast<std::size_t>(i - 1)]);
        }
        EXPECT_EQ(section.find(name(1))->value, fmt::format("{}", count));
        EXPECT_EQ(section.find(name(count + 1)), nullptr);
    }
}

}  // namespace
}  // namespace svd::config
