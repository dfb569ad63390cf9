// Our end of a bus: the connection and what svd asks others for, by sdbus-c++.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/error.h"

struct sd_bus;

namespace svd::dbus {

enum class BusKind { System, User };

// What polkit says of a client and an action.
struct Verdict {
    bool allowed = false;
    bool challenge = false;  // it would be, after a password
    bool absent = false;     // there is no polkit
    std::string trouble;     // why polkit has not answered
};

struct Question {
    std::string client;  // unique name
    std::string action;
    std::string program;  // details; empty: none
    std::string group;
    std::string verb;
    bool interactive = false;
};

class SdbusLink {
  public:
    // Waits for the bus to greet, which one that has just answered does at once.
    [[nodiscard]] static Result<std::unique_ptr<SdbusLink>> open(BusKind kind);
    ~SdbusLink();
    SdbusLink(const SdbusLink&) = delete;
    SdbusLink& operator=(const SdbusLink&) = delete;

    [[nodiscard]] sd_bus* bus() const { return bus_; }
    [[nodiscard]] std::string unique_name() const;
    // None of these waits. What is asked for when the link ends is not answered.
    // Queued behind an owner that is there already; the answer is whether we have it now.
    void request_name(const std::string& name, const std::function<void(Result<bool> ours)>& done);
    void ask_uid(const std::string& client, const std::function<void(Result<uid_t> uid)>& done);
    void ask_polkit(const Question& question, const std::function<void(Verdict verdict)>& done);

  private:
    struct Parts;
    explicit SdbusLink(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
    sd_bus* bus_ = nullptr;
};

}  // namespace svd::dbus
