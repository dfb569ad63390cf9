// Reading and clearing logs.
#include "control/pending.h"
#include "control/supervisor.h"
#include "log/tail.h"
#include "log/valid_text.h"

namespace svd::control {

namespace {
Fault read_fault(log::ReadFault fault, const std::string& path) {
    switch (fault) {
        case log::ReadFault::NoFile:
            return {FaultCode::NoFile, path};
        case log::ReadFault::BadArguments:
            return {FaultCode::BadArguments};
        case log::ReadFault::Failed:
            break;
    }
    return {FaultCode::Failed};
}

Outcome<std::string> read_text(const std::string& path, std::int64_t offset, std::int64_t length) {
    auto bytes = log::read_log(path, offset, length);
    if (!bytes) return std::unexpected(read_fault(bytes.error(), path));
    return log::to_valid_text(*bytes);
}
}  // namespace

Outcome<std::string> Supervisor::read_log(std::int64_t offset, std::int64_t length) {
    const auto path = host_.main_log_path();
    if (path.empty()) return refuse(FaultCode::NoFile, "syslog");
    return read_text(path, offset, length);
}

Outcome<void> Supervisor::clear_log() {
    if (host_.main_log_path().empty()) return refuse(FaultCode::NoFile);
    if (!host_.clear_main_log()) return refuse(FaultCode::Failed);
    host_.log(config::LogLevel::Info, "reopening log file");
    return {};
}

Outcome<std::string> Supervisor::read_process_log(std::string_view name, Channel channel,
                                                  std::int64_t offset, std::int64_t length) {
    auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    const auto path = host_.log_path(**process, channel);
    if (path.empty()) return refuse(FaultCode::NoFile);
    return read_text(path, offset, length);
}

Outcome<TailChunk> Supervisor::tail_process_log(std::string_view name, Channel channel,
                                                std::int64_t offset, std::int64_t length) {
    auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    const auto path = host_.log_path(**process, channel);
    if (path.empty()) return TailChunk{};
    const auto tail = log::tail_log(path, offset, length);
    if (!tail) return TailChunk{{}, tail.error() == log::ReadFault::NoFile ? 0 : offset, false};
    return TailChunk{log::to_valid_text(tail->bytes), tail->offset, tail->overflow};
}

Outcome<std::string> Supervisor::log_path_of(std::string_view name, Channel channel) const {
    const auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    auto path = host_.log_path(**process, channel);
    if (path.empty()) return refuse(FaultCode::NoFile);
    return path;
}

Outcome<std::string> Supervisor::main_log_path() const {
    auto path = host_.main_log_path();
    if (path.empty()) return refuse(FaultCode::NoFile);
    return path;
}

Outcome<void> Supervisor::clear_process_logs(std::string_view name) {
    auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    if (!host_.clear_logs(**process)) return refuse(FaultCode::Failed, std::string(name));
    return {};
}

MemberResults Supervisor::clear_all_process_logs() {
    Pending results;
    for (auto* process : all_by_priority()) {
        const Member member{process, process->namespec()};
        results.add_result(member, clear_process_logs(member.name));
    }
    return std::move(results.results);
}

Outcome<void> Supervisor::rotate_log() {
    if (host_.main_log_path().empty()) return refuse(FaultCode::NoFile);
    if (auto done = host_.rotate_main_log(); !done)
        return refuse(FaultCode::Failed, std::move(done.error().text));
    return {};
}

MemberResults Supervisor::work_on_logs(const std::vector<process::Process*>& members,
                                       LogWork work) {
    Pending results;
    for (auto* process : members) {
        const auto done = (host_.*work)(*process);
        results.add_result(
            {process, {}},
            done ? Outcome<void>{} : Outcome<void>(refuse(FaultCode::Failed, done.error().text)));
    }
    return std::move(results.results);
}

Outcome<MemberResults> Supervisor::work_on_logs(std::string_view name, LogWork work) {
    if (const auto spec = split_namespec(name); !spec.process) {
        const auto* group = fleet_.find_group(spec.group);
        if (!group) return refuse(FaultCode::BadName, std::string(name));
        return work_on_logs(group->by_priority(), work);
    }
    const auto process = find_one(name);
    if (!process) return std::unexpected(process.error());
    if (auto done = (host_.*work)(**process); !done)
        return refuse(FaultCode::Failed, std::move(done.error().text));
    return MemberResults{};
}

Outcome<MemberResults> Supervisor::rotate_process_logs(std::string_view name) {
    return work_on_logs(name, &Host::rotate_logs);
}

MemberResults Supervisor::rotate_all_process_logs() {
    return work_on_logs(all_by_priority(), &Host::rotate_logs);
}

Outcome<MemberResults> Supervisor::reopen_process_logs(std::string_view name) {
    return work_on_logs(name, &Host::reopen_logs);
}

MemberResults Supervisor::reopen_all_process_logs() {
    return work_on_logs(all_by_priority(), &Host::reopen_logs);
}

}  // namespace svd::control
