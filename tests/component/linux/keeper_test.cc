#include "linux/keeper.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace svd::os {
namespace {

constexpr int kBound = 30'000;  // milliseconds; every wait ends by then

// A daemon that can be killed: it starts a keeper, says so, and waits.
class KeeperTest : public testing::Test {
  protected:
    KeeperTest() : address_(fmt::format("svd-keeper-test/{}/{}", ::getpid(), name())) {
        state_ = UniqueFd::adopt(::memfd_create("state", MFD_CLOEXEC));
        EXPECT_EQ(::write(state_.get(), "state", 5), 5);
    }
    ~KeeperTest() override {
        crash();
        if (auto estate = Estate::find(address_); estate && *estate)
            ignore((*estate)->settle(), "it ends by itself in a while");
    }
    static std::string name() {
        return testing::UnitTest::GetInstance()->current_test_info()->name();
    }

    void start(const std::function<void(Keeper&)>& work = {}) {
        Pipe ready = make_pipe().value();
        daemon_ = ::fork();
        ASSERT_GE(daemon_, 0);
        if (daemon_ == 0) {
            auto keeper = Keeper::start(address_, state_.get(), {});
            if (!keeper) ::_exit(1);
            if (work) work(**keeper);
            if (::write(ready.write.get(), "r", 1) != 1) ::_exit(2);
            for (;;) ::pause();
        }
        ready.write.reset();
        char byte = 0;
        ASSERT_EQ(::read(ready.read.get(), &byte, 1), 1) << "the daemon could not start";
    }
    void crash() {
        if (daemon_ <= 0) return;
        ::kill(daemon_, SIGKILL);
        ::waitpid(daemon_, nullptr, 0);
        daemon_ = -1;
    }
    static bool ends(int pipe) {
        pollfd watched{pipe, 0, 0};
        return ::poll(&watched, 1, kBound) == 1 && (watched.revents & POLLHUP) != 0;
    }

    std::string address_;
    UniqueFd state_;
    pid_t daemon_ = -1;
};

TEST_F(KeeperTest, Nobody_LeavesNothing) {
    EXPECT_FALSE(Estate::find(address_).value());
}

TEST_F(KeeperTest, LivingDaemon_LeavesNothing) {
    start();
    EXPECT_FALSE(Estate::find(address_).value());
}

TEST_F(KeeperTest, AfterACrash_WhatWasOpenedLaterIsThereToo_UnderItsNumber) {
    constexpr int kNumber = 200;
    start([](Keeper&) {
        Pipe pipe = make_pipe().value();
        if (::write(pipe.write.get(), "words", 5) != 5) ::_exit(3);
        if (::dup2(pipe.read.get(), kNumber) != kNumber) ::_exit(4);
    });
    crash();
    auto estate = Estate::find(address_).value();
    ASSERT_TRUE(estate);
    char text[8] = {};
    EXPECT_EQ(::pread(estate->state(), text, sizeof text, 0), 5);
    const int wanted[] = {kNumber, 999, -1, kNumber};
    const auto taken = estate->take(wanted).value();
    ASSERT_EQ(taken.size(), 4U);
    EXPECT_TRUE(taken[0]);
    EXPECT_FALSE(taken[1]);
    EXPECT_FALSE(taken[2]);
    EXPECT_TRUE(taken[3]);
    EXPECT_EQ(::read(taken[0].get(), text, sizeof text), 5);
    EXPECT_STREQ(text, "words");
    EXPECT_TRUE(estate->settle());
    EXPECT_FALSE(Estate::find(address_).value());
}

TEST_F(KeeperTest, SuccessorThatCrashesToo_FindsEverythingAgain) {
    start();
    crash();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Estate::find(address_).value());
}

