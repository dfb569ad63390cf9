#include "event/listener_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::event {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ListenerProtocol::Kind;
using Outcome = ListenerProtocol::Outcome;

ListenerProtocol busy() {
    ListenerProtocol protocol;
    EXPECT_EQ(protocol.feed("READY\n").size(), 1U);
    protocol.sent();
    return protocol;
}

// Feeds in pieces of `step` bytes.
std::vector<Outcome> feed_cut(ListenerProtocol& protocol, std::string_view text, std::size_t step) {
    std::vector<Outcome> all;
    for (std::size_t i = 0; i < text.size(); i += step)
        for (auto& outcome : protocol.feed(text.substr(i, step))) all.push_back(std::move(outcome));
    return all;
}

TEST(ListenerProtocol, Ready_CutAnywhere_IsUnderstood) {
    for (std::size_t step = 1; step <= 6; ++step) {
        ListenerProtocol protocol;
        EXPECT_THAT(feed_cut(protocol, "READY\n", step),
                    ElementsAre(Outcome{Kind::Ready, ListenerState::Acknowledged, {}}));
        EXPECT_EQ(protocol.state(), ListenerState::Ready);
    }
}

TEST(ListenerProtocol, FewerBytesThanReadyHas_Waits) {
    ListenerProtocol protocol;
    EXPECT_THAT(protocol.feed("HELLO"), IsEmpty());
    EXPECT_EQ(protocol.state(), ListenerState::Acknowledged);
}

TEST(ListenerProtocol, AnythingButReady_IsAViolationForEver) {
    ListenerProtocol protocol;
    EXPECT_THAT(protocol.feed("HELLO\n"),
                ElementsAre(Outcome{Kind::Violation, ListenerState::Acknowledged, {}}));
    EXPECT_THAT(protocol.feed("READY\n"), IsEmpty());
    EXPECT_EQ(protocol.state(), ListenerState::Unknown);
    protocol.reset();
    EXPECT_EQ(protocol.feed("READY\n").size(), 1U);
}

TEST(ListenerProtocol, OutputWhileReady_IsAViolation) {
    ListenerProtocol protocol;
    EXPECT_THAT(protocol.feed("READY\nx"),
                ElementsAre(Outcome{Kind::Ready, ListenerState::Acknowledged, {}},
                            Outcome{Kind::Violation, ListenerState::Ready, {}}));
}

TEST(ListenerProtocol, ResultAndReady_CutAnywhere_AreUnderstood) {
    constexpr std::string_view text = "RESULT 2\nOKREADY\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        auto protocol = busy();
        EXPECT_THAT(feed_cut(protocol, text, step),
                    ElementsAre(Outcome{Kind::Processed, ListenerState::Busy, {}},
                                Outcome{Kind::Ready, ListenerState::Acknowledged, {}}))
            << step;
    }
}

TEST(ListenerProtocol, EveryOtherResult_IsARejection) {
    for (const std::string_view text :
         {"RESULT 4\nFAIL", "RESULT 2\nok", "RESULT 3\nOKK", "RESULT 1\nO", "RESULT 6\nREADY\n"})
        for (std::size_t step = 1; step <= text.size(); ++step) {
            auto protocol = busy();
            EXPECT_THAT(feed_cut(protocol, text, step),
                        ElementsAre(Outcome{Kind::Rejected, ListenerState::Busy, {}}))
                << text;
            EXPECT_EQ(protocol.state(), ListenerState::Acknowledged);
        }
}

TEST(ListenerProtocol, EmptyResult_IsCompleteWithItsLine) {
    auto protocol = busy();
    EXPECT_THAT(protocol.feed("RESULT 0\n"),
                ElementsAre(Outcome{Kind::Rejected, ListenerState::Busy, {}}));
}

TEST(ListenerProtocol, LengthsThatPythonReads_AreRead) {
    for (const std::string_view text : {"RESULT  2 \nOK", "RESULT +2\nOK", "RESULT 0_2\nOK"}) {
        auto protocol = busy();
        EXPECT_THAT(protocol.feed(text),
                    ElementsAre(Outcome{Kind::Processed, ListenerState::Busy, {}}))
            << text;
    }
}

TEST(ListenerProtocol, BadResultLine_IsAViolationThatShowsIt) {
    for (const std::string_view line :
         {"RESULT xyz", "RESULT -2", "RESULT", "RESULX 2", "", "RESULT 99999999999999999999"})
        for (std::size_t step = 1; step <= line.size() + 1; ++step) {
            auto protocol = busy();
            EXPECT_THAT(
                feed_cut(protocol, std::string(line) + "\nREADY\n", step),
                ElementsAre(Outcome{Kind::Violation, ListenerState::Busy, std::string(line)}));
        }
}

TEST(ListenerProtocol, BadResultLineThatIsNotUtf8_IsShownAsBytes) {
    auto protocol = busy();
    EXPECT_THAT(protocol.feed("\xff\n"), ElementsAre(Outcome{Kind::Violation, ListenerState::Busy,
                                                             "Undecodable: b'\\xff'"}));
}

TEST(ListenerProtocol, LineWithoutEnd_IsAViolationAtTheLimit) {
    const std::string longest(ListenerProtocol::kMaxResultLine, 'x');
    auto protocol = busy();
    EXPECT_THAT(protocol.feed(longest), IsEmpty());
    EXPECT_THAT(protocol.feed("y"),
                ElementsAre(Outcome{Kind::Violation, ListenerState::Busy, longest}));
}

TEST(ListenerProtocol, HugeResult_IsReadOverWithoutKeepingIt) {
    auto protocol = busy();
    EXPECT_THAT(protocol.feed("RESULT 1000000\n"), IsEmpty());
    const std::string thousand(1000, 'x');
    for (int i = 0; i < 999; ++i) EXPECT_THAT(protocol.feed(thousand), IsEmpty());
    EXPECT_THAT(protocol.feed(thousand),
                ElementsAre(Outcome{Kind::Rejected, ListenerState::Busy, {}}));
}

TEST(ListenerProtocol, SentOutsideReady_DoesNothing) {
    ListenerProtocol protocol;
    protocol.sent();
    EXPECT_EQ(protocol.state(), ListenerState::Acknowledged);
}

// As an upgrade does it, at any byte.
TEST(ListenerProtocol, SavedAndRestoredAnywhere_GoesOn) {
    const std::string text = "RESULT 4\nFAILREADY\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        auto first = busy();
        auto all = first.feed(std::string_view(text).substr(0, cut));
        ListenerProtocol second;
        second.restore(first.save());
        for (auto& outcome : second.feed(std::string_view(text).substr(cut)))
            all.push_back(std::move(outcome));
        EXPECT_THAT(all, ElementsAre(Outcome{Kind::Rejected, ListenerState::Busy, {}},
                                     Outcome{Kind::Ready, ListenerState::Acknowledged, {}}))
            << cut;
    }
}

}  // namespace
}  // namespace svd::event
