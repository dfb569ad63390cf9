#include "log/output_channel.h"

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "component/log/scratch.h"

namespace svd::log {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::EndsWith;
using testing::MatchesRegex;

// A syslog daemon's end of /dev/log.
class Receiver {
  public:
    explicit Receiver(const std::string& path) {
        fd_ = UniqueFd::adopt(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        ::unlink(path.c_str());
        bound_ = ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    [[nodiscard]] bool bound() const { return bound_; }
    std::vector<std::string> messages() {
        std::vector<std::string> all;
        std::string buffer(100000, '\0');
        for (ssize_t n = 0; (n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0)) >= 0;)
            all.push_back(buffer.substr(0, static_cast<std::size_t>(n)));
        return all;
    }

  private:
    UniqueFd fd_;
    bool bound_ = false;
};

struct Channels : testing::Test {
    Scratch scratch;
    std::string path = scratch / "app.log";
    std::vector<std::string> data, captured, debug;
    ChannelOptions options() {
        ChannelOptions o;
        o.process = "cat";
        o.file = std::make_shared<RotatingFile>(path, FileOptions{}, at(0));
        o.on_data = [this](std::string_view bytes) { data.emplace_back(bytes); };
        o.on_captured = [this](std::string_view bytes) { captured.emplace_back(bytes); };
        o.on_debug = [this](std::string_view bytes) { debug.emplace_back(bytes); };
        return o;
    }
};

TEST_F(Channels, PlainBytes_GoEverywhereAsTheyCome) {
    OutputChannel channel(options());
    channel.feed("one\ntw", now_at(0));
    channel.feed("o\n\x1b[1m\xff", now_at(0));
    EXPECT_EQ(read_file(path), "one\ntwo\n\x1b[1m\xff");
    EXPECT_THAT(data, ElementsAre("one\ntw", "o\n\x1b[1m\xff"));
    EXPECT_EQ(debug, data);
    EXPECT_EQ(channel.bytes_read(), 13U);
}

TEST_F(Channels, CapturedBytes_ReachTheHookOnly) {
    auto o = options();
    o.capture_maxbytes = 100;
    OutputChannel channel(std::move(o));
    channel.feed("a<!--XSUPERVISOR:BEG", now_at(0));
    EXPECT_EQ(read_file(path), "a");
    channel.feed("IN-->secret<!--XSUPERVISOR:END-->b", now_at(0));
    EXPECT_EQ(read_file(path), "ab");
    EXPECT_THAT(captured, ElementsAre("secret"));
    EXPECT_THAT(data, ElementsAre("a", "b"));
    EXPECT_THAT(debug, ElementsAre("a", "b"));
}

TEST_F(Channels, HeldBytes_AreWrittenAtTheEnd) {
    auto o = options();
    o.capture_maxbytes = 100;
    o.strip_ansi = true;
    OutputChannel channel(std::move(o));
    channel.feed("last words <!--XSUP", now_at(0));
    channel.finish(now_at(0));
    EXPECT_EQ(read_file(path), "last words <!--XSUP");
}

TEST_F(Channels, StripAnsi_CleansFileEventsDebugAndCapturedText) {
    auto o = options();
    o.capture_maxbytes = 100;
    o.strip_ansi = true;
    OutputChannel channel(std::move(o));
    channel.feed("\x1b[3", now_at(0));
    channel.feed("1mred\x1b[0m<!--XSUPERVISOR:BEGIN-->\x1b[1mx<!--XSUPERVISOR:END-->", now_at(0));
    EXPECT_EQ(read_file(path), "red");
    EXPECT_THAT(data, ElementsAre("red"));
    EXPECT_THAT(captured, ElementsAre("x"));
}

TEST_F(Channels, RandomChunks_GiveTheSameFileAndMessages) {
    const std::vector<std::string> pieces{"text\n",
                                          "<",
                                          "\x1b[1m",
                                          "\x1b]0;t\x07",
                                          "\xc3\xa4",
                                          "<!--XSUPERVISOR:BEGIN-->",
                                          "<!--XSUPERVISOR:END-->"};
    std::mt19937 random(4);
    for (int round = 0; round < 50; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) text += pieces[random() % pieces.size()];
        const auto run = [&](bool whole) {
            captured.clear();
            std::filesystem::remove(path);
            auto o = options();
            o.capture_maxbytes = 12;
            o.strip_ansi = true;
            OutputChannel channel(std::move(o));
            for (std::size_t i = 0; i < text.size();) {
                const std::size_t size = whole ? text.size() : 1 + random() % 9;
                channel.feed(std::string_view(text).substr(i, size), now_at(0));
                i += size;
            }
            channel.finish(now_at(0));
            return std::pair(read_file(path), captured);
        };
        ASSERT_EQ(run(true), run(false)) << text;
    }
}

TEST_F(Channels, WithoutFileOrHooks_BytesAreDiscarded) {
    OutputChannel channel(ChannelOptions{});
    channel.feed("text", now_at(0));
    channel.finish(now_at(0));
    EXPECT_TRUE(channel.clear(at(0)));
    EXPECT_TRUE(channel.reopen(at(0)));
    EXPECT_EQ(channel.bytes_read(), 4U);
}

TEST_F(Channels, Clear_EmptiesTheFileAlsoWithSyslog) {
    auto o = options();
    o.syslog = std::make_shared<SyslogSocket>("supervisord", scratch / "none");
    OutputChannel channel(std::move(o));
    channel.feed("text\n", now_at(0));
    EXPECT_TRUE(channel.clear(at(0)));
    EXPECT_EQ(read_file(path), "");
}

TEST_F(Channels, MoreFiles_GetTheSameAndAreClearedAndReopenedToo) {
    auto o = options();
    const std::string copy = scratch / "copy.log";
    o.more_files.push_back(std::make_shared<RotatingFile>(copy, FileOptions{}, at(0)));
    OutputChannel channel(std::move(o));
    channel.feed("one\n", now_at(0));
    EXPECT_EQ(read_file(path), "one\n");
    EXPECT_EQ(read_file(copy), "one\n");
    ASSERT_TRUE(channel.clear(at(1)).has_value());
    EXPECT_EQ(read_file(copy), "");
    ASSERT_EQ(std::rename(copy.c_str(), (scratch / "moved").c_str()), 0);
    ASSERT_TRUE(channel.reopen(at(2)).has_value());
    channel.feed("two\n", now_at(3));
    EXPECT_EQ(read_file(copy), "two\n");
    EXPECT_EQ(read_file(scratch / "moved"), "");
}

TEST_F(Channels, Syslog_GetsWholeLinesWithTheProcessName) {
    Receiver receiver(scratch / "log");
    ASSERT_TRUE(receiver.bound());
    auto o = options();
    o.syslog = std::make_shared<SyslogSocket>("supervisord", scratch / "log");
    OutputChannel channel(std::move(o));
    channel.feed("first\nsec", now_at(0));
    channel.feed("ond\n\nrest", now_at(0));
    auto got = receiver.messages();
    ASSERT_EQ(got.size(), 3U);
    EXPECT_THAT(got[0],
                MatchesRegex("<14>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]* supervisord: cat first"));
    EXPECT_THAT(got[1], EndsWith(": cat second"));
    EXPECT_THAT(got[2], EndsWith(": cat "));
    channel.finish(now_at(0));
    EXPECT_THAT(receiver.messages(), ElementsAre(EndsWith(": cat rest")));
}

TEST_F(Channels, Syslog_StderrHasItsOwnPriorityAndLongLinesAreCut) {
    Receiver receiver(scratch / "log");
    auto o = options();
    o.channel = Channel::Stderr;
    o.syslog = std::make_shared<SyslogSocket>("supervisord", scratch / "log");
    OutputChannel channel(std::move(o));
    channel.feed(std::string(OutputChannel::kMaxSyslogLine + 1, 'x') + "\n", now_at(0));
    const auto got = receiver.messages();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_TRUE(got[0].starts_with("<12>"));
    EXPECT_THAT(got[1], EndsWith("cat x"));
}

TEST_F(Channels, SyslogWithoutReceiver_DropsCountsAndComesBack) {
    Notices notices;
    SyslogSocket syslog("supervisord", scratch / "log");
    syslog.set_notice_handler(notices.handler());
    for (int i = 0; i < 5; ++i) syslog.send(6, "lost", now_at(0));
    EXPECT_EQ(syslog.dropped_messages(), 5U);
    EXPECT_EQ(notices.count(NoticeKind::Dropping), 1);
    {
        Receiver receiver(scratch / "log");
        syslog.send(6, "heard", now_at(2));
        EXPECT_EQ(receiver.messages().size(), 1U);
    }
    Receiver successor(scratch / "log");
    syslog.send(6, std::string("nul\0byte", 8), now_at(20));
    EXPECT_THAT(successor.messages(), ElementsAre(EndsWith(": nul byte")));
    EXPECT_EQ(notices.count(NoticeKind::Recovered), 1);
}

TEST_F(Channels, SyslogThatDoesNotRead_NeverBlocks) {
    Receiver receiver(scratch / "log");
    SyslogSocket syslog("supervisord", scratch / "log");
    for (int i = 0; i < 5000; ++i) syslog.send(6, "line", now_at(0));
    EXPECT_GT(syslog.dropped_messages(), 0U);
    EXPECT_EQ(receiver.messages().size() + syslog.dropped_messages(), 5000U);
}

}  // namespace
}  // namespace svd::log
