#include "linux/loop.h"

#include <stdexcept>

#include <sys/epoll.h>

#include "support.h"

namespace svd::os::test {
namespace {

using std::chrono::milliseconds;

struct Readable {
    Pipe pipe = make_pipe().value();
    Readable() { EXPECT_EQ(write(pipe.write.get(), "x", 1), 1); }
    [[nodiscard]] int fd() const { return pipe.read.get(); }
};

TEST(Loop, ReadySources_RunInTheOrderOfTheirPriority) {
    Loop loop = Loop::create().value();
    const Readable a, b, c;
    std::string order;
    Watch control, exit, output;
    const auto watch = [&](Watch& into, const Readable& from, Priority priority, char letter) {
        into = Watch::add(loop, from.fd(), EPOLLIN, priority, [&, letter](std::uint32_t) {
                   order += letter;
                   into.reset();
               }).value();
    };
    watch(control, a, Priority::Control, 'm');
    watch(exit, b, Priority::ChildExit, 'm');
    watch(output, c, Priority::Output, 'o');
    Defer idle = Defer::create(loop, [&] {
                     order += 'i';
                     return false;
                 }).value();
    idle.enable();
    Timer timer = Timer::create(loop, [&] { order += 'm'; }).value();
    timer.set(Loop::now().mono - milliseconds(1));
    ASSERT_TRUE(loop_until(loop, [&] { return order.size() == 5; }));
    EXPECT_EQ(order, "ommmi");
}

// As programs do that die at every start: each death makes the source of the next.
TEST(Loop, DeathsWithoutEnd_LeaveTurnsToSignalsAndClients) {
    Loop loop = Loop::create().value();
    const Readable pidfd, client;
    int deaths = 0, served = 0, signals = 0;
    std::function<void()> die;
    Watch deaths_watch;
    std::vector<Watch> ended;
    die = [&] {
        ++deaths;
        ended.push_back(std::move(deaths_watch));
        ended.back().pause();
        deaths_watch =
            Watch::add(loop, pidfd.fd(), EPOLLIN, Priority::ChildExit, [&](std::uint32_t) {
                die();
            }).value();
    };
    die();
    const Watch control =
        Watch::add(loop, client.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
            ++served;
        }).value();
    const SignalWatch signal =
        SignalWatch::add(loop, SIGUSR1, [&](const auto&) { ++signals; }).value();
    kill(getpid(), SIGUSR1);
    constexpr int kTurns = 200;
    for (int i = 0; i < kTurns && (served == 0 || signals == 0); ++i)
        ASSERT_TRUE(loop.turn(std::chrono::seconds(1)).has_value());
    EXPECT_GT(deaths, 1);
    EXPECT_GT(served, 0);
    EXPECT_GT(signals, 0);
}

TEST(Loop, SourceThatNeverRests_LeavesTurnsToAllOthers) {
    Loop loop = Loop::create().value();
    const Readable noisy, client;
    int noise = 0, served = 0, slices = 0;
    const Watch output =
        Watch::add(loop, noisy.fd(), EPOLLIN, Priority::Output, [&](std::uint32_t) {
            ++noise;
        }).value();
    const Watch control =
        Watch::add(loop, client.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
            ++served;
        }).value();
    Defer idle = Defer::create(loop, [&] {
                     ++slices;
                     return true;
                 }).value();
    idle.enable();
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(loop.turn(Duration{}).value());
    EXPECT_GT(noise, 200);
    EXPECT_GT(served, 200);
    EXPECT_GT(slices, 200);
}

TEST(Loop, Answers_NeverStepBehindOthers) {
    Loop loop = Loop::create().value();
    const Readable listener, client;
    int answers = 0, served = 0;
    const Watch answer =
        Watch::add(loop, listener.fd(), EPOLLIN, Priority::Answer, [&](std::uint32_t) {
            ++answers;
        }).value();
    const Watch control =
        Watch::add(loop, client.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
            ++served;
        }).value();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(loop.turn(Duration{}).value());
    EXPECT_EQ(answers, 100);
    EXPECT_EQ(served, 0);
}

