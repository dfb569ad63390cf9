#include "dbus/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::dbus {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(BusAddress, PathsOfUnixSockets_AreFound_AndTheRestIsElsewhere) {
    const auto address =
        read_bus_address("unix:guid=1,path=/run/a%20b;unix:abstract=/x;;tcp:port=1");
    EXPECT_THAT(address.paths, ElementsAre("/run/a b"));
    EXPECT_TRUE(address.elsewhere);
    EXPECT_FALSE(read_bus_address("unix:path=/a;unix:path=/b").elsewhere);
}

TEST(BusAddress, MalformedOnes_AreElsewhere) {
    for (const char* text : {"unix:path=/a%2", "unix:path=/a%zz", "unix:path=/a%00", "unix:path=a",
                             "unix:", "nonsense", "unix:paths=/a"}) {
        EXPECT_THAT(read_bus_address(text).paths, IsEmpty()) << text;
        EXPECT_TRUE(read_bus_address(text).elsewhere) << text;
    }
}

TEST(BusAddress, TheSystemsBus_IsWhereTheVariableSays_OrAtItsUsualPlace) {
    EXPECT_THAT(system_bus_address({}).paths, ElementsAre("/run/dbus/system_bus_socket"));
    EXPECT_THAT(system_bus_address({"unix:path=/s", "", ""}).paths, ElementsAre("/s"));
}

TEST(BusAddress, TheUsersBus_IsUnknownWithoutVariables) {
    EXPECT_EQ(user_bus_address({}), std::nullopt);
    EXPECT_EQ(user_bus_address({"", "", "relative"}), std::nullopt);
    EXPECT_THAT(user_bus_address({"", "", "/run/user/1"})->paths, ElementsAre("/run/user/1/bus"));
    EXPECT_THAT(user_bus_address({"", "unix:path=/u", "/run/user/1"})->paths, ElementsAre("/u"));
}

}  // namespace svd::dbus
