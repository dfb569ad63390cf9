#include "daemon/listeners.h"

#include <algorithm>
#include <cerrno>

#include "daemon/runtime.h"

namespace svd::daemon {

namespace {
// Every loss has its line at once; the total follows for those who look for one line.
constexpr std::chrono::seconds kTotalEvery{10};
// A listener that broke the protocol is restarted, each time after twice the time, until it
// answers.
constexpr std::chrono::seconds kRestartAfter{1};
constexpr std::chrono::seconds kRestartAfterAtMost{60};

log::Level level_of(event::ListenerSeverity severity) {
    switch (severity) {
        case event::ListenerSeverity::Debug:
            return log::Level::Debug;
        case event::ListenerSeverity::Warn:
            return log::Level::Warn;
        case event::ListenerSeverity::Error:
            break;
    }
    return log::Level::Error;
}
}  // namespace

class Listeners::Pool final : public event::ListenerHost {
  public:
    Pool(const process::Group& group, Listeners& all)
        : group_(group),
          all_(all),
          events_(options_of(group, all.identifier_), *this),
          breaks_(group.processes.size()) {}

    [[nodiscard]] const process::Group& group() const { return group_; }
    [[nodiscard]] event::ListenerPool& events() { return events_; }
    [[nodiscard]] std::size_t place_of(const process::Process& process) const {
        const auto& all = group_.processes;
        return static_cast<std::size_t>(
            std::ranges::find(all, &process, &std::unique_ptr<process::Process>::get) -
            all.begin());
    }

    [[nodiscard]] bool is_running(std::size_t process) const override {
        const auto& data = group_.processes[process]->data;
        return data.state == process::State::Running && !data.leader_gone;
    }

    Written write(std::size_t process, std::string_view text) override {
        const auto& writer = runtime_of(*group_.processes[process]).in;
        if (!writer) return Written::Closed;
        const auto written = writer->write(text);
        if (written) return Written::Yes;
        return written.error().code == ENOBUFS ? Written::Full : Written::Closed;
    }

    void log(event::ListenerSeverity severity, std::string_view text) override {
        all_.log_.log(level_of(severity), text);
    }
    [[nodiscard]] bool wants_log(event::ListenerSeverity severity) const override {
        return all_.log_.enabled(level_of(severity));
    }

    void overflowed() override {
        if (!all_.overflow_timer_.deadline())
            all_.overflow_timer_.set(os::Loop::now().mono + kTotalEvery);
    }
    void report_overflow() {
        const auto& totals = events_.totals();
        if (totals.dropped == reported_) return;
        all_.log_.warn(
            "pool {} has lost {} of {} events ({} since it was last said), its buffer_size is {}",
            group_.name(), totals.dropped, totals.accepted, totals.dropped - reported_,
            events_.buffer_size());
        reported_ = totals.dropped;
    }

    void take_output(std::size_t place, std::string_view bytes) {
        const auto before = events_.state(place);
        const auto answers = events_.answers();
        events_.output(place, bytes);
        if (events_.state(place) == event::ListenerState::Unknown) broke(place);
        if (events_.answers() != answers) breaks_[place].in_a_row = 0;
        // Who says more than was asked has no claim to be heard before all others.
        if (events_.state(place) == before && events_.answers() == answers)
            runtime_of(*group_.processes[place]).out.reader->lower_priority();
    }

    // What has been answered already makes room before the next event comes, and is not left to
    // the next turn of the loop: one death publishes three events, and the start of a process in
    // between is time enough for an answer.
    void hear_answers() {
        if (events_.queued() == 0) return;
        for (std::size_t i = 0; i < group_.processes.size(); ++i) {
            auto& reader = runtime_of(*group_.processes[i]).out.reader;
            if (events_.state(i) == event::ListenerState::Busy && reader) reader->read_answer();
        }
    }

    void holding() override {
        resume_at_ = os::Loop::now().mono + event::ListenerPool::kPatience;
        if (!all_.patience_timer_.deadline()) all_.patience_timer_.set(resume_at_);
    }
    // The next deadline, when there still is one.
    std::optional<MonoTime> resume_if_due(MonoTime now) {
        if (resume_at_ && *resume_at_ <= now) {
            resume_at_.reset();
            events_.resume();
        }
        return resume_at_;
    }

