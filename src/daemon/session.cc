#include "daemon/session.h"

#include <algorithm>
#include <csignal>
#include <iterator>

#include <fmt/format.h>

#include "base/signal_table.h"
#include "base/version.h"
#include "daemon/log_options.h"
#include "daemon/main_log.h"
#include "daemon/memory.h"
#include "http/log_streams.h"
#include "http/pages.h"
#include "http/rpc.h"
#include "process/critical.h"

namespace svd::daemon {

using namespace std::chrono_literals;
using process::DaemonState;

namespace {
constexpr auto kDyingReportEvery = 3s;
constexpr auto kSendLastWordsFor = 1s;
// A slice of autostart; the loop serves everybody else in between.
constexpr std::size_t kStartsPerTurn = 8;
}  // namespace

Session::Session(Setup setup, log::DaemonLog& log, os::Loop loop)
    : setup_(std::move(setup)),
      log_(log),
      loop_(std::move(loop)),
      files_(log.notice_handler()),
      bus_(setup_.first_serial) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(Setup setup, log::DaemonLog& log) {
    SVD_TRY(auto loop, os::Loop::create());
    std::unique_ptr<Session> session(new Session(std::move(setup), log, std::move(loop)));
    SVD_CHECK(session->open_parts());
    SVD_CHECK(session->open_sources());
    SVD_CHECK(session->take_signals());
    SVD_CHECK(session->open_doors());
    SVD_CHECK(session->open_dbus());
    SVD_CHECK(session->open_upgrade());
    session->open_kept_state();
    return session;
}

Status Session::open_parts() {
    loop_.on_exception(
        [this](std::string_view what) { log_.critical("unexpected error: {}", what); });
    if (setup_.taken_over) {
        flight_ = std::move(setup_.taken_over->flight);
    } else {
        SVD_TRY(flight_, log::Flight::create());
    }
    files_.set_flight(flight_.get());
    SVD_TRY(children_, os::ChildTable::create(loop_, [this](const os::StrayReport& stray) {
                if (executor_) executor_->report_stray(stray);
            }));
    os::Scopes::Options scopes;
    scopes.cgroup.mark = setup_.keeper.base;
    if (setup_.resume) {
        scopes.cgroup.name = setup_.resume->cgroup;
        scopes.cgroup.adopt = true;
        scopes.force_walk = setup_.resume->cgroup.empty();
        if (setup_.taken_over && !scopes.force_walk) {
            scopes.cgroup.place = setup_.taken_over->place;
            scopes.cgroup.locked = setup_.taken_over->cgroup.get();
        }
    }
    SVD_TRY(scopes_, os::Scopes::open(loop_, *children_, scopes));
    if (scopes_->walking())
        log_.info(
            "no cgroup can be used, descendants are found by walking /proc, and programs are "
            "not found again if svd-keeper is killed with svd: {}",
            scopes_->why_walking());
    controllers_ = std::make_unique<Controllers>(*scopes_, log_);
    if (auto provided = controllers_->provide(*setup_.config); !provided) {
        // Programs that run already are not to pay for it.
        if (!setup_.resume) return provided;
        log_.critical("{}", provided.error().text);
    }
    SVD_TRY(listeners_, Listeners::open(loop_, bus_, log_, setup_.config->daemon.identifier,
                                        setup_.first_listener_serial));
    SVD_TRY(journal_, JournalLink::open(loop_, log_));
    executor_ = std::make_unique<Executor>(
        Parts{loop_, *children_, *scopes_, log_, files_, *flight_, *controllers_, bus_, *listeners_,
              *journal_, *setup_.config, setup_.environment, setup_.limits});
    fleet_ = std::make_unique<process::Fleet>(*executor_);
    executor_->attach(*fleet_);
    listeners_->on_broken([this](process::Process& process) {
        fleet_->feed(process, process::StopRequested{}, now());
        fleet_->feed(process, process::StartRequested{}, now());
    });
    executor_->on_change([this] { settle_soon(); });
    executor_->on_critical_end([this](const auto& process) { end_with(process); });
    executor_->on_shutdown_complete([this](DaemonState how) { finish(how); });
    supervisor_ = std::make_unique<control::Supervisor>(*fleet_, *this, setup_.config);
    executor_->last_read_by([this] { return supervisor_->last_read(); });
    SVD_TRY(service_, ServiceLink::open(loop_, *fleet_));
    return {};
}

Status Session::open_sources() {
    SVD_TRY(timer_, os::Timer::create(loop_, [this] { on_timer(); }));
    SVD_TRY(last_words_, os::Timer::create(loop_, [this] { finish(*outcome_); }));
    SVD_TRY(settle_,
            os::Defer::create(loop_, [this] { return settle_turn(); }, os::Priority::Control));
    SVD_TRY(start_, os::Defer::create(loop_, [this] { return start_turn(); }));
    SVD_TRY(tidy_, os::Defer::create(loop_, [] {
                return_free_memory();
                return false;
            }));
    return {};
}

Status Session::open_doors() {
    http::Hooks hooks;
    hooks.log = [this](http::Severity severity, std::string_view text) {
        switch (severity) {
            case http::Severity::Trace:
                return log_.log(log::Level::Trace, text);
            case http::Severity::Info:
                return log_.log(log::Level::Info, text);
            case http::Severity::Error:
                return log_.log(log::Level::Error, text);
            case http::Severity::Critical:
                return log_.log(log::Level::Critical, text);
        }
    };
    if (log_.enabled(log::Level::Trace))
        hooks.access = [this](const http::Access& access) {
            log_.trace("{}:{} - - \"{}\" {} {}", access.peer.address, access.peer.port,
                       access.request_line, access.status, access.bytes);
        };
    http::RpcOptions rpc;
    rpc.log = hooks.log;
    rpc.trace = log_.enabled(log::Level::Trace);
    rpc.version = kSupervisorVersion;
    auto routes =
        http::make_routes(loop_, *supervisor_, setup_.config->rpc_interfaces, std::move(rpc));
    SVD_TRY(auto log_routes, http::make_log_routes(loop_, *supervisor_));
    std::ranges::move(log_routes, std::back_inserter(routes));
    SVD_TRY(auto page_routes, http::make_page_routes(*supervisor_));
    std::ranges::move(page_routes, std::back_inserter(routes));
    routes.push_back(http::ok_route());
    server_ =
        std::make_unique<http::Server>(loop_, std::move(routes), http::Limits{}, std::move(hooks));
    return open_listeners();
}

Status Session::open_dbus() {
    dbus::DoorOptions options;
    options.choice = setup_.config->daemon.dbus;
    options.config_file = setup_.config->path;
    if (setup_.resume) options.clients = setup_.resume->bus_clients;
    options.log_file = log_.path();
    options.log = [this](config::LogLevel level, std::string_view text) {
        log_.log(level_of(level), text);
    };
    SVD_TRY(dbus_, dbus::make_door(loop_, *supervisor_, bus_, std::move(options)));
    if (dbus_)
        executor_->on_detail_change(
            [this](const process::Process& process) { dbus_->changed(process); });
    return {};
}

Status Session::open_listeners() {
    for (auto& server : setup_.servers) {
        http::Listener listener{{}, server.section, std::nullopt};
        if (server.auth) listener.auth = http::Auth{server.auth->username, server.auth->password};
        SVD_TRY(listener.fd, duplicate(server.listener.fd()));
        SVD_CHECK(server_->listen(std::move(listener)));
    }
    return {};
}

// --- running -------------------------------------------------------------------------------------

Result<DaemonState> Session::run() {
    if (setup_.resume) {
        take_up(*std::exchange(setup_.resume, std::nullopt));
        if (auto taken = std::move(setup_.taken_over)) finish_taking_over(std::move(*taken));
    } else {
        // The groups share ownership of the configuration that the session starts with.
        for (const auto& group : setup_.config->groups)
            fleet_->add_group(std::shared_ptr<const config::GroupConfig>(setup_.config, &group));
        bus_.publish(event::supervisor_running(now().wall));
        for (const auto* group : fleet_->groups_by_priority()) fleet_->queue_autostart(*group);
    }
    if (!requested_) start_.enable();
    if (dbus_) dbus_->open();
    SVD_TRY(const int code, loop_.run());
    static_cast<void>(code);
    return outcome_.value_or(DaemonState::Shutdown);
}

bool Session::start_turn() {
    if (fleet_->start_some(kStartsPerTurn, now())) return true;
    if (kept_) kept_->begin();
    service_->ready();
    // What reading the configuration needed is free now, at start as after an update. But first all
    // that is to be written down for a successor.
    tidy_.enable();
    return false;
}

void Session::settle_soon() {
    settle_.enable();
}

// Runs once at the end of a turn in which something changed.
bool Session::settle_turn() {
    if (requested_) begin_shutdown();
    if (!left_behind_.empty()) forget_left_behind();
    supervisor_->settle();
    service_->programs_changed();
    flight_->note({bus_.next_serial(), listeners_->next_serial()});
    if (fleet_->start_some(0, now())) start_.enable();
    rearm();
    return false;
}

void Session::rearm() {
    std::optional<MonoTime> next = fleet_->next_deadline();
    for (const auto other : {supervisor_->next_deadline(), next_dying_report_})
        if (other && (!next || *other < *next)) next = other;
    timer_.set(next);
}

void Session::on_timer() {
    const Now time = now();
    fleet_->on_time(time);
    supervisor_->on_time(time);
    if (next_dying_report_ && time.mono >= *next_dying_report_) report_dying(time);
    rearm();
    settle_soon();
}

// --- ending --------------------------------------------------------------------------------------

control::Outcome<void> Session::request_shutdown(DaemonState how) {
    if (how == DaemonState::Restarting) {
        const auto checked = read_config();
        if (!checked) return control::refuse(control::FaultCode::CantReread, checked.error().text);
        for (const auto& problem : controller_problems(**checked))
            if (problem.severity == config::Severity::Error)
                return control::refuse(control::FaultCode::CantReread, problem.text);
    }
    requested_ = how;
    settle_soon();
    return {};
}

void Session::end_with(const process::Process& critical) {
    if (requested_ == DaemonState::Shutdown || fleet_->daemon_state() != DaemonState::Running)
        return;
    exit_code_ = process::daemon_exit_code(critical.data);
    log_.warn("critical program {} has ended, svd ends with exit code {}", critical.namespec(),
              exit_code_);
    static_cast<void>(request_shutdown(DaemonState::Shutdown));  // only a restart is refused
}

void Session::begin_shutdown() {
    const auto how = *std::exchange(requested_, std::nullopt);
    const bool first = fleet_->daemon_state() == DaemonState::Running;
    if (first) {
        bus_.publish(event::supervisor_stopping(now().wall));
        if (!fleet_->unstopped().empty()) report_dying(now());
    }
    fleet_->begin_shutdown(how, now());
    tell_ending("");
}

void Session::report_dying(const Now& time) {
    std::string names;
    for (const auto* process : fleet_->unstopped()) {
        if (!names.empty()) names += ", ";
        names += process->name();
        log_.blather("{} state: {}", process->name(), process::state_name(process->data.state));
    }
    next_dying_report_.reset();
    if (names.empty()) return;
    log_.info("waiting for {} to die", names);
    next_dying_report_ = time.mono + kDyingReportEvery;
    if (fleet_->daemon_state() != DaemonState::Running) tell_ending(names);
}

void Session::tell_ending(const std::string& waiting_for) {
    const bool in_time = std::ranges::any_of(
        fleet_->unstopped(), [](const auto* process) { return !process->data.killed; });
    service_->ending(fleet_->daemon_state(), waiting_for, in_time);
}

// Everything is stopped. Answers that clients have not read yet get a moment.
void Session::finish(DaemonState how) {
    if (!outcome_) {
        give_up_sending_ = now().mono + kSendLastWordsFor;
        server_->stop_listening();
    }
    outcome_ = how;
    const bool unsent = server_->unsent_count() > 0 || (dbus_ && dbus_->has_unsent());
    if (!unsent || now().mono >= give_up_sending_)
        loop_.exit(0);
    else
        last_words_.set(now().mono + 5ms);
}

// --- signals -------------------------------------------------------------------------------------

Status Session::take_signals() {
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR2, SIGUSR1, SIGALRM, SIGVTALRM,
                             SIGPROF, SIGIO, SIGPWR, SIGSTKFLT}) {
        SVD_TRY(auto watch, os::SignalWatch::add(
                                loop_, number, [this, number](const auto&) { on_signal(number); }));
        signals_.push_back(std::move(watch));
    }
    return {};
}

