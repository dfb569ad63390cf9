// Actions that bring the running programs in line with the files: reread, update, add, remove.
#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/namespec.h"

namespace svd::cli {
namespace {

// reloadConfig answers [[added, changed, removed]].
std::optional<wire::Array> reload_config(Session& session, std::string_view shutdown_text) {
    const auto answer = session.call("reloadConfig");
    if (answer) {
        const auto& outer = answer->elements();
        return outer.empty() ? wire::Array{} : outer.front().elements();
    }
    if (answer.error().is_fault(kFaultShutdownState)) {
        session.complain(shutdown_text);
        session.fail_with(kGeneric);
    } else {
        session.report(answer.error());
    }
    return std::nullopt;
}

std::vector<std::string> names_at(const wire::Array& changes, std::size_t index) {
    std::vector<std::string> names;
    if (index < changes.size())
        for (const auto& name : changes[index].elements()) names.emplace_back(name.text_or());
    return names;
}

// `update`: the changes restricted to what was asked for, and the record of what was done.
class Updater {
  public:
    Updater(Session& session, std::set<std::string, std::less<>> wanted)
        : session_(session), wanted_(std::move(wanted)) {}

    // False after an error that ended the run.
    bool check_names(const std::vector<std::string_view>& asked,
                     const std::vector<std::string>& added) {
        const auto infos = session_.call("getAllProcessInfo");
        if (!infos) return stop_at(infos.error());
        std::set<std::string, std::less<>> known(added.begin(), added.end());
        for (const auto& info : infos->elements()) known.emplace(text_member(info, "group"));
        for (const auto name : asked) {
            if (!known.emplace(name).second) continue;
            report_.errors.push_back({std::string(name), "no such group"});
            say(fmt::format("ERROR: no such group: {}", name));
            session_.fail_with(kGeneric);
        }
        return true;
    }

    bool remove(const std::vector<std::string>& groups) {
        for (const auto& group : groups) {
            if (!is_wanted(group)) continue;
            const auto results = session_.call("stopProcessGroup", {group});
            if (!results) return stop_at(results.error());
            say(fmt::format("{}: stopped", group));
            if (any_failed(*results)) {
                report_.errors.push_back({group, "has problems; not removing"});
                say(fmt::format("{}: has problems; not removing", group));
                session_.fail_with(kGeneric);
                continue;
            }
            if (!do_call("removeProcessGroup", group)) return false;
            say(fmt::format("{}: removed process group", group));
            report_.removed.push_back(group);
        }
        return true;
    }

    bool change(const std::vector<std::string>& groups) {
        for (const auto& group : groups) {
            if (!is_wanted(group)) continue;
            if (!do_call("stopProcessGroup", group)) return false;
            say(fmt::format("{}: stopped", group));
            if (!do_call("removeProcessGroup", group) || !do_call("addProcessGroup", group))
                return false;
            say(fmt::format("{}: updated process group", group));
            report_.updated.push_back(group);
        }
        return true;
    }

    bool add(const std::vector<std::string>& groups) {
        for (const auto& group : groups) {
            if (!is_wanted(group)) continue;
            if (!do_call("addProcessGroup", group)) return false;
            say(fmt::format("{}: added process group", group));
            report_.added.push_back(group);
        }
        return true;
    }

    void finish() {
        if (session_.settings().json) session_.print(update_json(report_));
    }

  private:
    [[nodiscard]] bool is_wanted(const std::string& group) const {
        return wanted_.empty() || wanted_.contains(group);
    }

    static bool any_failed(const wire::Value& results) {
        return std::ranges::any_of(results.elements(), [](const wire::Value& result) {
            return int_member(result, "status") == kFaultFailed;
        });
    }

    bool do_call(std::string_view method, const std::string& group) {
        const auto answer = session_.call(method, {group});
        return answer ? true : stop_at(answer.error());
    }

    bool stop_at(const CallError& error) {
        session_.report(error);
        return false;
    }

    void say(std::string_view line) {
        if (!session_.settings().json) session_.print(line);
    }

    Session& session_;
    std::set<std::string, std::less<>> wanted_;  // empty: every group
    UpdateReport report_;
};

}  // namespace

void run_reread(Session& session, std::string_view) {
    const auto changes = reload_config(session, "ERROR: supervisor shutting down");
    if (!changes) return;
    if (session.settings().json) {
        session.print(reread_json(*changes));
        return;
    }
    static constexpr std::string_view kWords[] = {"available", "changed", "disappeared"};
    std::map<std::string, std::string_view> by_name;
    for (std::size_t i = 0; i < std::size(kWords); ++i)
        for (auto& name : names_at(*changes, i)) by_name[std::move(name)] = kWords[i];
    for (const auto& [name, word] : by_name) session.print(fmt::format("{}: {}", name, word));
    if (by_name.empty()) session.print("No config updates to processes");
}

void run_update(Session& session, std::string_view argument) {
    const auto changes = reload_config(session, "ERROR: already shutting down");
    if (!changes) return;
    auto asked = split_blanks(argument);
    if (std::ranges::find(asked, "all") != asked.end()) asked.clear();
    const auto added = names_at(*changes, 0);
    Updater updater(session, {asked.begin(), asked.end()});
    // Each step reports its own error; one that fails ends the run.
    const bool named = asked.empty() || updater.check_names(asked, added);
    const bool removed = named && updater.remove(names_at(*changes, 2));
    const bool changed = removed && updater.change(names_at(*changes, 1));
    if (changed) updater.add(added);
    updater.finish();
}

void run_add(Session& session, std::string_view argument) {
    for (const auto name : split_blanks(argument)) {
        const auto answer = session.call("addProcessGroup", {wire::Value(name)});
        if (answer) {
            session.print(fmt::format("{}: added process group", name));
            continue;
        }
        const auto& error = answer.error();
        if (error.is_fault(kFaultAlreadyAdded)) {
            session.print("ERROR: process group already active");
            continue;  // not a failure: what was asked for is so
        }
        session.fail_with(kGeneric);
        if (error.is_fault(kFaultShutdownState)) {
            session.print("ERROR: shutting down");
        } else if (error.is_fault(kFaultBadName)) {
            session.print(fmt::format("ERROR: no such process/group: {}", name));
        } else {
            session.report(error);
            return;
        }
    }
}

void run_remove(Session& session, std::string_view argument) {
    for (const auto name : split_blanks(argument)) {
        const auto answer = session.call("removeProcessGroup", {wire::Value(name)});
        if (answer) {
            session.print(fmt::format("{}: removed process group", name));
            continue;
        }
        const auto& error = answer.error();
        session.fail_with(kGeneric);
        if (error.is_fault(kFaultStillRunning)) {
            session.print(fmt::format("ERROR: process/group still running: {}", name));
        } else if (error.is_fault(kFaultBadName)) {
            session.print(fmt::format("ERROR: no such process/group: {}", name));
        } else {
            session.report(error);
            return;
        }
    }
}

}  // namespace svd::cli
