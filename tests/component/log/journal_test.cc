// JournalSocket in front of a journald that this test plays.
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "component/log/scratch.h"
#include "log/journal_socket.h"

namespace svd::log {
namespace {

using namespace test;
using ::testing::ElementsAre;

struct Journal : testing::Test {
    Journal() { open(); }

    void open() {
        ::unlink(path.c_str());
        socket = UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
        ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    }

    void say(const std::string& text, int seconds = 0) {
        const JournalField fields[] = {{"MESSAGE", text}};
        sink.send(fields, now(seconds));
    }

    static Now now(int seconds) { return {at(seconds), WallTime{}}; }

    // Everything that has arrived; the content of an entry that came as a file.
    std::vector<std::string> received() {
        std::vector<std::string> all;
        std::string buffer(1024UL * 1024, '\0');
        for (;;) {
            union {
                cmsghdr head;
                char space[CMSG_SPACE(sizeof(int))];
            } control{};
            iovec part{buffer.data(), buffer.size()};
            msghdr message{};
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = &control;
            message.msg_controllen = sizeof control.space;
            const ssize_t n = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
            if (n < 0) return all;
            if (message.msg_controllen == 0) {
                all.emplace_back(buffer.data(), static_cast<std::size_t>(n));
                continue;
            }
            int number = -1;
            std::memcpy(&number, CMSG_DATA(&control.head), sizeof number);
            const auto file = UniqueFd::adopt(number);
            struct stat size{};
            ::fstat(file.get(), &size);
            std::string content(static_cast<std::size_t>(size.st_size), '\0');
            EXPECT_EQ(::pread(file.get(), content.data(), content.size(), 0), size.st_size);
            EXPECT_LT(::pwrite(file.get(), "x", 1, 0), 0) << "it is not sealed";
            all.push_back(std::move(content));
        }
    }

    Scratch scratch;
    std::string path = scratch / "journal";
    UniqueFd socket;
    JournalSocket sink{path};
    Notices notices;
};

TEST_F(Journal, Entry_HasItsFieldsInOrder) {
    const JournalField fields[] = {{"MESSAGE", "hello"}, {"PRIORITY", "6"}};
    sink.send(fields, now(0));
    EXPECT_THAT(received(), ElementsAre("MESSAGE=hello\nPRIORITY=6\n"));
}

TEST_F(Journal, ValueWithLineFeeds_ComesWithItsLength) {
    const JournalField fields[] = {{"MESSAGE", "a\nb"}, {"EMPTY", ""}};
    sink.send(fields, now(0));
    using namespace std::string_literals;
    EXPECT_THAT(received(), ElementsAre("MESSAGE\n\3\0\0\0\0\0\0\0a\nb\nEMPTY=\n"s));
}

TEST_F(Journal, EntryThatFitsNoMessage_ComesWhole) {
    const std::string text(20UL * 1024 * 1024, 'x');
    say(text);
    const auto all = received();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0], "MESSAGE=" + text + "\n");
}

TEST_F(Journal, Burst_WaitsInOrderAndNothingIsLost) {
    int told = 0;
    sink.on_waiting([&] { ++told; });
    constexpr int kEntries = 5000;
    for (int i = 0; i < kEntries; ++i) say(std::to_string(i));
    EXPECT_EQ(told, 1);
    std::vector<std::string> all;
    for (bool done = false; !done;) {
        done = sink.flush(now(1));
        for (auto& entry : received()) all.push_back(std::move(entry));
    }
    ASSERT_EQ(all.size(), static_cast<std::size_t>(kEntries));
    for (int i = 0; i < kEntries; ++i)
        ASSERT_EQ(all[static_cast<std::size_t>(i)], "MESSAGE=" + std::to_string(i) + "\n");
    EXPECT_EQ(sink.dropped_entries(), 0U);
}

TEST_F(Journal, Congested_WhenMuchWaitsAndNoLongerAfterwards) {
    const std::string text(1024, 'x');
    while (sink.flush(now(0))) say(text);
    EXPECT_FALSE(sink.is_congested());
    for (int i = 0; i < 512; ++i) say(text);
    EXPECT_TRUE(sink.is_congested());
    while (!sink.flush(now(0))) static_cast<void>(received());
    EXPECT_FALSE(sink.is_congested());
}

TEST_F(Journal, OneThatTakesNothing_IsGivenUpAndUsedAgainLater) {
    sink.set_notice_handler(notices.handler());
    int sent = 0;
    while (sink.flush(now(0))) {
        say("x");
        ++sent;
    }
    EXPECT_FALSE(sink.flush(now(9)));
    EXPECT_TRUE(notices.all.empty());
    EXPECT_TRUE(sink.flush(now(11)));
    ASSERT_EQ(notices.all.size(), 1U);
    EXPECT_THAT(notices.all[0].text, testing::HasSubstr("it takes nothing any more"));
    EXPECT_EQ(sink.dropped_entries(), 1U);
    say("lost", 12);
    EXPECT_TRUE(sink.flush(now(12)));  // nothing waits for it
    EXPECT_EQ(sink.dropped_entries(), 2U);
    EXPECT_EQ(received().size(), static_cast<std::size_t>(sent - 1));
    say("again", 30);
    EXPECT_THAT(received(), ElementsAre("MESSAGE=again\n"));
    ASSERT_EQ(notices.all.size(), 2U);
    EXPECT_EQ(notices.all[1].kind, NoticeKind::Recovered);
}

TEST_F(Journal, OneThatIsGone_IsSaidOnceAndItsSuccessorIsFound) {
    sink.set_notice_handler(notices.handler());
    say("a");
    socket.reset();
    for (int i = 0; i < 5; ++i) say("lost", 1);
    EXPECT_EQ(notices.all.size(), 1U);
    open();
    say("b", 20);
    EXPECT_THAT(received(), ElementsAre("MESSAGE=b\n"));
    EXPECT_EQ(sink.dropped_entries(), 5U);
}

TEST(JournalStream, DescriptorIsKnownByDeviceAndInode) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    struct stat there{};
    ASSERT_EQ(::fstat(pipe->write.get(), &there), 0);
    ::unsetenv("JOURNAL_STREAM");
    EXPECT_FALSE(leads_to_journal(pipe->write.get()));
    ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", there.st_dev, there.st_ino).c_str(), 1);
    EXPECT_TRUE(leads_to_journal(pipe->write.get()));
    EXPECT_FALSE(leads_to_journal(STDIN_FILENO));
    ::unsetenv("JOURNAL_STREAM");
}

}  // namespace
}  // namespace svd::log
