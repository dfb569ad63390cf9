#include "config/load_program.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/shlex.h"
#include "base/strings.h"
#include "config/load_limits.h"
#include "config/load_readiness.h"
#include "config/load_sockets.h"
#include "config/log_targets.h"
#include "config/paths.h"
#include "config/python_space.h"
#include "config/values.h"

namespace svd::config {

namespace {

// More processes from one section than any machine of this kind runs.
constexpr int kMostProcesses = 100000;

class ProgramLoader {
  public:
    ProgramLoader(LoadContext& context, SectionKind kind, const Section& section,
                  const std::string& group)
        : context_(context),
          reader_(context, kind, section),
          names_(&context.environment),
          group_(group) {
        reader_.set_suffix(fmt::format(" in section {} (file: {})", py_repr(section.name),
                                       py_repr(section.source->path)));
    }

    std::vector<std::shared_ptr<const ProcessConfig>> run() {
        const std::size_t errors_before = context_.problems.error_count();
        read_shared();
        if (numprocs_ > kMostProcesses) {
            reader_.error("numprocs", fmt::format("numprocs {} is above the limit of {}", numprocs_,
                                                  kMostProcesses));
            return {};
        }
        std::vector<ProcessConfig> made;
        for (int i = 0; i < numprocs_; ++i) {
            made.push_back(read_process(static_cast<long long>(first_number_) + i));
            // The same option would fail for every further process.
            if (context_.problems.error_count() > errors_before) break;
        }
        const auto socket = read_socket();
        if (context_.problems.error_count() > errors_before) return {};
        std::vector<std::shared_ptr<const ProcessConfig>> processes;
        for (ProcessConfig& process : made) {
            process.fcgi_socket = socket;
            processes.push_back(std::make_shared<const ProcessConfig>(std::move(process)));
        }
        std::ranges::stable_sort(processes, [](const auto& a, const auto& b) {
            return std::tie(a->priority, a->name) < std::tie(b->priority, b->name);
        });
        return processes;
    }

  private:
    template <class Parse>
    Parsed<Parse> value(std::string_view option, Parse parse) {
        return reader_.value(option, names_, parse);
    }

    // Options that are the same for every process of the section, in Supervisor's order.
    void read_shared() {
        if (auto name = parse_name(section_suffix(reader_.section().name)))
            shared_.program = *std::move(name);
        else
            reader_.error({}, name.error().text);
        names_.set("program_name", shared_.program);
        names_.set("group_name", group_);
        names_.set("host_node_name", context_.request.host_node_name);

        shared_.priority = value("priority", parse_integer);
        shared_.autostart = value("autostart", parse_boolean);
        shared_.autorestart = value("autorestart", parse_autorestart);
        shared_.restart_limit =
            reader_.optional_value("restart_limit", names_, parse_restart_limit);
        shared_.critical = value("critical", parse_boolean);
        shared_.startsecs = value("startsecs", parse_seconds);
        shared_.startretries = value("startretries", parse_integer);
        shared_.stopsignal = value("stopsignal", parse_signal);
        shared_.stopwaitsecs = value("stopwaitsecs", parse_seconds);
        shared_.stopasgroup = value("stopasgroup", parse_boolean);
        shared_.killasgroup = reader_.optional_value("killasgroup", names_, parse_boolean)
                                  .value_or(shared_.stopasgroup);
        shared_.exitcodes = value("exitcodes", parse_exit_codes);
        shared_.redirect_stderr = value("redirect_stderr", parse_boolean);
        numprocs_ = value("numprocs", parse_integer);
        first_number_ = value("numprocs_start", parse_integer);
        shared_.depends_on = parse_string_list(reader_.text("depends_on", names_).value_or(""));
        read_environment_files();
        read_shared_log("stdout", stdout_log_);
        read_shared_log("stderr", stderr_log_);
        shared_.keep_descendants = value("descendants", parse_descendants);
        shared_.serverurl = reader_.text("serverurl", names_);
        if (shared_.serverurl && to_upper(py_strip(*shared_.serverurl)) == "AUTO")
            shared_.serverurl.reset();
        shared_.user = reader_.optional_value(
            "user", names_, [&](std::string_view text) { return context_.lookups.user(text); });
        read_login_environment();
        shared_.umask = reader_.optional_value("umask", names_, parse_octal);
        if (shared_.umask) *shared_.umask &= 0777U;
        shared_.limits = load_limits(reader_, names_);
        shared_.readiness = load_readiness(reader_, names_);
        read_sockets();
        check_process_name();
        if (shared_.stopasgroup && !shared_.killasgroup)
            reader_.error("killasgroup", "Cannot set stopasgroup=true and killasgroup=false");
    }

