// The announcer on a connection whose other end reads only when the test wants it to.
#include "dbus/announcer.h"

#include <array>

#include <sys/socket.h>
#include <systemd/sd-bus.h>

#include "base/fd.h"
#include "unit/control/fixture.h"

namespace svd::dbus {

namespace {

// What waits for the bus at most; whoever reads org.svd1.Manager.xml counts on SignalsLost for
// the rest.
constexpr std::uint64_t kMostWaiting = 16384;
constexpr auto kBound = std::chrono::seconds(60);

struct Told {
    std::string member;
    std::uint64_t number = 0;  // the serial, or how many were lost
    bool operator==(const Told&) const = default;
};

using BusEnd = std::unique_ptr<sd_bus, decltype(&sd_bus_close_unref)>;

BusEnd make_end(UniqueFd fd, bool is_server) {
    sd_bus* bus = nullptr;
    sd_id128_t id{};
    const int number = fd.release();
    if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, number, number) < 0 ||
        (is_server && (sd_id128_randomize(&id) < 0 || sd_bus_set_server(bus, 1, id) < 0)) ||
        sd_bus_start(bus) < 0)
        ADD_FAILURE() << "no connection";
    return {bus, &sd_bus_close_unref};
}

class AnnouncerTest : public control::SupervisorTest {
  protected:
    void SetUp() override {
        std::array<int, 2> fds{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()),
                  0);
        ours_ = make_end(UniqueFd::adopt(fds[0]), true);
        theirs_ = make_end(UniqueFd::adopt(fds[1]), false);
        ASSERT_FALSE(HasFailure());
        ASSERT_GE(sd_bus_add_filter(theirs_.get(), nullptr, &AnnouncerTest::heard, this), 0);
        ASSERT_TRUE(until("both greet", [this] {
            sd_bus_process(ours_.get(), nullptr);
            read();
            return sd_bus_is_ready(ours_.get()) > 0 && sd_bus_is_ready(theirs_.get()) > 0;
        }));
        // sd-bus asks for megabytes; how many it gets depends on who runs this.
        const int bytes = 64 << 10;
        ASSERT_EQ(
            ::setsockopt(sd_bus_get_fd(ours_.get()), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes),
            0);
        pump_ = *BusPump::create(loop_, ours_.get(),
                                 {.lost = [](int) { FAIL(); }, .after_turn = [] {}});
        announcer_ = std::make_unique<Announcer>(supervisor, ours_.get(), [] {});
    }

    // Somebody who is on the bus, and stays.
    void subscribe() {
        ASSERT_TRUE(announcer_->subscribers().add(":1.1"));
        ASSERT_TRUE(until("asked for", [this] {
            turn();
            read();
            return asked_;
        }));
    }
    void change_state(std::uint64_t serial) {
        announcer_->note({serial, "PROCESS_STATE_RUNNING", "from_state:STARTING", {}, "g", "p"});
    }
    // As the daemon does at the end of a turn.
    void turn() {
        announcer_->flush(*pump_);
        pump_->wake();
        ASSERT_TRUE(loop_.turn(Duration{}));
    }
    // All that has arrived at the other end.
    void read() {
        while (sd_bus_process(theirs_.get(), nullptr) > 0) {
        }
    }
    // State changes with the serials from `first` to `last`, none of which is read yet.
    void change_states_unread(std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t serial = first; serial <= last; ++serial) {
            change_state(serial);
            turn();
        }
        EXPECT_TRUE(pump_->is_full());
    }
    std::vector<Told> read_all() {
        EXPECT_TRUE(until("all told", [this] {
            turn();
            read();
            return announcer_->is_empty() && pump_->queued() == 0;
        }));
        read();
        return std::exchange(told_, {});
    }

    std::unique_ptr<Announcer>& announcer() { return announcer_; }

  private:
    template <class Condition>
    static bool until(const char* what, Condition condition) {
        const MonoTime end = os::Loop::now().mono + kBound;
        while (!condition()) {
            if (os::Loop::now().mono < end) continue;
            ADD_FAILURE() << "not in time: " << what;
            return false;
        }
        return true;
    }

    static int heard(sd_bus_message* message, void* self, sd_bus_error*) {
        auto& test = *static_cast<AnnouncerTest*>(self);
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "NameHasOwner") > 0) {
            test.asked_ = true;
            return sd_bus_reply_method_return(message, "b", 1);
        }
        if (sd_bus_message_is_signal(message, "org.svd1.Manager", nullptr) > 0) {
            Told one{sd_bus_message_get_member(message)};
            EXPECT_GT(sd_bus_message_read_basic(message, 't', &one.number), 0);
            test.told_.push_back(std::move(one));
        }
        return 0;
    }

    os::Loop loop_ = *os::Loop::create();
    BusEnd ours_{nullptr, &sd_bus_close_unref};
    BusEnd theirs_{nullptr, &sd_bus_close_unref};
    std::unique_ptr<BusPump> pump_;
    std::unique_ptr<Announcer> announcer_;
    std::vector<Told> told_;
    bool asked_ = false;
};

}  // namespace

TEST_F(AnnouncerTest, StateChanges_ForNobody_AreNotKept) {
    change_state(1);
    EXPECT_TRUE(announcer()->is_empty());
}

TEST_F(AnnouncerTest, BusThatDoesNotKeepUp_IsToldHowManyOfTheOldestAreLost) {
    subscribe();
    std::uint64_t last = 0;
    for (int round = 0; round < 2; ++round) {  // and counted anew
        const std::uint64_t first = last + 1;
        last += kMostWaiting + 4000;
        change_states_unread(first, last);
        const auto told = read_all();

        const auto gap = std::ranges::find(told, "SignalsLost", &Told::member);
        ASSERT_NE(gap, told.end());
        const std::uint64_t lost = gap->number;
        ASSERT_GT(lost, 0U);
        ASSERT_LT(lost, 4000U);
        std::vector<Told> expected;
        for (std::uint64_t serial = first; serial <= last; ++serial) {
            if (serial == last - kMostWaiting - lost + 1) {
                expected.push_back({"SignalsLost", lost});
                serial += lost;
            }
            expected.push_back({"ProcessStateChanged", serial});
        }
        EXPECT_TRUE(told == expected) << told.size() << " told, " << lost << " lost";
    }
}

TEST_F(AnnouncerTest, BusThatKeepsUp_HearsOfEveryStateChange) {
    subscribe();
    std::vector<Told> expected;
    for (std::uint64_t serial = 1; serial <= kMostWaiting; ++serial) {
        change_state(serial);
        expected.push_back({"ProcessStateChanged", serial});
    }
    EXPECT_TRUE(read_all() == expected);
}

}  // namespace svd::dbus