    void restore(event::PoolState saved) {
        reported_ = saved.totals.dropped;
        events_.restore(std::move(saved));
        for (std::size_t i = 0; i < breaks_.size(); ++i)
            if (events_.state(i) == event::ListenerState::Unknown) broke(i);
    }

    // Restarts what is due; the next deadline, when there is one. A listener that has ended by
    // itself meanwhile begins anew anyway.
    std::optional<MonoTime> restart_if_due(MonoTime now) {
        std::optional<MonoTime> next;
        for (std::size_t i = 0; i < breaks_.size(); ++i) {
            auto& at = breaks_[i].restart_at;
            if (at && *at <= now) {
                at.reset();
                if (events_.state(i) == event::ListenerState::Unknown && is_running(i))
                    all_.on_broken_(*group_.processes[i]);
            }
            if (at && (!next || *at < *next)) next = at;
        }
        return next;
    }

    [[nodiscard]] control::EventPoolInfo info() const {
        const auto& totals = events_.totals();
        control::EventPoolInfo info{
            group_.name(),    events_.buffer_size(), events_.queued(), totals.accepted,
            totals.delivered, totals.rejected,       totals.dropped,   {}};
        for (std::size_t i = 0; i < group_.processes.size(); ++i) {
            const auto& process = *group_.processes[i];
            info.listeners.push_back(
                {process.name(), process.data.state, event::listener_state_name(events_.state(i))});
        }
        return info;
    }

  private:
    struct Breaks {
        unsigned in_a_row = 0;  // without an answer in between
        std::optional<MonoTime> restart_at;
    };

    void broke(std::size_t place) {
        auto& breaks = breaks_[place];
        if (breaks.restart_at || !all_.on_broken_ || !is_running(place)) return;
        const auto wait =
            std::min(kRestartAfter * (1U << std::min(breaks.in_a_row, 10U)), kRestartAfterAtMost);
        breaks.in_a_row += 1;
        breaks.restart_at = os::Loop::now().mono + wait;
        const auto due = all_.restart_timer_.deadline();
        if (!due || *breaks.restart_at < *due) all_.restart_timer_.set(breaks.restart_at);
        all_.log_.warn("{} has broken the event protocol, it is restarted in {} s",
                       group_.processes[place]->name(), wait.count());
    }

    static event::ListenerPoolOptions options_of(const process::Group& group,
                                                 const std::string& identifier) {
        event::ListenerPoolOptions options;
        options.name = group.name();
        options.server = identifier;
        if (const auto& pool = group.config->listener_pool) {
            options.events = pool->events;
            options.buffer_size = static_cast<std::size_t>(std::max(pool->buffer_size, 1));
            if (pool->length_in_bytes) options.length = event::EventLength::Bytes;
        }
        for (const auto& process : group.processes) options.processes.push_back(process->name());
        return options;
    }