    void read_sockets() {
        auto sockets = load_socket_use(context_, reader_, names_);
        const Readiness& readiness = shared_.readiness;
        constexpr int kFirst = 3;
        const int given = descriptor_count(sockets) + readiness.fdstore_max;
        if (readiness.by == ReadyBy::Descriptor && readiness.fd < kFirst + given)
            reader_.error("ready", fmt::format("descriptor {} is one of the {} that the program "
                                               "may be given (sockets, fdstore_max)",
                                               readiness.fd, given));
        shared_.start_on_connect = value("start_on_connect", parse_boolean);
        if (shared_.start_on_connect && sockets.empty())
            reader_.error("start_on_connect", "start_on_connect needs sockets");
        shared_.sockets = std::move(sockets);
    }

    void read_environment_files() {
        const auto text = reader_.text("envfiles", names_);
        const Entry* entry = reader_.entry("envfiles");
        if (!text || entry == nullptr) return;
        for (const std::string& file : parse_string_list(*text)) {
            const auto variables =
                context_.lookups.environment_file(absolute_path(file, entry->source->here));
            if (!variables) {
                reader_.error("envfiles", variables.error().text);
                return;
            }
            for (const auto& [name, value] : *variables) {
                environment_.insert_or_assign(name, value);
                names_.set("ENV_" + name, value);
            }
        }
    }

    // What a login would set, below everything that the section says itself.
    void read_login_environment() {
        if (!value("login_environment", parse_boolean)) return;
        if (!shared_.user) {
            reader_.warn("login_environment",
                         fmt::format("[{}] login_environment means nothing without user=",
                                     reader_.section().name));
            return;
        }
        const Credentials& user = *shared_.user;
        environment_.emplace("HOME", user.home);
        environment_.emplace("LOGNAME", user.user);
        environment_.emplace("SHELL", user.shell);
        environment_.emplace("USER", user.user);
    }

    void read_shared_log(const std::string& channel, LogConfig& log) {
        log.capture_maxbytes = value(channel + "_capture_maxbytes", parse_byte_size);
        log.events_enabled = value(channel + "_events_enabled", parse_boolean);
    }

    void check_process_name() {
        const Entry* entry = reader_.entry("process_name");
        const std::string_view raw =
            entry != nullptr ? std::string_view(entry->value) : "%(program_name)s";
        if (const auto name = parse_name(raw); !name)
            reader_.error("process_name", name.error().text);
        if (numprocs_ > 1 && raw.find("%(process_num)") == std::string_view::npos)
            reader_.error("process_name",
                          "%(process_num) must be present within process_name when numprocs > 1",
                          "for instance process_name = %(program_name)s_%(process_num)02d");
    }

    ProcessConfig read_process(long long number) {
        ProcessConfig process = shared_;
        Names names(&names_);
        names.set("process_num", number);
        names.set("numprocs", static_cast<long long>(numprocs_));
        read_environment(process, names);
        process.directory = reader_.text("directory", names);
        LogConfig out = stdout_log_;
        LogConfig err = stderr_log_;
        read_log("stdout", out, names);
        read_log("stderr", err, names);
        if (process.redirect_stderr) drop_stderr_log(err);
        process.stdout_log = std::move(out);
        process.stderr_log = std::move(err);
        read_command(process, names);
        read_name(process, names);
        return process;
    }

