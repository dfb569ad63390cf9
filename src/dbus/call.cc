#include "dbus/call.h"

#include <fmt/format.h>

namespace svd::dbus {

Call::Call(std::shared_ptr<Office> office, sd_bus_message* message, const Method& method,
           std::string object)
    : office_(std::move(office)),
      message_(sd_bus_message_ref(message)),
      method_(method),
      name_(std::move(object)),
      reader_(message) {
    office_->calls.insert(this);
    if (name_.empty() && method_.about != About::Nothing) name_ = reader_.text();
}

Call::~Call() {
    // Whoever was to answer is gone.
    if (!answered_) fail(SD_BUS_ERROR_NO_REPLY, "svd has let go of this call; ask for the state");
    office_->calls.erase(this);
    sd_bus_message_unref(message_);
}

sd_bus_message* Call::begin_reply() {
    sd_bus_message* answer = nullptr;
    if (answered_ || sd_bus_message_new_method_return(message_, &answer) < 0) return nullptr;
    return answer;
}

void Call::finish_reply(sd_bus_message* answer, int error) {
    if (error < 0) {
        sd_bus_message_unref(answer);
        return fail(SD_BUS_ERROR_FAILED, "the answer cannot be written: " + errno_text(-error));
    }
    answered_ = true;
    // The connection may be gone, and with it everybody who waits.
    if (sd_bus_message_get_expect_reply(message_) > 0) sd_bus_send(nullptr, answer, nullptr);
    sd_bus_message_unref(answer);
    if (office_->sent) office_->sent();
}

void Call::fail(const char* error, const std::string& text) {
    if (answered_) return;
    answered_ = true;
    const sd_bus_error reason{error, text.c_str(), 0};
    sd_bus_reply_method_error(message_, &reason);
    if (office_->sent) office_->sent();
}

void Call::fail(const control::Fault& fault) {
    fail(error_name(fault.code).c_str(), error_text(fault));
}

std::string error_name(control::FaultCode code) {
    return fmt::format("org.svd1.Error.{}", control::fault_word(code));
}

std::string error_text(const control::Fault& fault) {
    const auto advice = control::fault_advice(fault.code);
    return advice.empty() ? fault.text() : fmt::format("{} ({})", fault.text(), advice);
}

}  // namespace svd::dbus
