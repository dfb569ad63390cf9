#include "dbus/message.h"

#include "base/strings.h"
#include "log/valid_text.h"

namespace svd::dbus {

void Writer::text(std::string_view value) {
    const bool fits = is_utf8(value) && value.find('\0') == std::string_view::npos;
    const std::string copy = fits ? std::string(value) : log::to_valid_text(value);
    basic('s', copy.c_str());
}

void Writer::path(const std::string& value) {
    basic('o', value.c_str());
}

void Writer::flag(bool value) {
    const int number = value ? 1 : 0;
    basic('b', &number);
}

std::string Reader::text() {
    const char* value = nullptr;
    return sd_bus_message_read_basic(message_, 's', static_cast<void*>(&value)) > 0
               ? std::string(value)
               : std::string();
}

std::int64_t Reader::i64() {
    std::int64_t value = 0;
    return sd_bus_message_read_basic(message_, 'x', &value) > 0 ? value : 0;
}

std::uint32_t Reader::u32() {
    std::uint32_t value = 0;
    return sd_bus_message_read_basic(message_, 'u', &value) > 0 ? value : 0;
}

bool Reader::flag() {
    int value = 0;
    return sd_bus_message_read_basic(message_, 'b', &value) > 0 && value != 0;
}

}  // namespace svd::dbus