    void read_environment(ProcessConfig& process, Names& names) {
        process.environment = environment_;
        const auto text = reader_.text_as("environment", names, "environment");
        if (!text) return;
        auto environment = parse_environment(*text);
        if (!environment) {
            const Entry* entry = reader_.entry("environment");
            const bool cut = entry != nullptr && entry->comment_cut;
            reader_.error("environment", environment.error().text, cut ? kCutHint : "");
            return;
        }
        Environment all = environment_;
        for (const auto& [name, value] : *environment) all.insert_or_assign(name, value);
        process.environment = std::move(all);
        for (const auto& [name, value] : *process.environment) names.set("ENV_" + name, value);
    }

    void read_log(const std::string& channel, LogConfig& log, const Names& names) {
        const std::string option = channel + "_logfile";
        const auto targets = split_log_targets(reader_.text(option, names).value_or("AUTO"));
        log.target = LogTarget::None;
        for (const std::string& target : targets)
            add_log_target(option, log, target, targets.size() > 1);
        const bool deprecated = log.syslog && targets.size() == 1;
        log.backups = reader_.value(option + "_backups", names, parse_integer);
        log.maxbytes = reader_.value(option + "_maxbytes", names, parse_byte_size);
        log.maxage = reader_.value(option + "_maxage", names, parse_age);
        log.syslog = reader_.value(channel + "_syslog", names, parse_boolean) || log.syslog;
        if (deprecated)
            reader_.warn(option,
                         fmt::format("For [{}], {}=syslog but this is deprecated and will be "
                                     "removed.  Use {}_syslog=true to enable syslog instead.",
                                     reader_.section().name, option, channel));
        if (log.target == LogTarget::Auto && log.maxbytes == 0)
            reader_.warn(option,
                         fmt::format("For [{}], AUTO logging used for {} without rollover, set "
                                     "maxbytes > 0 to avoid filling up filesystem unintentionally",
                                     reader_.section().name, option));
    }

    // The first file is the one that clients read; others are copies of it.
    void add_log_target(const std::string& option, LogConfig& log, const std::string& text,
                        bool in_list) {
        const std::string word = to_lower(text);
        if (word == "none" || word == "off" || word.empty()) return;
        if (word == "syslog") {
            log.syslog = true;
            return;
        }
        if (word == "journal") {
            log.journal = true;
            return;
        }
        const bool first = log.target == LogTarget::None;
        if (in_list && (is_foreign_log_target(word) || (word == "auto" && !first))) {
            reader_.warn(option, fmt::format("log target {} is ignored", py_repr(text)),
                         "a list may have AUTO first, paths, syslog and journal");
            return;
        }
        if (word == "auto") {
            log.target = LogTarget::Auto;
            return;
        }
        auto path = context_.lookups.path_in_directory(text);
        if (!path) {
            reader_.error(option, path.error().text);
        } else if (first) {
            log.target = LogTarget::File;
            log.path = *std::move(path);
        } else {
            log.more_paths.edit().push_back(*std::move(path));
        }
    }

    void drop_stderr_log(LogConfig& log) {
        if (log.target == LogTarget::File)
            reader_.warn("stderr_logfile",
                         fmt::format("For [{}], redirect_stderr=true but stderr_logfile has also "
                                     "been set to a filename, the filename has been ignored",
                                     reader_.section().name));
        log.target = LogTarget::None;
        log.path.clear();
        log.more_paths = {};
    }

    void read_command(ProcessConfig& process, const Names& names) {
        const Entry* entry = reader_.entry("command");
        if (entry == nullptr) {
            reader_.error("command", fmt::format("program section {} does not specify a command",
                                                 reader_.section().name));
            return;
        }
        auto command = reader_.text("command", names);
        if (!command) return;
        process.command = *std::move(command);
        if (const auto words = shlex_split(process.command); !words)
            reader_.warn("command", fmt::format("command cannot be run: {}", words.error().text),
                         entry->comment_cut ? kCutHint : "");
    }

