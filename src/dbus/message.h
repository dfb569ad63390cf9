// Reading and writing D-Bus messages through sd-bus.
//
// A Writer remembers its first error and does nothing after it; whoever sends the message looks at
// error(). A text that D-Bus would refuse is made valid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <systemd/sd-bus.h>

namespace svd::dbus {

class Writer {
  public:
    explicit Writer(sd_bus_message* message) : message_(message) {}

    void text(std::string_view value);
    void path(const std::string& value);
    void flag(bool value);
    void i32(std::int32_t value) { basic('i', &value); }
    void u32(std::uint32_t value) { basic('u', &value); }
    void i64(std::int64_t value) { basic('x', &value); }
    void u64(std::uint64_t value) { basic('t', &value); }
    void real(double value) { basic('d', &value); }

    // What `fill` writes is inside.
    template <class Fill>
    void array(const char* of, Fill fill) {
        scope(SD_BUS_TYPE_ARRAY, of, fill);
    }
    template <class Fill>
    void structure(const char* of, Fill fill) {
        scope(SD_BUS_TYPE_STRUCT, of, fill);
    }
    template <class Fill>
    void variant(const char* of, Fill fill) {
        scope(SD_BUS_TYPE_VARIANT, of, fill);
    }
    // One entry of an a{sv} with the value that `fill` writes.
    template <class Fill>
    void entry(std::string_view key, const char* of, Fill fill) {
        scope(SD_BUS_TYPE_DICT_ENTRY, "sv", [&] {
            text(key);
            variant(of, fill);
        });
    }
    void entry(std::string_view key, std::string_view value) {
        entry(key, "s", [&] { text(value); });
    }
    void entry_u64(std::string_view key, std::uint64_t value) {
        entry(key, "t", [&] { u64(value); });
    }
    void entry_i64(std::string_view key, std::int64_t value) {
        entry(key, "x", [&] { i64(value); });
    }
    void entry_flag(std::string_view key, bool value) {
        entry(key, "b", [&] { flag(value); });
    }

    // One entry of an a{st}.
    void count(std::string_view key, std::uint64_t value) {
        scope(SD_BUS_TYPE_DICT_ENTRY, "st", [&] {
            text(key);
            u64(value);
        });
    }

    [[nodiscard]] int error() const { return error_; }  // 0, or a negative errno
    [[nodiscard]] sd_bus_message* message() const { return message_; }

  private:
    void basic(char type, const void* value) {
        note(error_ < 0 ? 0 : sd_bus_message_append_basic(message_, type, value));
    }
    template <class Fill>
    void scope(char type, const char* contents, Fill fill) {
        if (error_ < 0) return;
        note(sd_bus_message_open_container(message_, type, contents));
        if (error_ < 0) return;
        fill();
        if (error_ >= 0) note(sd_bus_message_close_container(message_));
    }
    void note(int result) {
        if (result < 0 && error_ == 0) error_ = result;
    }

    sd_bus_message* message_;
    int error_ = 0;
};

// The arguments of a call, whose signature sd-bus has checked.
class Reader {
  public:
    explicit Reader(sd_bus_message* message) : message_(message) {}
    [[nodiscard]] std::string text();
    [[nodiscard]] std::int64_t i64();
    [[nodiscard]] std::uint32_t u32();
    [[nodiscard]] bool flag();

  private:
    sd_bus_message* message_;
};

}  // namespace svd::dbus
