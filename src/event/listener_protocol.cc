#include "event/listener_protocol.h"

#include <algorithm>

#include "base/python_text.h"
#include "base/strings.h"

namespace svd::event {

namespace {

constexpr std::string_view kReady = "READY\n";
constexpr std::string_view kResult = "RESULT ";
constexpr std::string_view kOk = "OK";

std::optional<std::uint64_t> result_length(std::string_view line) {
    if (!line.starts_with(kResult)) return std::nullopt;
    const auto length = parse_python_int(line.substr(kResult.size()));
    if (!length || *length < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*length);
}

std::string shown(std::string_view line) {
    return is_utf8(line) ? std::string(line) : "Undecodable: " + py_bytes_repr(line);
}

}  // namespace

std::string_view listener_state_name(ListenerState state) {
    switch (state) {
        case ListenerState::Acknowledged:
            return "ACKNOWLEDGED";
        case ListenerState::Ready:
            return "READY";
        case ListenerState::Busy:
            return "BUSY";
        case ListenerState::Unknown:
            break;
    }
    return "UNKNOWN";
}

void ListenerProtocol::reset() {
    *this = {};
}

ProtocolState ListenerProtocol::save() const {
    return {static_cast<int>(state_), held_, missing_};
}

void ListenerProtocol::restore(ProtocolState saved) {
    if (saved.state < 0 || saved.state > static_cast<int>(ListenerState::Unknown) ||
        saved.held.size() > kMaxResultLine)
        return;
    state_ = static_cast<ListenerState>(saved.state);
    held_ = std::move(saved.held);
    missing_ = saved.missing;
}

void ListenerProtocol::sent() {
    if (state_ == ListenerState::Ready) state_ = ListenerState::Busy;
}

std::vector<ListenerProtocol::Outcome> ListenerProtocol::feed(std::string_view bytes) {
    Outcomes outcomes;
    while (!bytes.empty()) {
        switch (state_) {
            case ListenerState::Acknowledged:
                bytes = take_ready(bytes, outcomes);
                break;
            case ListenerState::Ready:
                violate(outcomes, std::nullopt);
                break;
            case ListenerState::Busy:
                bytes = missing_ ? take_result(bytes, outcomes) : take_result_line(bytes, outcomes);
                break;
            case ListenerState::Unknown:
                return outcomes;
        }
    }
    return outcomes;
}

// Judged when there are as many bytes as the word has, like Supervisor does.
std::string_view ListenerProtocol::take_ready(std::string_view bytes, Outcomes& outcomes) {
    const std::size_t size = std::min(bytes.size(), kReady.size() - held_.size());
    held_ += bytes.substr(0, size);
    if (held_.size() == kReady.size()) {
        if (held_ == kReady) {
            held_.clear();
            outcomes.push_back({Kind::Ready, state_, std::nullopt});
            state_ = ListenerState::Ready;
        } else {
            violate(outcomes, std::nullopt);
        }
    }
    return bytes.substr(size);
}

std::string_view ListenerProtocol::take_result_line(std::string_view bytes, Outcomes& outcomes) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    const bool too_long = part.size() > kMaxResultLine - held_.size();
    held_ += part.substr(0, kMaxResultLine - held_.size());
    if (!too_long && end == std::string_view::npos) return {};

    const auto length = too_long ? std::nullopt : result_length(held_);
    if (!length) {
        violate(outcomes, shown(held_));
        return {};
    }
    held_.clear();
    missing_ = length;
    if (*length == 0) finish_result(outcomes);
    return bytes.substr(end + 1);
}

std::string_view ListenerProtocol::take_result(std::string_view bytes, Outcomes& outcomes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), *missing_));
    // One byte more than "OK" tells a longer result from it.
    held_ += bytes.substr(0, std::min(size, kOk.size() + 1 - held_.size()));
    *missing_ -= size;
    if (*missing_ == 0) finish_result(outcomes);
    return bytes.substr(size);
}

void ListenerProtocol::finish_result(Outcomes& outcomes) {
    outcomes.push_back({held_ == kOk ? Kind::Processed : Kind::Rejected, state_, std::nullopt});
    reset();
}

void ListenerProtocol::violate(Outcomes& outcomes, std::optional<std::string> bad_line) {
    outcomes.push_back({Kind::Violation, state_, std::move(bad_line)});
    reset();
    state_ = ListenerState::Unknown;
}

}  // namespace svd::event
