#include <gtest/gtest.h>

#include "linux/notify.h"

namespace svd::os {
namespace {

TEST(PrivateEnvironment, OnlyWhatIsBetweenDaemonAndManager_IsPrivate) {
    for (const std::string_view name : private_environment_names())
        EXPECT_TRUE(is_private_environment(std::string(name) + "=x"));
    EXPECT_TRUE(is_private_environment("NOTIFY_SOCKET"));
    EXPECT_FALSE(is_private_environment("NOTIFY_SOCKET_2=x"));
    EXPECT_FALSE(is_private_environment("PATH=NOTIFY_SOCKET"));
    EXPECT_FALSE(is_private_environment(""));
}

}  // namespace
}  // namespace svd::os