    void read_name(ProcessConfig& process, const Names& names) {
        auto name = reader_.text_as("process_name", names, "process_name");
        if (!name) return;
        process.name =
            reader_.entry("process_name") != nullptr ? *std::move(name) : process.program;
        if (process.name.empty() || !parse_name(process.name))
            reader_.warn(
                "process_name",
                fmt::format("process name {} cannot be used in commands", py_repr(process.name)),
                "names are not empty and have no blank, ':' or '/'");
    }

    std::optional<FcgiSocket> read_socket() {
        if (reader_.kind() != SectionKind::FcgiProgram) return std::nullopt;
        return load_fcgi_socket(context_, reader_.section(), shared_.program);
    }

    static constexpr const char* kCutHint =
        "';' and '#' after a blank begin a comment, even inside quotes";

    LoadContext& context_;
    SectionReader reader_;
    Names names_;
    const std::string& group_;
    ProcessConfig shared_;
    Environment environment_;  // of all processes; each may add to it
    LogConfig stdout_log_;     // likewise
    LogConfig stderr_log_;
    int numprocs_ = 0;
    int first_number_ = 0;
};

}  // namespace

std::string_view section_suffix(std::string_view section) {
    return section.substr(section.find(':') + 1);
}

std::vector<std::shared_ptr<const ProcessConfig>> load_program(LoadContext& context,
                                                               SectionKind kind,
                                                               const Section& section,
                                                               const std::string& group) {
    return ProgramLoader(context, kind, section, group).run();
}

std::optional<FcgiSocket> load_fcgi_socket(LoadContext& context, const Section& section,
                                           const std::string& program) {
    const std::size_t errors_before = context.problems.error_count();
    SectionReader reader(context, SectionKind::FcgiProgram, section);
    Names names(&context.environment);
    const auto find_user = [&](std::string_view text) { return context.lookups.user(text); };
    const auto user = reader.optional_value("user", names, find_user);

    FcgiSocket socket;
    socket.backlog = reader.optional_value("socket_backlog", names, parse_integer);
    if (socket.backlog && (*socket.backlog < 1 || *socket.backlog > 65535))
        reader.error("socket_backlog",
                     fmt::format("Invalid socket_backlog value {}", *socket.backlog));
    socket.owner = reader.optional_value("socket_owner", names,
                                         [&](std::string_view text) -> Result<SocketOwner> {
                                             if (auto owner = context.lookups.owner(text))
                                                 return owner;
                                             return fail("Invalid socket_owner value {}", text);
                                         });
    socket.mode = reader.value("socket_mode", names, [](std::string_view text) -> Result<mode_t> {
        if (auto mode = parse_octal(text)) return mode;
        return fail("Invalid socket_mode value {}", text);
    });

    names.set("program_name", program);
    const auto text = reader.text("socket", names);
    if (!text || text->empty()) {
        reader.error("socket",
                     fmt::format("[{}] section requires a \"socket\" line", section.name));
        return std::nullopt;
    }
    const bool unix_only = socket.owner || reader.entry("socket_mode") != nullptr;
    if (unix_only && !text->starts_with("unix://"))
        reader.error("socket",
                     fmt::format("socket_owner and socket_mode params should only be used with a "
                                 "Unix domain socket in [{}] socket",
                                 section.name));
    const auto address = parse_fcgi_address(*text);
    if (!address) {
        reader.error("socket",
                     fmt::format("{} in [{}] socket", address.error().text, section.name));
        return std::nullopt;
    }
    socket.url = address->url;
    if (address->is_unix && !socket.owner && user && user->uid != context.lookups.current_user())
        socket.owner = SocketOwner{user->uid, user->gid};
    if (context.problems.error_count() > errors_before) return std::nullopt;
    return socket;
}

}  // namespace svd::config
