#include "dbus/door.h"

#include <cstdlib>
#include <optional>
#include <vector>

#include <systemd/sd-bus.h>
#include <unistd.h>

#include "control/observer.h"
#include "dbus/announcer.h"
#include "dbus/call.h"
#include "dbus/gate.h"
#include "dbus/link.h"
#include "dbus/tree.h"

namespace svd::dbus {

namespace {

// Each holds a message and perhaps a verb that waits.
constexpr std::size_t kMostCalls = 1024;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::optional<BusAddress> address_of(BusKind kind) {
    const BusEnvironment names{environment("DBUS_SYSTEM_BUS_ADDRESS"),
                               environment("DBUS_SESSION_BUS_ADDRESS"),
                               environment("XDG_RUNTIME_DIR")};
    return kind == BusKind::System ? system_bus_address(names) : user_bus_address(names);
}

// Who has asked for a bus wants to know; for all others the log is Supervisor's.
config::LogLevel level_of_absence(config::DbusChoice choice) {
    return choice == config::DbusChoice::Auto ? config::LogLevel::Trace : config::LogLevel::Info;
}

class LiveDoor final : public Door, public control::Observer {
  public:
    LiveDoor(control::Supervisor& supervisor, event::Bus& events, BusKind kind, Facts facts)
        : supervisor_(supervisor),
          events_(events),
          kind_(kind),
          office_(std::make_shared<Office>(Office{supervisor, {}, {}, {}})),
          tree_(supervisor, std::move(facts),
                [this](sd_bus_message* message, const Method& method, std::string object) {
                    take(message, method, std::move(object));
                }) {
        office_->sent = [this] {
            if (link_ && link_->pump() != nullptr) link_->pump()->wake();
        };
        office_->subscribe = [this](const std::string& client, bool subscribe) {
            auto& clients = announcer_->subscribers();
            return subscribe ? clients.add(client) : clients.remove(client);
        };
    }
    ~LiveDoor() override {
        link_->stop();
        office_->sent = nullptr;
    }
    LiveDoor(const LiveDoor&) = delete;
    LiveDoor& operator=(const LiveDoor&) = delete;

    Status prepare(os::Loop& loop, BusAddress address, DoorOptions options) {
        SVD_TRY(flush_, os::Defer::create(loop, [this] { return flush(); }, os::Priority::Control));
        Link::Hooks hooks;
        hooks.absent = level_of_absence(options.choice);
        hooks.log = std::move(options.log);
        earlier_ = std::move(options.clients);
        hooks.opened = [this](SdbusLink& bus) { return opened(bus); };
        hooks.closed = [this] { closed(); };
        hooks.after_turn = [this] {
            if (!announcer_->is_empty() && !link_->pump()->is_full()) flush_.enable();
        };
        SVD_TRY(link_, Link::create(loop, kind_, std::move(address), std::move(hooks)));
        return {};
    }

    void open() override { link_->start(); }
    void close(std::string_view why) override {
        // Those that wait hear of it, and who listens.
        const std::vector<Call*> waiting(office_->calls.begin(), office_->calls.end());
        for (auto* call : waiting) call->fail(SD_BUS_ERROR_NO_REPLY, std::string(why));
        if (announcer_) {
            announcer_->reloading(true);
            flush();
            earlier_ = subscribers();  // for an upgrade that fails
        }
        link_->stop();
    }
    void changed(const process::Process& process) override {
        if (announcer_) announcer_->changed(process);
    }
    [[nodiscard]] bool has_unsent() const override {
        return announcer_ && link_->pump() != nullptr && link_->pump()->queued() > 0;
    }

    [[nodiscard]] std::vector<std::string> subscribers() const override {
        return announcer_ ? std::as_const(*announcer_).subscribers().names() : earlier_;
    }

    // --- control::Observer
    void reloading(bool active) override {
        if (announcer_) announcer_->reloading(active);
    }
    void leaving(const process::Group& group) override {
        if (announcer_) announcer_->leaving(group);
    }

  private:
    Status opened(SdbusLink& bus) {
        gate_ = std::make_unique<Gate>(bus, kind_ == BusKind::System);
        announcer_ =
            std::make_unique<Announcer>(supervisor_, bus.bus(), [this] { flush_.enable(); });
        SVD_CHECK(tree_.put_on(bus.bus()));
        // Those that are gone are found out.
        for (const auto& client : std::exchange(earlier_, {}))
            announcer_->subscribers().add(client);
        subscription_ = events_.subscribe([this](const event::Event& event) {
            if (announcer_) announcer_->note(event);
        });
        supervisor_.observe(this);
        return {};
    }

    void closed() {
        supervisor_.observe(nullptr);
        subscription_ = {};
        flush_.disable();
        announcer_.reset();
        gate_.reset();
    }

    void take(sd_bus_message* message, const Method& method, std::string object) {
        if (office_->calls.size() >= kMostCalls) {
            const sd_bus_error busy{SD_BUS_ERROR_LIMITS_EXCEEDED,
                                    "too many calls wait for their answer", 0};
            sd_bus_reply_method_error(message, &busy);
            return;
        }
        gate_->admit(std::make_shared<Call>(office_, message, method, std::move(object)));
    }

    bool flush() {
        auto* pump = link_->pump();
        if (!announcer_ || pump == nullptr) return false;
        const bool more = announcer_->flush(*pump);
        pump->wake();
        return more;
    }

    control::Supervisor& supervisor_;
    event::Bus& events_;
    BusKind kind_;
    std::shared_ptr<Office> office_;
    std::vector<std::string> earlier_;  // subscribers of the connection before this one
    Tree tree_;
    event::Bus::Subscription subscription_;
    std::unique_ptr<Gate> gate_;
    std::unique_ptr<Announcer> announcer_;
    os::Defer flush_;
    std::unique_ptr<Link> link_;  // ends first: it calls the others
};

}  // namespace

Result<std::unique_ptr<Door>> make_door(os::Loop& loop, control::Supervisor& supervisor,
                                        event::Bus& bus, DoorOptions options) {
    using config::DbusChoice;
    if (options.choice == DbusChoice::Off) return nullptr;
    const bool system = options.choice == DbusChoice::System ||
                        (options.choice == DbusChoice::Auto && ::geteuid() == 0);
    const auto kind = system ? BusKind::System : BusKind::User;
    auto address = address_of(kind);
    if (!address) {
        options.log(level_of_absence(options.choice),
                    "D-Bus: no user bus, neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR says "
                    "where it would be");
        return nullptr;
    }
    auto door = std::make_unique<LiveDoor>(supervisor, bus, kind,
                                           Facts{options.config_file, options.log_file});
    SVD_CHECK(door->prepare(loop, *std::move(address), std::move(options)));
    return door;
}

}  // namespace svd::dbus
