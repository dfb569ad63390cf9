#include "event/listener_pool.h"

#include <algorithm>
#include <utility>

namespace svd::event {

namespace {
// Payloads are well-formed UTF-8; every byte but a continuation begins a character.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

ListenerPool::ListenerPool(ListenerPoolOptions options, ListenerHost& host)
    : options_(std::move(options)), host_(host) {
    options_.buffer_size = std::max<std::size_t>(options_.buffer_size, 1);
    for (const auto& row : all_types())
        wanted_.push_back(std::ranges::any_of(options_.events, [&](const std::string& ancestor) {
            return is_a(row.name, ancestor);
        }));
    for (const auto& name : options_.processes) listeners_.push_back({name, {}, {}});
}

template <class... Args>
void ListenerPool::log(ListenerSeverity severity, fmt::format_string<Args...> f, Args&&... args) {
    if (host_.wants_log(severity)) host_.log(severity, fmt::format(f, std::forward<Args>(args)...));
}

bool ListenerPool::wants(std::string_view type) const {
    const TypeRow* row = find_type(type);
    return row != nullptr && wanted_[static_cast<std::size_t>(row - all_types().data())];
}

ListenerState ListenerPool::state(std::size_t process) const {
    return process < listeners_.size() ? listeners_[process].protocol.state()
                                       : ListenerState::Unknown;
}

// --- the queue -----------------------------------------------------------------------------------

void ListenerPool::make_room() {
    if (queue_.size() < options_.buffer_size) return;
    log(ListenerSeverity::Error, "pool {} event buffer overflowed, discarding event {}",
        options_.name, queue_.front().event->serial);
    queue_.pop_front();
    ++totals_.dropped;
    host_.overflowed();
}

void ListenerPool::accept(std::shared_ptr<const Event> event) {
    make_room();
    ++totals_.accepted;
    queue_.push_back({std::move(event), next_pool_serial_});
    next_pool_serial_ = serial_after(next_pool_serial_);
    dispatch();
}

void ListenerPool::take_back(Listener& listener) {
    if (!listener.event) return;
    log(ListenerSeverity::Debug, "rebuffering event {} for pool {} (buf size={}, max={})",
        listener.event->event->serial, options_.name, queue_.size(), options_.buffer_size);
    make_room();
    queue_.push_front(*std::exchange(listener.event, std::nullopt));
}

void ListenerPool::reject(Listener& listener) {
    ++totals_.rejected;
    take_back(listener);
    if (++rejects_in_a_row_ < kRejectsAtOnce || holding_) return;
    holding_ = true;
    host_.holding();
}

void ListenerPool::resume() {
    holding_ = false;
    dispatch();
}

// --- saving --------------------------------------------------------------------------------------

PoolState ListenerPool::save() const {
    PoolState saved;
    for (const auto& queued : queue_) saved.queue.push_back(queued.save());
    for (const auto& listener : listeners_) {
        auto& one = saved.listeners.emplace_back();
        one.process = listener.name;
        one.protocol = listener.protocol.save();
        if (listener.event) one.event = listener.event->save();
    }
    saved.next_pool_serial = next_pool_serial_;
    saved.totals = totals_;
    saved.rejects_in_a_row = rejects_in_a_row_;
    saved.holding = holding_;
    return saved;
}

void ListenerPool::restore(PoolState saved) {
    const auto queued = [](QueuedEvent& event) {
        return Queued{std::make_shared<const Event>(std::move(event.event)), event.pool_serial};
    };
    for (auto& event : saved.queue) queue_.push_back(queued(event));
    for (auto& one : saved.listeners) {
        const auto listener = std::ranges::find(listeners_, one.process, &Listener::name);
        if (listener == listeners_.end()) continue;
        listener->protocol.restore(std::move(one.protocol));
        if (one.event) listener->event = queued(*one.event);
    }
    next_pool_serial_ = saved.next_pool_serial;
    totals_ = saved.totals;
    rejects_in_a_row_ = saved.rejects_in_a_row;
    holding_ = saved.holding;
    if (holding_) host_.holding();
}

// --- sending -------------------------------------------------------------------------------------

void ListenerPool::dispatch() {
    while (!holding_ && !queue_.empty() && send(queue_.front())) queue_.pop_front();
}

// Whoever reads text and gets the number of bytes waits for ever as soon as a payload goes beyond
// ASCII; whoever reads bytes and gets the number of characters takes the rest for the next header.
std::string ListenerPool::envelope(const Queued& queued) const {
    const Event& event = *queued.event;
    return fmt::format(
        "ver:3.0 server:{} serial:{} pool:{} poolserial:{} eventname:{} len:{}\n{}",
        options_.server, event.serial, options_.name, queued.pool_serial, event.type,
        options_.length == EventLength::Bytes ? event.payload.size() : characters(event.payload),
        event.payload);
}

bool ListenerPool::send(const Queued& queued) {
    std::string text;
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        auto& listener = listeners_[i];
        if (listener.protocol.state() != ListenerState::Ready || !host_.is_running(i)) continue;
        if (text.empty()) text = envelope(queued);
        switch (host_.write(i, text)) {
            case ListenerHost::Written::Yes:
                listener.protocol.sent();
                listener.event = queued;
                log(ListenerSeverity::Debug, "event {} sent to listener {}", queued.event->serial,
                    listener.name);
                return true;
            case ListenerHost::Written::Closed:
                log(ListenerSeverity::Debug,
                    "epipe occurred while sending event {} to listener {}, listener state "
                    "unchanged",
                    queued.event->serial, listener.name);
                break;
            case ListenerHost::Written::Full:
                break;
        }
    }
    return false;
}

// --- the processes -------------------------------------------------------------------------------

void ListenerPool::starting(std::size_t process) {
    ended(process);
    if (process < listeners_.size()) listeners_[process].protocol.reset();
}

void ListenerPool::running(std::size_t process) {
    if (state(process) == ListenerState::Ready) dispatch();
}

void ListenerPool::writable(std::size_t process) {
    if (state(process) == ListenerState::Ready) dispatch();
}

void ListenerPool::ended(std::size_t process) {
    if (process >= listeners_.size() || !listeners_[process].event) return;
    take_back(listeners_[process]);
    dispatch();
}

void ListenerPool::output(std::size_t process, std::string_view bytes) {
    if (process >= listeners_.size()) return;
    auto& listener = listeners_[process];
    for (const auto& outcome : listener.protocol.feed(bytes)) apply(listener, outcome);
    dispatch();
}

void ListenerPool::apply(Listener& listener, const ListenerProtocol::Outcome& outcome) {
    using Kind = ListenerProtocol::Kind;
    switch (outcome.kind) {
        case Kind::Ready:
            log_change(listener, outcome.from, ListenerState::Ready);
            break;
        case Kind::Processed:
            log(ListenerSeverity::Debug, "{}: event was processed", listener.name);
            log_change(listener, outcome.from, ListenerState::Acknowledged);
            listener.event.reset();
            ++totals_.delivered;
            rejects_in_a_row_ = 0;
            break;
        case Kind::Rejected:
            log(ListenerSeverity::Warn, "{}: event was rejected", listener.name);
            log_change(listener, outcome.from, ListenerState::Acknowledged);
            reject(listener);
            break;
        case Kind::Violation:
            if (outcome.bad_line)
                log(ListenerSeverity::Warn, "{}: bad result line: '{}'", listener.name,
                    *outcome.bad_line);
            log_change(listener, outcome.from, ListenerState::Unknown);
            log(ListenerSeverity::Warn,
                "{}: has entered the UNKNOWN state and will no longer receive events, this usually "
                "indicates the process violated the eventlistener protocol",
                listener.name);
            take_back(listener);
            break;
    }
}

void ListenerPool::log_change(const Listener& listener, ListenerState from, ListenerState to) {
    log(ListenerSeverity::Debug, "{}: {} -> {}", listener.name, listener_state_name(from),
        listener_state_name(to));
}

}  // namespace svd::event
