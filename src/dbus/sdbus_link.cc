// The one file that knows sdbus-c++, 1.x (Debian 12) and 2.x (tried with 2.3.1).
//
// Messages of objects go through sd-bus on the same connection (see tree.h). sdbus-c++ 1.x never
// hands its sd_bus out; but a message knows its bus, and a message's handle is a protected member,
// which a pointer to member that a derived class has formed may read.
#include "dbus/sdbus_link.h"

#include <map>
#include <tuple>

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

namespace svd::dbus {

namespace {

#if SVD_SDBUS_MAJOR >= 2
using ReplyError = std::optional<sdbus::Error>;
using Service = sdbus::ServiceName;
using Path = sdbus::ObjectPath;
using InterfaceName = sdbus::InterfaceName;
using MethodName = sdbus::MethodName;
#else
using ReplyError = const sdbus::Error*;
using Service = std::string;
using Path = std::string;
using InterfaceName = std::string;
using MethodName = std::string;
#endif

constexpr auto kUsualPatience = std::chrono::seconds(25);
constexpr auto kPasswordPatience = std::chrono::minutes(5);

struct Peek : sdbus::Message {
    static sd_bus* bus_of(const sdbus::Message& message) {
        return sd_bus_message_get_bus(static_cast<sd_bus_message*>(message.*(&Peek::msg_)));
    }
};

Error error_of(const sdbus::Error& error) {
    return {0, error.getMessage().empty() ? error.getName() : error.getMessage()};
}

bool is_absent(const std::string& error) {
    return error == SD_BUS_ERROR_SERVICE_UNKNOWN || error == SD_BUS_ERROR_NAME_HAS_NO_OWNER;
}

Verdict no_verdict(const sdbus::Error& error) {
    Verdict verdict;
    verdict.absent = is_absent(error.getName());
    if (!verdict.absent) verdict.trouble = error_of(error).text;
    return verdict;
}

}  // namespace

struct SdbusLink::Parts {
    std::unique_ptr<sdbus::IConnection> connection;
    std::unique_ptr<sdbus::IProxy> driver;
    std::unique_ptr<sdbus::IProxy> polkit;
};

SdbusLink::SdbusLink(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
    const auto message = parts_->driver->createMethodCall(InterfaceName("org.freedesktop.DBus"),
                                                          MethodName("GetId"));
    bus_ = Peek::bus_of(message);
}

SdbusLink::~SdbusLink() {
    // Or the library would wait until a bus that has stopped takes all that is left to send.
    sd_bus_close(bus_);
}

Result<std::unique_ptr<SdbusLink>> SdbusLink::open(BusKind kind) {
    try {
        auto parts = std::make_unique<Parts>();
        parts->connection = kind == BusKind::System ? sdbus::createSystemBusConnection()
                                                    : sdbus::createSessionBusConnection();
        parts->driver = sdbus::createProxy(*parts->connection, Service("org.freedesktop.DBus"),
                                           Path("/org/freedesktop/DBus"));
        parts->polkit =
            sdbus::createProxy(*parts->connection, Service("org.freedesktop.PolicyKit1"),
                               Path("/org/freedesktop/PolicyKit1/Authority"));
        return std::unique_ptr<SdbusLink>(new SdbusLink(std::move(parts)));
    } catch (const sdbus::Error& error) {
        return std::unexpected(error_of(error));
    }
}

std::string SdbusLink::unique_name() const {
    const char* name = nullptr;
    return sd_bus_get_unique_name(bus_, &name) < 0 ? std::string() : std::string(name);
}

void SdbusLink::request_name(const std::string& name,
                             const std::function<void(Result<bool>)>& done) {
    constexpr std::uint32_t kQueueForIt = 0;
    constexpr std::uint32_t kPrimaryOwner = 1;
    constexpr std::uint32_t kAlreadyOwner = 4;
    try {
        parts_->driver->callMethodAsync("RequestName")
            .onInterface("org.freedesktop.DBus")
            .withArguments(name, kQueueForIt)
            .uponReplyInvoke([done](ReplyError error, std::uint32_t code) {
                if (error) return done(std::unexpected(error_of(*error)));
                done(code == kPrimaryOwner || code == kAlreadyOwner);
            });
    } catch (const sdbus::Error& error) {
        done(std::unexpected(error_of(error)));
    }
}

void SdbusLink::ask_uid(const std::string& client, const std::function<void(Result<uid_t>)>& done) {
    try {
        parts_->driver->callMethodAsync("GetConnectionUnixUser")
            .onInterface("org.freedesktop.DBus")
            .withArguments(client)
            .uponReplyInvoke([done](ReplyError error, std::uint32_t uid) {
                if (error) return done(std::unexpected(error_of(*error)));
                done(uid_t{uid});
            });
    } catch (const sdbus::Error& error) {
        done(std::unexpected(error_of(error)));
    }
}

void SdbusLink::ask_polkit(const Question& question, const std::function<void(Verdict)>& done) {
    using Details = std::map<std::string, std::string>;
    using Subject = sdbus::Struct<std::string, std::map<std::string, sdbus::Variant>>;
    using Answer = sdbus::Struct<bool, bool, Details>;
    Details details{{"verb", question.verb}};
    if (!question.program.empty()) details["program"] = question.program;
    if (!question.group.empty()) details["group"] = question.group;
    const Subject subject{"system-bus-name", {{"name", sdbus::Variant(question.client)}}};
    constexpr std::uint32_t kMayAsk = 1;
    const std::uint32_t flags = question.interactive ? kMayAsk : 0;
    const std::chrono::microseconds patience =
        question.interactive ? std::chrono::microseconds(kPasswordPatience) : kUsualPatience;
    try {
        parts_->polkit->callMethodAsync("CheckAuthorization")
            .onInterface("org.freedesktop.PolicyKit1.Authority")
            .withTimeout(patience)
            .withArguments(subject, question.action, details, flags, std::string())
            .uponReplyInvoke([done](ReplyError error, const Answer& answer) {
                if (error) return done(no_verdict(*error));
                Verdict verdict;
                verdict.allowed = std::get<0>(answer);
                verdict.challenge = std::get<1>(answer);
                done(std::move(verdict));
            });
    } catch (const sdbus::Error& error) {
        done(no_verdict(error));
    }
}

}  // namespace svd::dbus