TEST(Loop, BusySourceThatPaused_IsFirstAgainAfterwards) {
    Loop loop = Loop::create().value();
    const Readable out, client;
    std::string order;
    Watch output = Watch::add(loop, out.fd(), EPOLLIN, Priority::Output, [&](std::uint32_t) {
                       order += 'o';
                   }).value();
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(loop.turn(Duration{}).value());
    output.pause();
    ASSERT_FALSE(loop.turn(Duration{}).value());
    order.clear();
    const Watch control =
        Watch::add(loop, client.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
            order += 'c';
        }).value();
    output.resume();
    ASSERT_TRUE(loop.turn(Duration{}).value());
    EXPECT_EQ(order, "o");
}

TEST(Loop, Callback_MayDestroyItsOwnHandle) {
    Loop loop = Loop::create().value();
    const Readable a;
    int calls = 0;
    auto watch = std::make_unique<Watch>();
    const std::string captured(100, 'x');  // on the heap, and used after the destruction
    *watch = Watch::add(loop, a.fd(), EPOLLIN, Priority::Control,
                        [&calls, &watch, captured](std::uint32_t) {
                            watch.reset();
                            calls += static_cast<int>(captured.size());
                        })
                 .value();
    auto timer = std::make_unique<Timer>();
    *timer = Timer::create(loop, [&] {
                 timer.reset();
                 ++calls;
             }).value();
    timer->set(Loop::now().mono);
    auto defer = std::make_unique<Defer>();
    *defer = Defer::create(loop, [&] {
                 defer.reset();
                 ++calls;
                 return true;
             }).value();
    defer->enable();
    ASSERT_TRUE(loop_until(loop, [&] { return calls == 102; }));
    EXPECT_FALSE(loop.turn(Duration{}).value());
}

TEST(Loop, Callback_MayDestroyOthersThatAreReady) {
    Loop loop = Loop::create().value();
    std::vector<Readable> sources(20);
    std::vector<Watch> watches(20);
    int calls = 0;
    for (std::size_t i = 0; i < sources.size(); ++i)
        watches[i] =
            Watch::add(loop, sources[i].fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
                ++calls;
                watches.clear();
                sources.clear();
            }).value();
    ASSERT_TRUE(loop_until(loop, [&] { return calls > 0; }));
    EXPECT_FALSE(loop.turn(Duration{}).value());
    EXPECT_EQ(calls, 1);
}

TEST(Loop, SteppedBackSource_MayBeDestroyedByAnother) {
    Loop loop = Loop::create().value();
    const Readable noisy, client;
    int noise = 0;
    Watch output = Watch::add(loop, noisy.fd(), EPOLLIN, Priority::Output, [&](std::uint32_t) {
                       ++noise;
                   }).value();
    Watch control = Watch::add(loop, client.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t) {
                        output.reset();
                    }).value();
    ASSERT_TRUE(loop_until(loop, [&] { return !output; }));
    control.reset();
    EXPECT_FALSE(loop.turn(Duration{}).value());
    EXPECT_LT(noise, 10);
}

TEST(Loop, ThrowingCallback_IsReportedAndTheLoopGoesOn) {
    Loop loop = Loop::create().value();
    std::string told;
    loop.on_exception([&](std::string_view what) { told = what; });
    bool went_on = false;
    Defer thrower = Defer::create(
                        loop, []() -> bool { throw std::runtime_error("boom"); }, Priority::Control)
                        .value();
    Defer later = Defer::create(loop, [&] {
                      went_on = true;
                      return false;
                  }).value();
    thrower.enable();
    later.enable();
    ASSERT_TRUE(loop_until(loop, [&] { return went_on; }));
    EXPECT_EQ(told, "boom");
}

