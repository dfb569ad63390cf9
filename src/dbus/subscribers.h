// The clients that have asked for signals, until they take it back or leave the bus.
//
// sd_bus_track would do, but it waits for the bus's answer when a name is added.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

struct sd_bus;

namespace svd::dbus {

class Subscribers {
  public:
    explicit Subscribers(sd_bus* bus);
    ~Subscribers();
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    // False when it is one already, or there are too many.
    bool add(const std::string& client);
    // False when it is none.
    bool remove(const std::string& client);
    [[nodiscard]] bool contains(const std::string& client) const;
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool is_empty() const { return clients_.empty(); }
    [[nodiscard]] std::size_t size() const { return clients_.size(); }

  private:
    struct Client;
    struct ByName {
        using is_transparent = void;
        bool operator()(const std::unique_ptr<Client>& a, const std::unique_ptr<Client>& b) const;
        bool operator()(const std::unique_ptr<Client>& a, const std::string& b) const;
        bool operator()(const std::string& a, const std::unique_ptr<Client>& b) const;
    };
    static constexpr std::size_t kMost = 1024;

    sd_bus* bus_;
    std::set<std::unique_ptr<Client>, ByName> clients_;
};

}  // namespace svd::dbus
