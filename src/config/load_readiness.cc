#include "config/load_readiness.h"

#include "base/python_text.h"
#include "base/strings.h"
#include "config/values.h"

namespace svd::config {

namespace {

constexpr int kLowestFd = 3;
constexpr int kHighestFd = 255;
constexpr int kMostStored = 1024;

struct ReadyValue {
    ReadyBy by = ReadyBy::Startsecs;
    int fd = -1;
};

// "none", "notify", "fd:3".
Result<ReadyValue> parse_ready(std::string_view text) {
    constexpr std::string_view kFd = "fd:";
    const std::string word = to_lower(text);
    if (word == "none") return ReadyValue{};
    if (word == "notify") return ReadyValue{ReadyBy::Notify, -1};
    if (word.starts_with(kFd))
        if (const auto fd = parse_integer(std::string_view(word).substr(kFd.size()));
            fd && *fd >= kLowestFd && *fd <= kHighestFd)
            return ReadyValue{ReadyBy::Descriptor, *fd};
    return fail("invalid 'ready' value {}", py_repr(text));
}

Result<int> parse_fdstore_max(std::string_view text) {
    SVD_TRY(const int count, parse_integer(text));
    if (count < 0 || count > kMostStored)
        return fail("fdstore_max {} is not between 0 and {}", count, kMostStored);
    return count;
}

}  // namespace

Readiness load_readiness(SectionReader& reader, const Names& names) {
    Readiness readiness;
    const auto ready = reader.value("ready", names, parse_ready);
    readiness.by = ready.by;
    readiness.fd = ready.fd;
    readiness.timeout = reader.value("ready_timeout", names, parse_duration);
    readiness.watchdog = reader.value("watchdog_sec", names, parse_duration);
    readiness.watchdog_signal = reader.value("watchdog_signal", names, parse_signal);
    readiness.fdstore_max = reader.value("fdstore_max", names, parse_fdstore_max);
    return readiness;
}

}  // namespace svd::config
