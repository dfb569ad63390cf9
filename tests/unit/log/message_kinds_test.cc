#include "log/message_kinds.h"

#include <set>

#include <gtest/gtest.h>

namespace svd::log {
namespace {

TEST(MessageKinds, IdsAreDistinctAnd128Bits) {
    std::set<std::string_view> ids;
    for (const auto& kind : message_kinds()) {
        EXPECT_EQ(kind.message_id.size(), 32U) << kind.begin;
        EXPECT_EQ(kind.message_id.find_first_not_of("0123456789abcdef"), std::string_view::npos);
        EXPECT_TRUE(ids.insert(kind.message_id).second) << kind.begin;
    }
}

TEST(MessageKinds, LineIsKnownByItsBeginning) {
    EXPECT_EQ(message_id_of("spawned: 'a' with pid 1"), message_kinds().front().message_id);
    EXPECT_EQ(message_id_of("something spawned: "), "");
    EXPECT_EQ(message_id_of(""), "");
}

}  // namespace
}  // namespace svd::log
