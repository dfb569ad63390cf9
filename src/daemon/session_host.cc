// Session as control::Host: what the verbs need from the daemon around them.
#include "base/signal_table.h"
#include "daemon/log_options.h"
#include "daemon/main_log.h"
#include "daemon/session.h"
#include "linux/accounting.h"
#include "linux/children.h"

namespace svd::daemon {

namespace {
log::Channel log_channel(control::Channel channel) {
    return channel == control::Channel::Stdout ? log::Channel::Stdout : log::Channel::Stderr;
}
}  // namespace

void Session::log(config::LogLevel level, std::string_view text) {
    log_.log(level_of(level), text);
}

void Session::collect_children() {
    children_->collect();
}

Result<std::shared_ptr<const config::Config>> Session::read_config() {
    service_->reading();
    auto loaded = config::load(setup_.request);
    const auto* error = loaded.problems.first_error();
    const Status read = error != nullptr ? fail("{}", error->text) : Status{};
    service_->read(read);
    SVD_CHECK(read);
    log_problems(loaded.problems, log_);
    auto config = std::make_shared<const config::Config>(*std::move(loaded.config));
    // Running programs may be limited by it at once.
    if (const auto provided = controllers_->provide(*config); !provided)
        log_.warn("{}", provided.error().text);
    return config;
}

void Session::limits_changed(process::Group& group, const config::GroupConfig& before) {
    executor_->limits_changed(group, before);
}

std::optional<control::Fault> Session::check_command(const process::Process& process) {
    auto command = find_command(*process.config, setup_.environment);
    if (command) return std::nullopt;
    return std::move(command).error();
}

std::optional<std::string> Session::send_signal(process::Process& process, int number) {
    log_.debug("sending {} (pid {}) sig {}", process.name(), process.data.pid, signal_name(number));
    runtime_of(process).signal_on_request = number;
    auto failed = executor_->signal(process, number, false);
    if (!failed) {
        if (Executor::holds_back(process, number))
            log_.info("{} is paused: if it handles {}, then not before it is resumed",
                      process.name(), signal_name(number));
        return std::nullopt;
    }
    std::string why = failed->why;
    fleet_->feed(process, *failed, now());
    return why;
}

Status Session::order_pause(process::Process& process, bool pause) {
    return executor_->order_pause(process, pause);
}

const control::PauseState& Session::pause_state(const process::Process& process) const {
    static const control::PauseState never;
    const auto& pause = runtime_of(process).pause;
    return pause ? pause->state : never;
}

const process::Told& Session::told(const process::Process& process) const {
    static const process::Told nothing;
    const auto& notify = runtime_of(process).notify;
    return notify ? notify->told : nothing;
}

control::Outcome<void> Session::write_stdin(process::Process& process, std::string_view text) {
    auto& writer = runtime_of(process).in;
    if (!writer) return control::refuse(control::FaultCode::NoFile, process.name());
    if (const auto written = writer->write(text); !written)
        return control::refuse(control::FaultCode::NoFile, process.name());
    return {};
}

std::string Session::log_path(const process::Process& process, control::Channel channel) const {
    return executor_->log_path(process, log_channel(channel));
}

Status Session::clear_logs(process::Process& process) {
    return executor_->clear_logs(process);
}

Status Session::rotate_logs(process::Process& process) {
    return executor_->rotate_logs(process);
}

Status Session::reopen_logs(process::Process& process) {
    return executor_->reopen_logs(process);
}

std::string Session::main_log_path() const {
    return std::string(log_.path());
}

Status Session::clear_main_log() {
    return log_.clear();
}

Status Session::rotate_main_log() {
    return log_.rotate();
}

void Session::remote_communication(std::string_view type, std::string_view data) {
    bus_.publish(event::remote_communication(type, data, now().wall));
}

Usage Session::usage(const process::Process& process, bool limits) const {
    if (process.data.pid == 0) return {};
    const auto& scope = runtime_of(process).scope;
    Usage usage = os::read_usage(scope, process.deaths ? process.deaths->at_end : Counters{});
    if (limits) os::read_limits(scope, usage);
    return usage;
}

std::vector<control::EventPoolInfo> Session::event_pools() const {
    return listeners_->info();
}

}  // namespace svd::daemon
