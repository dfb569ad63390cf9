// Configurations of public projects: each is read as the real supervisord reads it. golden.json was
// written by Supervisor's own ServerOptions, with users and directories replaced as below.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "config/host.h"
#include "config/load.h"
#include "config/paths.h"

namespace svd::config {
namespace {

using Json = nlohmann::json;

const std::string kCorpus = std::string(SVD_SOURCE_DIR) + "/tests/data/corpus";

// Files of the corpus on a machine where every directory and every user exists.
class CorpusHost final : public Host {
  public:
    explicit CorpusHost(std::string base) : base_(std::move(base)) {}
    Result<std::string> read_file(const std::string& path) const override {
        return system_host().read_file(path);
    }
    bool exists(const std::string& path) const override { return system_host().exists(path); }
    bool is_directory(const std::string&) const override { return true; }
    // An absolute include of the image is a folder beside the main file here.
    std::vector<std::string> glob(const std::string& pattern) const override {
        auto found = system_host().glob(pattern);
        if (!found.empty()) return found;
        const std::string folder = dir_name(pattern);
        return system_host().glob(base_ + folder.substr(folder.rfind('/')) +
                                  pattern.substr(folder.size()));
    }
    std::optional<Credentials> user_by_name(const std::string& name) const override {
        return Credentials{name, 4242, 4242, {4242}, "/", "/bin/sh"};
    }
    std::optional<Credentials> user_by_id(uid_t uid) const override {
        return Credentials{"u", uid, 4242, {4242}, "/", "/bin/sh"};
    }
    std::optional<gid_t> group_by_name(const std::string&) const override { return 4242; }
    bool group_exists(gid_t) const override { return true; }
    uid_t current_user() const override { return 0; }

  private:
    std::string base_;
};

Json read_json(const std::string& name) {
    std::ifstream in(kCorpus + "/" + name);
    return Json::parse(in);
}

Json optional_json(const auto& value) {
    return value ? Json(*value) : Json();
}

// Keys whose value is the default are left out, here and in the golden file.
Json without_defaults(Json object, const Json& defaults) {
    for (const auto& [key, value] : defaults.items())
        if (object.contains(key) && object[key] == value) object.erase(key);
    return object;
}

Json log_json(const LogConfig& log) {
    static const Json defaults = {{"target", "auto"}, {"max", 52428800}, {"bk", 10},
                                  {"cap", 0},         {"ev", false},     {"sys", false}};
    const std::string target = log.target == LogTarget::None   ? "none"
                               : log.target == LogTarget::Auto ? "auto"
                                                               : log.path;
    return without_defaults({{"target", target},
                             {"max", log.maxbytes},
                             {"bk", log.backups},
                             {"cap", log.capture_maxbytes},
                             {"ev", log.events_enabled},
                             {"sys", log.syslog}},
                            defaults);
}

int restart_code(AutoRestart policy) {
    if (policy == AutoRestart::Never) return 0;
    return policy == AutoRestart::Always ? 1 : 2;
}

Json process_json(const ProcessConfig& process) {
    static const Json defaults = {
        {"prio", 999},           {"autostart", true},    {"autorestart", 2}, {"startsecs", 1},
        {"retries", 3},          {"exit", {0}},          {"sig", 15},        {"wait", 10},
        {"sg", false},           {"kg", false},          {"uid", nullptr},   {"redir", false},
        {"env", Json::object()}, {"dir", nullptr},       {"umask", nullptr}, {"url", nullptr},
        {"out", Json::object()}, {"err", Json::object()}};
    return without_defaults({{"name", process.name},
                             {"command", process.command},
                             {"prio", process.priority},
                             {"autostart", process.autostart},
                             {"autorestart", restart_code(process.autorestart)},
                             {"startsecs", process.startsecs.count()},
                             {"retries", process.startretries},
                             {"exit", *process.exitcodes},
                             {"sig", process.stopsignal},
                             {"wait", process.stopwaitsecs.count()},
                             {"sg", process.stopasgroup},
                             {"kg", process.killasgroup},
                             {"uid", process.user ? Json(process.user->uid) : Json()},
                             {"redir", process.redirect_stderr},
                             {"env", *process.environment},
                             {"dir", optional_json(process.directory)},
                             {"umask", optional_json(process.umask)},
                             {"url", optional_json(process.serverurl)},
                             {"out", log_json(process.stdout_log)},
                             {"err", log_json(process.stderr_log)}},
                            defaults);
}

Json daemon_json(const Config& config) {
    const DaemonConfig& daemon = config.daemon;
    return {{"logfile", daemon.logfile},
            {"pidfile", daemon.pidfile},
            {"lmax", daemon.logfile_maxbytes},
            {"lbk", daemon.logfile_backups},
            {"level", static_cast<int>(daemon.loglevel)},
            {"umask", daemon.umask},
            {"nodaemon", daemon.nodaemon},
            {"silent", daemon.silent},
            {"minfds", daemon.minfds},
            {"minprocs", daemon.minprocs},
            {"nocleanup", daemon.nocleanup},
            {"childlogdir", daemon.childlogdir},
            {"uid", daemon.user ? Json(daemon.user->uid) : Json()},
            {"dir", optional_json(daemon.directory)},
            {"strip", daemon.strip_ansi},
            {"ident", daemon.identifier},
            {"url", config.server_url}};
}

Json config_json(const Config& config) {
    Json groups = Json::array();
    for (const GroupConfig& group : config.groups) {
        Json processes = Json::array();
        for (const auto& process : group.processes) processes.push_back(process_json(*process));
        groups.push_back({{"name", group.name}, {"prio", group.priority}, {"procs", processes}});
    }
    Json servers = Json::array();
    const auto user = [](const auto& auth) { return auth ? Json(auth->username) : Json(); };
    for (const auto& server : config.inet_servers)
        servers.push_back({server.host, server.port, user(server.auth)});
    for (const auto& server : config.unix_servers)
        servers.push_back({server.path, server.mode, user(server.auth)});
    return {{"daemon", daemon_json(config)}, {"groups", groups}, {"servers", servers}};
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
        text.replace(at, from.size(), to);
    return text;
}

TEST(Corpus, EveryConfiguration_IsReadAsSupervisordReadsIt) {
    const Json manifest = read_json("manifest.json");
    const Json golden = read_json("golden.json");
    ASSERT_EQ(manifest.size(), golden.size());
    for (const Json& item : manifest) {
        const std::string name = item["name"];
        SCOPED_TRACE(name);
        const std::string base = kCorpus + "/" + name;
        LoadRequest request;
        request.path = base + "/" + item["main"].get<std::string>();
        request.environment = item["env"].get<Environment>();
        request.environment["HOME"] = "/root";
        request.working_directory = "/";
        request.host_node_name = "node";
        const LoadResult result = load(request, CorpusHost(base));
        if (golden[name].contains("error")) {
            ASSERT_TRUE(result.problems.has_errors());
            EXPECT_EQ(replace_all(result.problems.first_error()->text, kCorpus, "@"),
                      golden[name]["error"].get<std::string>());
            continue;
        }
        ASSERT_TRUE(result.config.has_value()) << format_problem(*result.problems.first_error());
        const Json read =
            Json::parse(replace_all(config_json(*result.config).dump(), kCorpus, "@"));
        EXPECT_EQ(read, golden[name]) << Json::diff(golden[name], read).dump(1);
    }
}

}  // namespace
}  // namespace svd::config
