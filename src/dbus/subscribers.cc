#include "dbus/subscribers.h"

#include <fmt/format.h>
#include <systemd/sd-bus.h>

namespace svd::dbus {

namespace {
constexpr const char* kDriver = "org.freedesktop.DBus";
constexpr const char* kDriverPath = "/org/freedesktop/DBus";
}  // namespace

struct Subscribers::Client {
    Client(Subscribers& owner, std::string unique_name)
        : all(owner), name(std::move(unique_name)) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() {
        sd_bus_slot_unref(gone);
        sd_bus_slot_unref(asked);
    }

    // NameOwnerChanged of a unique name: it has left.
    static int on_gone(sd_bus_message*, void* self, sd_bus_error*) {
        auto& client = *static_cast<Client*>(self);
        client.all.remove(std::string(client.name));
        return 0;
    }
    // It may have left before the bus knew that we want to hear of it.
    static int on_answer(sd_bus_message* answer, void* self, sd_bus_error*) {
        int is_there = 0;
        if (sd_bus_message_is_method_error(answer, nullptr) > 0 ||
            sd_bus_message_read_basic(answer, 'b', &is_there) < 0 || is_there == 0)
            on_gone(answer, self, nullptr);
        return 0;
    }

    Subscribers& all;
    std::string name;
    sd_bus_slot* gone = nullptr;
    sd_bus_slot* asked = nullptr;
};

bool Subscribers::ByName::operator()(const std::unique_ptr<Client>& a,
                                     const std::unique_ptr<Client>& b) const {
    return a->name < b->name;
}
bool Subscribers::ByName::operator()(const std::unique_ptr<Client>& a, const std::string& b) const {
    return a->name < b;
}
bool Subscribers::ByName::operator()(const std::string& a, const std::unique_ptr<Client>& b) const {
    return a < b->name;
}

Subscribers::Subscribers(sd_bus* bus) : bus_(bus) {}
Subscribers::~Subscribers() = default;

bool Subscribers::contains(const std::string& client) const {
    return clients_.contains(client);
}

std::vector<std::string> Subscribers::names() const {
    std::vector<std::string> all;
    all.reserve(clients_.size());
    for (const auto& client : clients_) all.push_back(client->name);
    return all;
}

bool Subscribers::add(const std::string& name) {
    if (contains(name) || clients_.size() >= kMost) return false;
    auto client = std::make_unique<Client>(*this, name);
    const std::string match = fmt::format(
        "type='signal',sender='{}',path='{}',interface='{}',member='NameOwnerChanged',arg0='{}'",
        kDriver, kDriverPath, kDriver, name);
    if (sd_bus_add_match_async(bus_, &client->gone, match.c_str(), Client::on_gone, nullptr,
                               client.get()) < 0 ||
        sd_bus_call_method_async(bus_, &client->asked, kDriver, kDriverPath, kDriver,
                                 "NameHasOwner", Client::on_answer, client.get(), "s",
                                 name.c_str()) < 0)
        return false;
    clients_.insert(std::move(client));
    return true;
}

bool Subscribers::remove(const std::string& client) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return false;
    clients_.erase(found);
    return true;
}

}  // namespace svd::dbus