TEST(Loop, Timer_IsNeverEarlyAndMayBeSetAgainInItsCallback) {
    Loop loop = Loop::create().value();
    std::vector<std::pair<MonoTime, MonoTime>> fired;
    MonoTime wanted = Loop::now().mono + std::chrono::nanoseconds(3'000'777);
    Timer timer;
    timer = Timer::create(loop, [&] {
                EXPECT_EQ(timer.deadline(), std::nullopt);
                fired.emplace_back(wanted, Loop::now().mono);
                wanted = Loop::now().mono + std::chrono::nanoseconds(1'000'333);
                if (fired.size() < 5) timer.set(wanted);
            }).value();
    timer.set(wanted);
    EXPECT_EQ(timer.deadline(), wanted);
    ASSERT_TRUE(loop_until(loop, [&] { return fired.size() == 5; }));
    for (const auto& [due, at] : fired) EXPECT_GE(at, due);
}

TEST(Loop, ClearedTimer_DoesNotFire) {
    Loop loop = Loop::create().value();
    bool fired = false;
    bool after = false;
    Timer timer = Timer::create(loop, [&] { fired = true; }).value();
    Timer witness = Timer::create(loop, [&] { after = true; }).value();
    timer.set(Loop::now().mono + milliseconds(1));
    witness.set(Loop::now().mono + milliseconds(3));
    timer.clear();
    ASSERT_TRUE(loop_until(loop, [&] { return after; }));
    EXPECT_FALSE(fired);
}

TEST(Loop, SignalWatch_GivesTheSenderEvenWhenTheSignalWasIgnored) {
    signal(SIGUSR2, SIG_IGN);
    Loop loop = Loop::create().value();
    pid_t sender = 0;
    auto watch = SignalWatch::add(loop, SIGUSR2, [&](const signalfd_siginfo& info) {
        sender = static_cast<pid_t>(info.ssi_pid);
    });
    ASSERT_TRUE(watch.has_value());
    kill(getpid(), SIGUSR2);
    ASSERT_TRUE(loop_until(loop, [&] { return sender != 0; }));
    EXPECT_EQ(sender, getpid());
    EXPECT_FALSE(SignalWatch::add(loop, SIGUSR2, [](const signalfd_siginfo&) {}).has_value());
}

TEST(Loop, RegularFile_IsRefusedWithItsErrno) {
    Loop loop = Loop::create().value();
    const auto file = UniqueFd::adopt(open(SVD_TEST_CHILD, O_RDONLY | O_CLOEXEC));
    const auto watch =
        Watch::add(loop, file.get(), EPOLLIN, Priority::Control, [](std::uint32_t) {});
    ASSERT_FALSE(watch.has_value());
    EXPECT_EQ(watch.error().code, EPERM);
}

TEST(Loop, Run_EndsWithTheCodeOfExit) {
    Loop loop = Loop::create().value();
    Defer defer = Defer::create(loop, [&] {
                      loop.exit(7);
                      return false;
                  }).value();
    defer.enable();
    EXPECT_EQ(loop.run().value(), 7);
    EXPECT_TRUE(loop.exiting());
}

TEST(Loop, MaskZero_ReportsOnlyHangUp) {
    Loop loop = Loop::create().value();
    Readable a;
    std::uint32_t seen = 0;
    Watch watch = Watch::add(loop, a.fd(), EPOLLIN, Priority::Control, [&](std::uint32_t revents) {
                      seen = revents;
                  }).value();
    watch.set_mask(0);
    EXPECT_FALSE(loop.turn(Duration{}).value());
    a.pipe.write.reset();
    EXPECT_TRUE(loop.turn(Duration{}).value());
    EXPECT_EQ(seen, static_cast<std::uint32_t>(EPOLLHUP));
    watch.pause();
    EXPECT_FALSE(loop.turn(Duration{}).value());
}

TEST(Loop, Handle_MayOutliveTheLoop) {
    std::optional<Loop> loop = Loop::create().value();
    const Readable a;
    Watch watch =
        Watch::add(*loop, a.fd(), EPOLLIN, Priority::Control, [](std::uint32_t) {}).value();
    loop.reset();
    watch.set_mask(EPOLLOUT);
    watch.reset();
    EXPECT_FALSE(watch);
}

}  // namespace
}  // namespace svd::os::test
