// A machine in a table: files, directories, users and groups that a test says are there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <fnmatch.h>

#include "config/host.h"
#include "config/load.h"

namespace svd::config {

class FakeHost : public Host {
  public:
    FakeHost() {
        add_user("root", 0, 0, "/root");
        add_user("nobody", 65534, 65534, "/nonexistent");
        groups["root"] = 0;
        groups["adm"] = 4;
    }
    void add_user(const std::string& name, uid_t uid, gid_t gid, const std::string& home) {
        users[name] = Credentials{name, uid, gid, {gid}, home, "/bin/sh"};
    }

    Result<std::string> read_file(const std::string& path) const override {
        if (unreadable.contains(path)) return fail_errno(EACCES, "open {}", path);
        const auto file = files.find(path);
        if (file == files.end()) return fail_errno(ENOENT, "open {}", path);
        return file->second;
    }
    bool exists(const std::string& path) const override {
        return files.contains(path) || directories.contains(path);
    }
    bool is_directory(const std::string& path) const override { return directories.contains(path); }
    std::vector<std::string> glob(const std::string& pattern) const override {
        std::vector<std::string> found;
        for (const auto& [path, text] : files)
            if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE) ==
                0)
                found.push_back(path);
        return found;
    }
    std::optional<Credentials> user_by_name(const std::string& name) const override {
        ++user_questions;
        const auto user = users.find(name);
        return user == users.end() ? std::nullopt : std::optional(user->second);
    }
    std::optional<Credentials> user_by_id(uid_t uid) const override {
        for (const auto& [name, user] : users)
            if (user.uid == uid) return user;
        return std::nullopt;
    }
    std::optional<gid_t> group_by_name(const std::string& name) const override {
        const auto group = groups.find(name);
        return group == groups.end() ? std::nullopt : std::optional(group->second);
    }
    bool group_exists(gid_t gid) const override {
        for (const auto& [name, known] : groups)
            if (known == gid) return true;
        return false;
    }
    uid_t current_user() const override { return 1000; }

    std::map<std::string, std::string> files;
    std::set<std::string> unreadable;
    std::set<std::string> directories{"/", "/tmp", "/etc", "/var/log", "/root", "/start"};
    std::map<std::string, Credentials> users;
    std::map<std::string, gid_t> groups;
    mutable int user_questions = 0;
};

// A load of /etc/s.conf on a fake machine.
struct Fixture {
    FakeHost host;
    LoadRequest request;

    Fixture() {
        request.path = "/etc/s.conf";
        request.environment = {{"HOME", "/root"}, {"FOO", "foo"}, {"PCT", "50%"}};
        request.working_directory = "/start";
        request.host_node_name = "node";
    }
    LoadResult load_text(const std::string& text) {
        host.files["/etc/s.conf"] = text;
        return load(request, host);
    }
    // [supervisord] and one program with these further lines.
    LoadResult load_program(const std::string& lines) {
        return load_text("[supervisord]\n[program:x]\ncommand=/bin/cat\n" + lines);
    }
};

// The first error's text, or "" for a configuration that loads.
inline std::string error_of(const LoadResult& result) {
    const Problem* problem = result.problems.first_error();
    return problem != nullptr ? problem->text : "";
}

inline std::vector<std::string> texts_of(const LoadResult& result, Severity severity) {
    std::vector<std::string> texts;
    for (const auto& problem : result.problems.list)
        if (problem.severity == severity) texts.push_back(problem.text);
    return texts;
}

}  // namespace svd::config
