#include "cli/json_output.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "cli/namespec.h"
#include "cli/usage_table.h"

namespace svd::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json text(const wire::Value& info, std::string_view name) {
    return std::string(text_member(info, name));
}

bool flag(const wire::Value& info, std::string_view name) {
    const auto* member = info.find(name);
    return member && member->bool_or();
}

Json error_list(const std::vector<NamedError>& errors) {
    auto list = Json::array();
    for (const auto& error : errors) list.push_back({{"name", error.name}, {"error", error.error}});
    return list;
}

Json process_entry(const wire::Value& info) {
    Json entry;
    entry["name"] = namespec_of(info);
    entry["group"] = text(info, "group");
    entry["process"] = text(info, "name");
    entry["state"] = text(info, "statename");
    entry["statecode"] = int_member(info, "state");
    entry["description"] = text(info, "description");
    for (const char* name : {"pid", "start", "stop", "now", "exitstatus"})
        entry[name] = int_member(info, name);
    for (const char* name : {"spawnerr", "stdout_logfile", "stderr_logfile"})
        entry[name] = text(info, name);
    return entry;
}

// Numbers that are whole are written without a point, whatever they came as.
Json converted(const wire::Value& value) {
    if (const auto* text = value.get_if<std::string>()) return *text;
    if (const auto* flag = value.get_if<bool>()) return *flag;
    if (const auto* number = value.get_if<double>()) {
        constexpr double kExact = 9007199254740992.0;  // 2^53
        if (std::fabs(*number) <= kExact && std::trunc(*number) == *number)
            return static_cast<std::int64_t>(*number);
        return *number;
    }
    if (const auto* members = value.get_if<wire::Struct>()) {
        auto object = Json::object();
        for (const auto& [name, member] : *members) object[name] = converted(member);
        return object;
    }
    if (value.is<wire::Array>()) {
        auto list = Json::array();
        for (const auto& element : value.elements()) list.push_back(converted(element));
        return list;
    }
    return value.int_or();
}

// A struct with group, name, state and statename, under the keys that `status` has for them.
Json converted_process(const wire::Value& process) {
    Json entry;
    entry["name"] = namespec_of(process);
    entry["group"] = text(process, "group");
    entry["process"] = text(process, "name");
    entry["state"] = text(process, "statename");
    entry["statecode"] = int_member(process, "state");
    if (const auto* members = process.get_if<wire::Struct>())
        for (const auto& [name, member] : *members)
            if (name != "statename" && !entry.contains(name)) entry[name] = converted(member);
    return entry;
}

Json listener_entry(const wire::Value& pool, const wire::Value& process) {
    const auto name = text_member(process, "name");
    Json entry;
    entry["name"] = make_namespec(text_member(pool, "group"), name);
    entry["process"] = std::string(name);
    entry["state"] = text(process, "statename");
    entry["statecode"] = int_member(process, "state");
    entry["listener_state"] = text(process, "listener_state");
    return entry;
}

Json group_names(const wire::Array& changes, std::size_t index) {
    auto list = Json::array();
    if (index < changes.size())
        for (const auto& name : changes[index].elements())
            list.push_back(std::string(name.text_or()));
    return list;
}

}  // namespace

std::string status_json(const std::vector<const wire::Value*>& infos,
                        const std::vector<NamedError>& errors) {
    Json document{{"processes", Json::array()}, {"errors", error_list(errors)}};
    for (const auto* info : infos) document["processes"].push_back(process_entry(*info));
    return dump(document);
}

std::string avail_json(const wire::Array& configs) {
    Json document{{"processes", Json::array()}};
    for (const auto& config : configs) {
        Json entry;
        entry["name"] = namespec_of(config);
        entry["group"] = text(config, "group");
        entry["process"] = text(config, "name");
        entry["in_use"] = flag(config, "inuse");
        entry["autostart"] = flag(config, "autostart");
        entry["group_priority"] = int_member(config, "group_prio");
        entry["process_priority"] = int_member(config, "process_prio");
        document["processes"].push_back(std::move(entry));
    }
    return dump(document);
}

std::string reread_json(const wire::Array& changes) {
    return dump({{"available", group_names(changes, 0)},
                 {"changed", group_names(changes, 1)},
                 {"disappeared", group_names(changes, 2)}});
}

std::string events_json(const wire::Array& pools) {
    Json document{{"pools", Json::array()}};
    for (const auto& pool : pools) {
        Json entry;
        entry["group"] = text(pool, "group");
        for (const char* name :
             {"buffer_size", "queued", "accepted", "delivered", "rejected", "dropped"})
            entry[name] = int_member(pool, name);
        entry["processes"] = Json::array();
        if (const auto* processes = pool.find("processes"))
            for (const auto& process : processes->elements())
                entry["processes"].push_back(listener_entry(pool, process));
        document["pools"].push_back(std::move(entry));
    }
    return dump(document);
}

std::string why_json(const std::vector<const wire::Value*>& processes,
                     const std::vector<NamedError>& errors) {
    Json document{{"processes", Json::array()}, {"errors", error_list(errors)}};
    for (const auto* process : processes)
        document["processes"].push_back(converted_process(*process));
    return dump(document);
}

std::string long_status_json(const std::vector<const wire::Value*>& infos,
                             const std::vector<NamedError>& errors) {
    return why_json(infos, errors);  // both are all members of a struct
}

std::string usage_json(const std::vector<UsageRow>& rows, bool groups) {
    auto list = Json::array();
    const auto figure = [](const std::optional<double>& value) {
        return value ? converted(wire::Value(*value)) : Json();
    };
    for (const auto& row : rows) {
        Json entry{{"name", row.label}, {"group", row.group}};
        if (!groups) entry["process"] = row.name;
        entry["state"] = row.statename;
        if (!groups) entry["pid"] = row.pid;
        if (!groups) entry["uptime"] = row.uptime;
        entry["cpu"] = figure(row.cpu);
        entry["cpu_percent"] = figure(row.cpu_percent);
        entry["memory"] = figure(row.memory);
        if (!groups) entry["memory_peak"] = figure(row.memory_peak);
        entry["tasks"] = figure(row.tasks);
        entry["io_read"] = figure(row.read);
        entry["io_written"] = figure(row.written);
        entry["io_rate"] = figure(row.io_rate);
        entry["restarts"] = row.restarts;
        if (!groups) entry["last_end"] = row.last_end;
        if (!groups) entry["last_end_at"] = row.last_end_at;
        list.push_back(std::move(entry));
    }
    return dump({{groups ? "groups" : "processes", std::move(list)}});
}

std::string update_json(const UpdateReport& report) {
    return dump({{"removed", report.removed},
                 {"updated", report.updated},
                 {"added", report.added},
                 {"errors", error_list(report.errors)}});
}

}  // namespace svd::cli