void Session::on_signal(int number) {
    switch (number) {
        case SIGTERM:
        case SIGINT:
        case SIGQUIT:
            return exit_on_signal(number);
        case SIGHUP:
            return restart_on_hangup();
        case SIGUSR2:
            return reopen_logs();
        case SIGUSR1:
            return upgrade_on_signal();
        default:
            log_.blather("received {} indicating nothing", signal_name(number));
    }
}

void Session::exit_on_signal(int number) {
    log_.warn("received {} indicating exit request", signal_name(number));
    static_cast<void>(request_shutdown(DaemonState::Shutdown));  // only a restart is refused
}

void Session::restart_on_hangup() {
    if (fleet_->daemon_state() == DaemonState::Shutdown || requested_ == DaemonState::Shutdown) {
        log_.warn("ignored SIGHUP indicating restart request (shutdown in progress)");
        return;
    }
    log_.warn("received SIGHUP indicating restart request");
    if (const auto refused = request_shutdown(DaemonState::Restarting); !refused)
        log_.error("not restarted, everything goes on as it is: {}", refused.error().text());
}

void Session::upgrade_on_signal() {
    log_.info("received SIGUSR1 indicating upgrade request");
    upgrade([](const control::Outcome<void>&) {});  // the log says what became of it
}

void Session::reopen_logs() {
    log_.info("received SIGUSR2 indicating log reopen request");
    log_.info("supervisord logreopen");
    if (const auto reopened = log_.reopen(); !reopened)
        log_.error("cannot reopen the main log: {}", reopened.error().text);
    executor_->reopen_logs();
    if (!restore_sockets(*setup_.config, setup_.servers, log_)) return;
    server_->stop_listening();
    if (const auto listening = open_listeners(); !listening)
        log_.critical("cannot listen again: {}", listening.error().text);
}

}  // namespace svd::daemon
