#include "state/codec.h"

#include <algorithm>

#include "state/journal.h"
#include "state/members.h"

namespace svd::state {

namespace {
using nlohmann::json;
constexpr std::string_view kKind = "svd state";

Status check_indices(const Snapshot& snapshot) {
    const auto known = [&](std::size_t index) { return index < snapshot.group_configs.size(); };
    bool good = std::ranges::all_of(snapshot.configured.groups, known) &&
                std::ranges::all_of(snapshot.groups, known, &Group::config);
    if (snapshot.last_read) good = good && std::ranges::all_of(snapshot.last_read->groups, known);
    if (!good) return fail("the state is damaged: a group without a configuration");
    return {};
}
}  // namespace

std::string encode(const Snapshot& snapshot) {
    const json document{{"kind", kKind}, {"version", kVersion}, {"state", snapshot}};
    std::string bytes;
    json::to_cbor(document, bytes);
    return bytes;
}

Result<Snapshot> decode(std::string_view bytes) try {
    const json document = json::from_cbor(bytes, true, false);
    if (document.is_discarded() || !document.is_object() || document.value("kind", "") != kKind)
        return fail("this is not the state of an svd");
    if (detail::has_fraction(document))
        return fail("the state is damaged: a number is no whole one");
    const int version = document.value("version", 0);
    if (version < kOldestVersion || version > kVersion)
        return fail("the state has version {}, this svd reads {} to {}", version, kOldestVersion,
                    kVersion);
    auto snapshot = document.at("state").get<Snapshot>();
    SVD_CHECK(check_indices(snapshot));
    return snapshot;
} catch (const json::exception& error) {
    return fail("the state is damaged: {}", error.what());
}

std::string plain_values() {
    detail::write_plain = true;
    const json document{{"Snapshot", Snapshot{}},
                        {"Configured", Configured{}},
                        {"GroupConfig", config::GroupConfig{}},
                        {"ProcessConfig", config::ProcessConfig{}},
                        {"ListenerPool", config::ListenerPool{}},
                        {"FcgiSocket", config::FcgiSocket{}},
                        {"UnixServerConfig", config::UnixServerConfig{}},
                        {"InetServerConfig", config::InetServerConfig{}},
                        {"Credentials", config::Credentials{}},
                        {"CpuQuota", config::CpuQuota{}},
                        {"IoPriority", config::IoPriority{}},
                        {"ResourceLimit", config::ResourceLimit{}},
                        {"Group", Group{}},
                        {"Process", Process{}},
                        {"Lingering", Lingering{}},
                        {"Server", Server{}},
                        {"OpenFcgiSocket", FcgiSocket{}},
                        {"SocketConfig", config::SocketConfig{}},
                        {"SocketAddress", config::SocketAddress{}},
                        {"OpenSocket", OpenSocket{}},
                        {"OpenListener", OpenListener{}},
                        {"StoredFd", StoredFd{}},
                        {"PoolState", event::PoolState{}},
                        {"PoolListenerState", event::PoolListenerState{}},
                        {"QueuedEvent", event::QueuedEvent{}},
                        {"ExitStatus", process::ExitStatus{}}};
    detail::write_plain = false;
    return document.dump(2) + "\n";
}

std::vector<int> descriptors_of(const Snapshot& snapshot) {
    std::vector<int> all;
    for_each_descriptor(snapshot, [&](int fd) {
        if (fd >= 0) all.push_back(fd);
    });
    return all;
}

}  // namespace svd::state
