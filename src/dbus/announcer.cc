#include "dbus/announcer.h"

#include <systemd/sd-bus.h>

#include "dbus/paths.h"
#include "dbus/values.h"

namespace svd::dbus {

namespace {

constexpr const char* kManager = "org.svd1.Manager";
constexpr const char* kGroup = "org.svd1.Group";
constexpr const char* kProcess = "org.svd1.Process";
constexpr std::string_view kStatePrefix = "PROCESS_STATE_";

// "from_state:STARTING" of a payload.
std::string_view from_state(std::string_view payload) {
    constexpr std::string_view kKey = " from_state:";
    const auto at = payload.find(kKey);
    if (at == std::string_view::npos) return {};
    const auto rest = payload.substr(at + kKey.size());
    return rest.substr(0, rest.find(' '));
}

}  // namespace

Announcer::Announcer(const control::Supervisor& supervisor, sd_bus* bus,
                     std::function<void()> flush_soon)
    : supervisor_(supervisor), bus_(bus), flush_soon_(std::move(flush_soon)), subscribers_(bus) {}

bool Announcer::is_empty() const {
    return notices_.empty() && processes_.empty() && groups_.empty() && !manager_ && lost_ == 0;
}

// --- taking note ---------------------------------------------------------------------------------

void Announcer::put(Notice notice) {
    if (notices_.size() >= kMostNotices) {
        notices_.pop_front();
        ++lost_;
    }
    notices_.push_back(std::move(notice));
    flush_soon_();
}

void Announcer::note_state(const event::Event& event) {
    if (!has_listeners()) return;
    Notice notice{Kind::State, event.serial, event.group, event.process};
    notice.state = event.type.substr(kStatePrefix.size());
    notice.from = from_state(event.payload);
    notice.at = microseconds(event.at);
    put(std::move(notice));
    processes_.emplace(event.group, event.process);
    groups_.insert(event.group);
    manager_ = true;
}

void Announcer::note(const event::Event& event) {
    if (event.type.starts_with(kStatePrefix)) return note_state(event);
    if (event.type == "PROCESS_GROUP_ADDED") {
        put({Kind::GroupAdded, event.serial, event.group});
        if (const auto* group = supervisor_.find_group(event.group))
            for (const auto* process : group->members_by_name())
                put({Kind::ProcessAdded, event.serial, event.group, process->name()});
    } else if (event.type == "PROCESS_GROUP_REMOVED") {
        put({Kind::GroupRemoved, event.serial, event.group});
    } else if (!event.type.starts_with("SUPERVISOR_STATE_CHANGE")) {
        return;
    }
    if (!has_listeners()) return;
    manager_ = true;
    flush_soon_();
}

void Announcer::leaving(const process::Group& group) {
    for (const auto* process : group.members_by_name()) {
        put({Kind::ProcessRemoved, 0, group.name(), process->name()});
        processes_.erase({group.name(), process->name()});
    }
    groups_.erase(group.name());
}

void Announcer::changed(const process::Process& process) {
    if (!has_listeners()) return;
    processes_.emplace(process.group->name(), process.name());
    flush_soon_();
}

void Announcer::reloading(bool active) {
    if (!has_listeners()) return;
    Notice notice{Kind::Reloading};
    notice.active = active;
    put(std::move(notice));
}

// --- sending -------------------------------------------------------------------------------------

void Announcer::send(const Notice& notice) {
    const auto list = [](const char* interface) {
        return std::array<char*, 2>{const_cast<char*>(interface), nullptr};
    };
    const auto added = [&](const std::string& path, const char* interface) {
        sd_bus_emit_interfaces_added_strv(bus_, path.c_str(), list(interface).data());
    };
    const auto removed = [&](const std::string& path, const char* interface) {
        sd_bus_emit_interfaces_removed_strv(bus_, path.c_str(), list(interface).data());
    };
    switch (notice.kind) {
        case Kind::State:
            sd_bus_emit_signal(bus_, kRoot, kManager, "ProcessStateChanged", "tssosst",
                               notice.serial, notice.group.c_str(), notice.process.c_str(),
                               process_path(notice.group, notice.process).c_str(),
                               notice.state.c_str(), notice.from.c_str(), notice.at);
            return;
        case Kind::GroupAdded:
            added(group_path(notice.group), kGroup);
            sd_bus_emit_signal(bus_, kRoot, kManager, "GroupAdded", "tso", notice.serial,
                               notice.group.c_str(), group_path(notice.group).c_str());
            return;
        case Kind::GroupRemoved:
            removed(group_path(notice.group), kGroup);
            sd_bus_emit_signal(bus_, kRoot, kManager, "GroupRemoved", "tso", notice.serial,
                               notice.group.c_str(), group_path(notice.group).c_str());
            return;
        case Kind::ProcessAdded:
            // It may be gone again, and then there is nothing to tell of it.
            return added(process_path(notice.group, notice.process), kProcess);
        case Kind::ProcessRemoved:
            return removed(process_path(notice.group, notice.process), kProcess);
        case Kind::Reloading:
            sd_bus_emit_signal(bus_, kRoot, kManager, "Reloading", "b", notice.active ? 1 : 0);
            return;
    }
}

void Announcer::send_lost() {
    sd_bus_emit_signal(bus_, kRoot, kManager, "SignalsLost", "t", lost_);
    lost_ = 0;
}

// Of what happened first, then of what things are now.
bool Announcer::send_one() {
    if (lost_ != 0) {
        send_lost();
    } else if (!notices_.empty()) {
        send(notices_.front());
        notices_.pop_front();
    } else if (!processes_.empty()) {
        const auto name = processes_.extract(processes_.begin()).value();
        if (supervisor_.find(name.first, name.second) != nullptr)
            sd_bus_emit_properties_changed_strv(bus_, process_path(name.first, name.second).c_str(),
                                                kProcess, nullptr);
    } else if (!groups_.empty()) {
        const auto name = groups_.extract(groups_.begin()).value();
        if (supervisor_.find_group(name) != nullptr)
            sd_bus_emit_properties_changed_strv(bus_, group_path(name).c_str(), kGroup, nullptr);
    } else if (std::exchange(manager_, false)) {
        sd_bus_emit_properties_changed_strv(bus_, kRoot, kManager, nullptr);
    } else {
        return false;
    }
    return true;
}

bool Announcer::flush(const BusPump& pump) {
    for (int i = 0; i < kPerTurn; ++i) {
        if (pump.is_full()) return false;  // it goes on when the bus has taken some
        if (!send_one()) return false;
    }
    return !is_empty();
}

}  // namespace svd::dbus