    const process::Group& group_;
    Listeners& all_;
    event::ListenerPool events_;
    std::vector<Breaks> breaks_;         // by process
    std::uint64_t reported_ = 0;         // of the dropped ones
    std::optional<MonoTime> resume_at_;  // while the pool holds its events back
};

Listeners::Listeners(event::Bus& bus, log::DaemonLog& log, std::string identifier,
                     std::uint64_t first_serial)
    : bus_(bus), log_(log), identifier_(std::move(identifier)), next_serial_(first_serial) {}

Listeners::~Listeners() = default;

Result<std::unique_ptr<Listeners>> Listeners::open(os::Loop& loop, event::Bus& bus,
                                                   log::DaemonLog& log, std::string identifier,
                                                   std::uint64_t first_serial) {
    std::unique_ptr<Listeners> listeners(
        new Listeners(bus, log, std::move(identifier), first_serial));
    auto* self = listeners.get();
    SVD_TRY(self->timer_, os::Timer::create(loop, [self] { self->on_timer(); }));
    SVD_TRY(self->overflow_timer_, os::Timer::create(loop, [self] { self->report_overflow(); }));
    SVD_TRY(self->patience_timer_, os::Timer::create(loop, [self] { self->resume(); }));
    SVD_TRY(self->restart_timer_, os::Timer::create(loop, [self] { self->restart_broken(); }));
    return listeners;
}

// --- pools ---------------------------------------------------------------------------------------

Listeners::Pool* Listeners::find(std::string_view group) const {
    const auto pool = std::ranges::find_if(
        pools_, [&](const auto& candidate) { return candidate->group().name() == group; });
    return pool == pools_.end() ? nullptr : pool->get();
}

void Listeners::add(const process::Group& group) {
    if (group.config->kind != config::ProgramKind::EventListener) return;
    remove(group.name());
    pools_.push_back(std::make_unique<Pool>(group, *this));
    if (pools_.size() == 1)
        subscription_ = bus_.subscribe([this](const event::Event& event) { on_event(event); });
    watch_ticks();
}

void Listeners::remove(std::string_view group) {
    if (Pool* pool = find(group)) pool->report_overflow();
    const auto gone = std::erase_if(
        pools_, [&](const auto& candidate) { return candidate->group().name() == group; });
    if (gone == 0) return;
    if (pools_.empty()) subscription_ = {};
    watch_ticks();
}

std::optional<event::PoolState> Listeners::save(const process::Group& group) const {
    Pool* pool = find(group.name());
    if (pool == nullptr) return std::nullopt;
    return pool->events().save();
}

void Listeners::restore(const process::Group& group, event::PoolState saved) {
    if (Pool* pool = find(group.name())) pool->restore(std::move(saved));
}

void Listeners::on_event(const event::Event& event) {
    std::shared_ptr<event::Event> accepted;
    for (const auto& pool : pools_) {
        if (!pool->events().wants(event.type)) continue;
        if (!accepted) {
            accepted = std::make_shared<event::Event>(event);
            accepted->serial = next_serial_;
            next_serial_ = event::serial_after(next_serial_);
        }
        pool->hear_answers();
        pool->events().accept(accepted);
    }
}

void Listeners::changed(const process::Process& process, process::State to) {
    if (!is_listener(process)) return;
    Pool* pool = find(process.group->name());
    if (pool == nullptr) return;
    const std::size_t place = pool->place_of(process);
    switch (to) {
        case process::State::Starting:
            return pool->events().starting(place);
        case process::State::Running:
            return pool->events().running(place);
        case process::State::Stopping:
            return;  // it may still answer
        case process::State::Stopped:
        case process::State::Backoff:
        case process::State::Exited:
        case process::State::Fatal:
            return pool->events().ended(place);
        case process::State::Unknown:
            return;  // it lives on
    }
}

void Listeners::output(const process::Process& process, std::uint64_t run, std::string_view bytes) {
    if (process.data.run != run) return;
    if (Pool* pool = find(process.group->name())) pool->take_output(pool->place_of(process), bytes);
}

void Listeners::writable(const process::Process& process, std::uint64_t run) {
    if (process.data.run != run) return;
    if (Pool* pool = find(process.group->name())) pool->events().writable(pool->place_of(process));
}

std::vector<control::EventPoolInfo> Listeners::info() const {
    std::vector<control::EventPoolInfo> pools;
    pools.reserve(pools_.size());
    for (const auto& pool : pools_) pools.push_back(pool->info());
    return pools;
}

void Listeners::report_overflow() {
    for (const auto& pool : pools_) pool->report_overflow();
}

void Listeners::resume() {
    const MonoTime now = os::Loop::now().mono;
    std::optional<MonoTime> next;
    for (const auto& pool : pools_) {
        const auto due = pool->resume_if_due(now);
        if (due && (!next || *due < *next)) next = due;
    }
    patience_timer_.set(next);
}

void Listeners::restart_broken() {
    const MonoTime now = os::Loop::now().mono;
    std::optional<MonoTime> next;
    for (const auto& pool : pools_) {
        const auto due = pool->restart_if_due(now);
        if (due && (!next || *due < *next)) next = due;
    }
    restart_timer_.set(next);
}

// --- ticks ---------------------------------------------------------------------------------------

void Listeners::watch_ticks() {
    std::vector<std::int64_t> wanted;
    const Now now = os::Loop::now();
    for (const std::int64_t period : event::tick_periods()) {
        const std::string type = event::tick(period, now.wall).type;
        if (std::ranges::any_of(pools_, [&](const auto& p) { return p->events().wants(type); }))
            wanted.push_back(period);
    }
    ticks_.watch(wanted, now.wall);
    on_timer();
}

void Listeners::on_timer() {
    const Now now = os::Loop::now();
    for (const std::int64_t period : ticks_.due(now.wall))
        bus_.publish(event::tick(period, now.wall));
    if (ticks_.empty())
        timer_.clear();
    else
        timer_.set(now.mono + ticks_.until_next(now.wall));
}

}  // namespace svd::daemon
