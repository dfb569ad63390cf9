// Reading a configuration: file text to config::Config, with every problem found on the way.
//
// load() reads the root file and what it includes, merges, expands, types and checks. It reports
// all problems, not the first alone; the problem list is in Supervisor's order of evaluation, so
// `problems.first_error()` is the text that supervisord would have printed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/model.h"

namespace svd::config {

class Host;  // host.h: what a load asks of the machine

enum class Severity { Info, Warning, Error };

struct Problem {
    Severity severity = Severity::Error;
    // Supervisor's own words, to the letter, where it has any ("invalid literal for int() ...
    // in section 'program:x' (file: '/etc/x.conf')"); svd's otherwise.
    std::string text;
    // Where it stands; empty or 0 when unknown.
    std::string file;
    int line = 0;
    std::string section;
    std::string option;
    std::string value;
    std::string hint;  // what is allowed, or the nearest known name
    // Severity Critical in Supervisor's main log is kept apart: Info and Warning problems are
    // written to the main log after it opens.
    bool operator==(const Problem&) const = default;
};

struct Problems {
    std::vector<Problem> list;
    [[nodiscard]] const Problem* first_error() const;
    [[nodiscard]] bool has_errors() const { return first_error() != nullptr; }
    [[nodiscard]] bool has_warnings() const;
};

// Command-line values win over the file. Values are the raw texts that the user typed; a flag's
// value is "true". Names are the option names of [supervisord] ("loglevel", "nodaemon", ...).
struct Override {
    std::string value;
    std::string spelling;  // "-e" or "--loglevel", for error texts
};
using Overrides = std::map<std::string, Override>;

struct LoadRequest {
    std::string path;               // root file as typed
    Environment environment;        // for ENV_ names; usually this process's environment
    std::string working_directory;  // absolute; relative logfile, pidfile and socket paths
    std::string host_node_name;     // uname nodename
    Overrides overrides;
};

struct LoadResult {
    std::optional<Config> config;  // present when there are no errors
    Problems problems;
};

[[nodiscard]] LoadResult load(const LoadRequest& request);
// The same with another machine's files and users, for tests.
[[nodiscard]] LoadResult load(const LoadRequest& request, const Host& host);

// [supervisorctl] of the same file and of what it includes. An Error where Supervisor's client
// would refuse; its text is complete but for the "Error: " prefix.
[[nodiscard]] Result<ClientConfig> load_client(const LoadRequest& request);
[[nodiscard]] Result<ClientConfig> load_client(const LoadRequest& request, const Host& host);

// Search order of section 1.1 with svd's own place first, but not under Supervisor's names; argv0
// as typed. Empty when none exists.
[[nodiscard]] std::vector<std::string> default_paths(std::string_view argv0);
[[nodiscard]] std::string find_config(std::string_view argv0);

// One problem as `svd --check` prints it: "file:line: error: [section] option = value: text
// (hint)".
[[nodiscard]] std::string format_problem(const Problem& problem);

}  // namespace svd::config