TEST_F(KeeperTest, MoreThanOneMessageCarries_IsTaken) {
    constexpr int kMany = 700;
    Pipe pipe = make_pipe().value();
    const int end = pipe.write.get();
    start([end](Keeper&) {
        for (int i = 0; i < kMany; ++i)
            if (::fcntl(end, F_DUPFD_CLOEXEC, 100) < 0) ::_exit(3);
    });
    crash();
    auto estate = Estate::find(address_).value();
    ASSERT_TRUE(estate);
    std::vector<int> wanted;
    for (int i = 0; i < kMany; ++i) wanted.push_back(100 + i);
    const auto taken = estate->take(wanted).value();
    EXPECT_EQ(std::ranges::count_if(taken, [](const auto& fd) { return bool(fd); }), kMany);
}

TEST_F(KeeperTest, SettledEstate_IsHeldByNobody) {
    Pipe pipe = make_pipe().value();
    start();
    crash();
    pipe.write.reset();
    auto estate = Estate::find(address_).value();
    ASSERT_TRUE(estate);
    EXPECT_TRUE(estate->settle());
    EXPECT_TRUE(ends(pipe.read.get()));
}

TEST_F(KeeperTest, OrderlyEnd_LeavesNothing) {
    Pipe pipe = make_pipe().value();
    {
        const auto keeper = Keeper::start(address_, state_.get(), {}).value();
        EXPECT_GT(keeper->pid(), 0);
    }
    pipe.write.reset();
    EXPECT_TRUE(ends(pipe.read.get()));
    EXPECT_FALSE(Estate::find(address_).value());
}

TEST_F(KeeperTest, Connections_EndWithTheDaemon) {
    int ends_of_pair[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_of_pair), 0);
    const auto ours = UniqueFd::adopt(ends_of_pair[0]);
    auto theirs = UniqueFd::adopt(ends_of_pair[1]);
    start();
    theirs.reset();
    crash();
    pollfd watched{ours.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&watched, 1, kBound), 1);
    char byte = 0;
    EXPECT_EQ(::read(ours.get(), &byte, 1), 0);
}

// Also of a daemon that is killed as soon as it has a keeper.
TEST_F(KeeperTest, Doors_CloseWithTheDaemon) {
    const auto listening = [] {
        auto socket = UniqueFd::adopt(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::listen(socket.get(), 1), 0);
        return socket;
    };
    UniqueFd door = listening();
    UniqueFd other = listening();
    sockaddr_in doors_place{};
    sockaddr_in others_place{};
    socklen_t size = sizeof doors_place;
    ASSERT_EQ(::getsockname(door.get(), reinterpret_cast<sockaddr*>(&doors_place), &size), 0);
    ASSERT_EQ(::getsockname(other.get(), reinterpret_cast<sockaddr*>(&others_place), &size), 0);
    daemon_ = ::fork();
    ASSERT_GE(daemon_, 0);
    if (daemon_ == 0) {
        const std::array doors{door.get()};
        const auto keeper = Keeper::start(address_, state_.get(), doors);
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(daemon_, nullptr, 0);
    daemon_ = -1;
    door.reset();
    other.reset();
    // Who is greeted by the keeper finds it done.
    ASSERT_TRUE(Estate::find(address_).value());
    const auto answers = [](const sockaddr_in& place) {
        const auto socket = UniqueFd::adopt(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) ==
               0;
    };
    EXPECT_FALSE(answers(doors_place));
    EXPECT_TRUE(answers(others_place));
}

TEST_F(KeeperTest, TakenAddress_IsAnError) {
    start();
    const auto second = Keeper::start(address_, state_.get(), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, EADDRINUSE);
}

TEST_F(KeeperTest, Address_IsOfThePidFile) {
    EXPECT_EQ(keeper_address("/run/a.pid"), keeper_address("/run/a.pid"));
    EXPECT_NE(keeper_address("/run/a.pid"), keeper_address("/run/b.pid"));
    EXPECT_LE(keeper_address(std::string(5000, 'x')).size(), 100U);
}

}  // namespace
}  // namespace svd::os
