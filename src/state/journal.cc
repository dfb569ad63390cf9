#include "state/journal.h"

#include <algorithm>
#include <unordered_map>

#include "state/members.h"

namespace svd::state {

SVD_STATE(Identity, fd, inode)
SVD_STATE(KeptDaemon, version, snapshot, cgroup_parent, cgroup_path, cgroup, flight, staging,
          generation, complete, descriptors)
SVD_STATE(KeptProcess, process, pidfd, descriptors)

namespace {
using nlohmann::json;

enum class Kind : std::uint8_t { Daemon = 1, Group = 2, Process = 3, Gone = 4 };
constexpr std::size_t kHead = 7;
constexpr char kBetween = '\0';  // in the key of a process; no name has it

template <class T>
void put_number(std::string& bytes, T number) {
    const std::uint64_t wide = number;
    for (std::size_t i = 0; i < sizeof number; ++i)
        bytes += static_cast<char>(wide >> (8 * i) & 0xffU);
}

template <class T>
T get_number(std::string_view bytes) {
    std::uint64_t wide = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        wide |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return static_cast<T>(wide);
}

std::string record(Kind kind, std::string_view key, std::string_view payload) {
    std::string bytes;
    bytes.reserve(kHead + key.size() + payload.size());
    put_number(bytes, static_cast<std::uint32_t>(payload.size()));
    bytes += static_cast<char>(kind);
    put_number(bytes, static_cast<std::uint16_t>(key.size()));
    return bytes.append(key).append(payload);
}

std::string cbor(const json& value) {
    std::string bytes;
    json::to_cbor(value, bytes);
    return bytes;
}

struct Record {
    Kind kind{};
    std::string_view key;
    std::string_view payload;
    std::string_view whole;
};

// Takes the next one away from the front; empty at the end, also at one that is cut off.
std::optional<Record> next_record(std::string_view& journal) {
    if (journal.size() < kHead) return std::nullopt;
    const std::size_t payload = get_number<std::uint32_t>(journal);
    const std::size_t key = get_number<std::uint16_t>(journal.substr(5));
    if (journal.size() - kHead < key + payload) return std::nullopt;
    Record next;
    next.kind = static_cast<Kind>(journal[4]);
    next.key = journal.substr(kHead, key);
    next.payload = journal.substr(kHead + key, payload);
    next.whole = journal.substr(0, kHead + key + payload);
    journal.remove_prefix(next.whole.size());
    return next;
}

// Those that count, in the order in which their keys came first; what belongs to a group that is
// gone is dropped, also when the group came back.
std::vector<Record> living_records(std::string_view journal) {
    std::vector<std::optional<Record>> records;
    std::unordered_map<std::string, std::size_t> places;  // by kind and key
    const auto place_key = [](Kind kind, std::string_view key) {
        return static_cast<char>(kind) + std::string(key);
    };
    while (const auto next = next_record(journal)) {
        if (next->kind == Kind::Gone) {
            const std::string processes =
                place_key(Kind::Process, std::string(next->key) + kBetween);
            const std::string group = place_key(Kind::Group, next->key);
            std::erase_if(places, [&](const auto& entry) {
                if (entry.first != group && !entry.first.starts_with(processes)) return false;
                records[entry.second].reset();
                return true;
            });
            continue;
        }
        const auto [place, is_new] =
            places.try_emplace(place_key(next->kind, next->key), records.size());
        if (is_new)
            records.push_back(next);
        else
            records[place->second] = next;
    }
    std::vector<Record> living;
    for (const auto& one : records)
        if (one) living.push_back(*one);
    return living;
}

template <class T>
T value_of(const Record& record) {
    const json value = json::from_cbor(record.payload);
    if (detail::has_fraction(value))
        throw json::type_error::create(302, "a number is no whole one", &value);
    return value.get<T>();
}

std::pair<std::string, std::string> names_of(std::string_view key) {
    const std::size_t end = std::min(key.find(kBetween), key.size());
    return {std::string(key.substr(0, end)),
            std::string(key.substr(std::min(end + 1, key.size())))};
}
}  // namespace

std::string daemon_record(const KeptDaemon& daemon) {
    return record(Kind::Daemon, "", cbor(daemon));
}

std::string group_record(const config::GroupConfig& group) {
    return record(Kind::Group, group.name, cbor(group));
}

std::string group_gone_record(const std::string& group) {
    return record(Kind::Gone, group, "");
}

std::string process_record(const std::string& group, const KeptProcess& process) {
    return record(Kind::Process, group + kBetween + process.process.name, cbor(process));
}

std::string compact(std::string_view journal) {
    std::string bytes;
    for (const Record& one : living_records(journal)) bytes += one.whole;
    return bytes;
}

Result<Kept> replay(std::string_view journal) try {
    Kept kept;
    std::optional<KeptDaemon> daemon;
    std::vector<config::GroupConfig> groups;
    for (const Record& one : living_records(journal)) {
        switch (one.kind) {
            case Kind::Daemon:
                daemon = value_of<KeptDaemon>(one);
                break;
            case Kind::Group:
                groups.push_back(value_of<config::GroupConfig>(one));
                break;
            case Kind::Process:
                kept.processes.insert_or_assign(names_of(one.key), value_of<KeptProcess>(one));
                break;
            case Kind::Gone:
                break;
        }
    }
    if (!daemon) return fail("the earlier daemon had not written its state yet");
    if (daemon->version < kOldestVersion || daemon->version > kVersion)
        return fail("the state has version {}, this svd reads {} to {}", daemon->version,
                    kOldestVersion, kVersion);
    kept.daemon = *std::move(daemon);
    auto& snapshot = kept.daemon.snapshot;
    snapshot.last_read.reset();
    snapshot.group_configs = std::move(groups);
    snapshot.configured.groups.clear();
    snapshot.groups.clear();
    for (std::size_t i = 0; i < snapshot.group_configs.size(); ++i) {
        const auto& config = snapshot.group_configs[i];
        snapshot.configured.groups.push_back(i);
        Group group;
        group.config = i;
        for (const auto& process : config.processes)
            if (const auto found = kept.processes.find({config.name, process->name});
                found != kept.processes.end())
                group.processes.push_back(found->second.process);
        snapshot.groups.push_back(std::move(group));
    }
    return kept;
} catch (const json::exception& error) {
    return fail("the state is damaged: {}", error.what());
}

}  // namespace svd::state
