// A method call in hand, answered now or later, exactly once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "control/supervisor.h"
#include "dbus/table.h"

namespace svd::dbus {

// What calls share with their connection. It outlives the connection in calls that still wait.
struct Office {
    control::Supervisor& supervisor;
    std::set<Call*> calls;
    std::function<void()> sent;  // after something was put into the outgoing queue
    // Of Subscribe and Unsubscribe; false: it was so already.
    std::function<bool(const std::string& client, bool subscribe)> subscribe;
};

class Call {
  public:
    // `object`: the group:process or group of the path; empty for the manager.
    Call(std::shared_ptr<Office> office, sd_bus_message* message, const Method& method,
         std::string object);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] control::Supervisor& supervisor() const { return office_->supervisor; }
    [[nodiscard]] Office& office() const { return *office_; }
    [[nodiscard]] const Method& method() const { return method_; }
    [[nodiscard]] sd_bus_message* message() const { return message_; }
    // "group:process", "process" or "group:*"; a group's name for About::Group.
    [[nodiscard]] const std::string& name() const { return name_; }
    // The arguments after the name.
    [[nodiscard]] Reader& arguments() { return reader_; }

    template <class Fill>
    void reply(Fill fill) {
        sd_bus_message* answer = begin_reply();
        if (answer == nullptr) return;
        Writer out(answer);
        fill(out);
        finish_reply(answer, out.error());
    }
    void reply() {
        reply([](Writer&) {});
    }
    void fail(const control::Fault& fault);
    void fail(const char* error, const std::string& text);
    [[nodiscard]] bool answered() const { return answered_; }

  private:
    [[nodiscard]] sd_bus_message* begin_reply();
    void finish_reply(sd_bus_message* answer, int error);

    std::shared_ptr<Office> office_;
    sd_bus_message* message_;
    const Method& method_;
    std::string name_;
    Reader reader_;
    bool answered_ = false;
};

// "org.svd1.Error.NotRunning".
[[nodiscard]] std::string error_name(control::FaultCode code);
// "NOT_RUNNING: web (start it first)".
[[nodiscard]] std::string error_text(const control::Fault& fault);

}  // namespace svd::dbus
