#include <gtest/gtest.h>

#include "config/load_sockets.h"
#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

std::vector<SocketConfig> sockets_of(const LoadResult& result) {
    return result.config->groups.at(0).processes.at(0)->sockets;
}

LoadResult load_socket(Fixture& fixture, const std::string& lines,
                       const std::string& program = "sockets=web\n") {
    return fixture.load_text("[supervisord]\n[socket:web]\n" + lines +
                             "[program:x]\ncommand=/bin/cat\n" + program);
}

TEST(SocketAddress, Forms_AreTold) {
    EXPECT_EQ(*parse_socket_address("/run/a"), (SocketAddress{"/run/a", "", 0}));
    EXPECT_EQ(*parse_socket_address("@a"), (SocketAddress{"@a", "", 0}));
    EXPECT_EQ(*parse_socket_address("80"), (SocketAddress{"", "", 80}));
    EXPECT_EQ(*parse_socket_address("*:80"), (SocketAddress{"", "", 80}));
    EXPECT_EQ(*parse_socket_address("LocalHost:80"), (SocketAddress{"", "localhost", 80}));
    EXPECT_EQ(*parse_socket_address("[::1]:80"), (SocketAddress{"", "::1", 80}));
    for (const std::string text : {"", "/", "@", "0", "a", "a:", "a:0", "a:70000", ":x"})
        EXPECT_FALSE(parse_socket_address(text)) << text;
    EXPECT_TRUE(parse_socket_address("/" + std::string(106, 'x')));
    EXPECT_FALSE(parse_socket_address("/" + std::string(107, 'x')));
}

TEST(Sockets, AllOptions_AreRead) {
    Fixture fixture;
    const auto result = load_socket(
        fixture,
        "listen=/tmp/%(ENV_FOO)s, @b, 80\ntype=datagram\nfd_name=http\nmode=0600\nbacklog=7\n"
        "reuse_port=true\nfree_bind=true\nkeep_alive=true\nno_delay=true\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    SocketConfig expected;
    expected.name = "web";
    expected.listen = {{"/tmp/foo", "", 0}, {"@b", "", 0}, {"", "", 80}};
    expected.type = SocketType::Datagram;
    expected.fd_name = "http";
    expected.mode = 0600;
    expected.backlog = 7;
    expected.reuse_port = expected.free_bind = expected.keep_alive = expected.no_delay = true;
    ASSERT_EQ(sockets_of(result).size(), 1U);
    EXPECT_EQ(sockets_of(result)[0], expected);
    EXPECT_EQ(descriptor_count(sockets_of(result)), 3);
}

TEST(Sockets, Unset_IsOrdinary) {
    Fixture fixture;
    const auto plain = load_socket(fixture, "listen=80\n");
    EXPECT_EQ(sockets_of(plain)[0].fd_name, "web");
    EXPECT_EQ(sockets_of(plain)[0].mode, 0666U);
    EXPECT_TRUE(sockets_of(fixture.load_program("")).empty());
}

TEST(Sockets, WhatCannotBe_IsRefused) {
    Fixture fixture;
    for (const std::string lines :
         {"", "listen=\n", "listen=nowhere\n", "listen=80\ntype=raw\n", "listen=80\nmode=1777\n",
          "listen=80\nmode=9\n", "listen=80\nbacklog=0\n", "listen=80\nfd_name=a:b\n",
          "listen=80\ntype=seqpacket\n", "listen=80\nowner=nosuch\n", "listen=80\nreuse_port=x\n"})
        EXPECT_NE(error_of(load_socket(fixture, lines)), "") << lines;
    for (const std::string program :
         {"sockets=wep\n", "sockets=web,web\n", "start_on_connect=true\n",
          "sockets=web\nready=fd:3\n", "sockets=web\nfdstore_max=2\nready=fd:5\n"})
        EXPECT_NE(error_of(load_socket(fixture, "listen=80\n", program)), "") << program;
    EXPECT_EQ(error_of(load_socket(fixture, "listen=80\n",
                                   "sockets=web\nfdstore_max=2\nready=fd:6\n"
                                   "start_on_connect=true\n")),
              "");
}

TEST(Sockets, UnknownName_SuggestsTheNearest) {
    Fixture fixture;
    const auto result = load_socket(fixture, "listen=80\n", "sockets=wep\n");
    EXPECT_EQ(result.problems.first_error()->hint, "did you mean web?");
}

TEST(Sockets, ChangedSocket_ChangesItsProgram) {
    Fixture fixture;
    const auto before = load_socket(fixture, "listen=80\n");
    const auto same = load_socket(fixture, "listen=80\n");
    const auto after = load_socket(fixture, "listen=81\n");
    EXPECT_EQ(before.config->groups, same.config->groups);
    EXPECT_NE(before.config->groups, after.config->groups);
}

}  // namespace
}  // namespace svd::config
