#include "config/load_daemon.h"

#include <fmt/format.h>

#include "base/python_text.h"
#include "config/limit_values.h"
#include "config/values.h"

namespace svd::config {

namespace {

class DaemonLoader {
  public:
    DaemonLoader(LoadContext& context, const Section& section)
        : context_(context), reader_(context, SectionKind::Supervisord, section) {}

    DaemonConfig run() {
        Lookups& lookups = context_.lookups;
        const auto directory = [&](std::string_view text) {
            return lookups.existing_directory(text);
        };
        const auto path = [&](std::string_view text) { return lookups.path_in_directory(text); };
        const auto text = [](std::string_view value) -> Result<std::string> {
            return std::string(value);
        };

        DaemonConfig daemon;
        daemon.minfds = value("minfds", parse_integer);
        daemon.minprocs = value("minprocs", parse_integer);
        daemon.directory = optional_value("directory", directory);
        // Whether the user exists is looked at last; the text is expanded in its turn.
        (void)reader_.text("user", context_.environment);
        const auto umask = optional_value("umask", parse_octal);
        daemon.umask_given = reader_.entry("umask") || context_.request.overrides.contains("umask");
        if (umask) daemon.umask = static_cast<mode_t>(*umask) & 0777U;
        daemon.logfile = value("logfile", path);
        daemon.logfile_maxbytes = value("logfile_maxbytes", parse_byte_size);
        daemon.logfile_backups = value("logfile_backups", parse_integer);
        daemon.logfile_maxage = value("logfile_maxage", parse_age);
        daemon.loglevel = value("loglevel", parse_log_level);
        daemon.pidfile = value("pidfile", path);
        daemon.identifier = value("identifier", text);
        daemon.nodaemon = value("nodaemon", parse_boolean);
        daemon.silent = value("silent", parse_boolean);
        daemon.childlogdir =
            optional_value("childlogdir", directory).value_or(lookups.temporary_directory());
        daemon.nocleanup = value("nocleanup", parse_boolean);
        daemon.strip_ansi = value("strip_ansi", parse_boolean);
        daemon.required_controllers = value("required_controllers", parse_controllers);
        daemon.take_over = value("take_over", parse_boolean);
        daemon.dbus = value("dbus", parse_dbus_choice);
        read_environment(daemon);

        // An empty path means the default one.
        if (daemon.logfile.empty()) daemon.logfile = "supervisord.log";
        if (daemon.pidfile.empty()) daemon.pidfile = "supervisord.pid";
        daemon.log_to_syslog = daemon.logfile == "syslog";
        daemon.log_to_journal = daemon.logfile == "journal";
        if (!daemon.log_to_syslog && !daemon.log_to_journal)
            daemon.logfile = lookups.normalize(daemon.logfile);
        daemon.pidfile = lookups.normalize(daemon.pidfile);
        return daemon;
    }

  private:
    // The file's value is checked even where the command line wins.
    template <class Parse>
    Parsed<Parse> value(std::string_view option, Parse parse) {
        auto from_file = reader_.value(option, context_.environment, parse);
        const auto from_user = override_value(option, parse);
        return from_user ? *from_user : from_file;
    }

    template <class Parse>
    std::optional<Parsed<Parse>> optional_value(std::string_view option, Parse parse) {
        auto from_file = reader_.optional_value(option, context_.environment, parse);
        auto from_user = override_value(option, parse);
        return from_user ? from_user : from_file;
    }

    template <class Parse>
    std::optional<Parsed<Parse>> override_value(std::string_view option, Parse parse) {
        const auto typed = context_.request.overrides.find(std::string(option));
        if (typed == context_.request.overrides.end()) return std::nullopt;
        auto parsed = parse(std::string_view(typed->second.value));
        if (parsed) return *std::move(parsed);
        Problem problem;
        problem.text = fmt::format("invalid value for {} {}: {}", typed->second.spelling,
                                   py_repr(typed->second.value), parsed.error().text);
        problem.option = typed->second.spelling;
        problem.value = typed->second.value;
        if (const OptionRow* row = find_option(SectionKind::Supervisord, option))
            problem.hint = allowed_values(row->type);
        context_.problems.add(std::move(problem));
        return std::nullopt;
    }

    void read_environment(DaemonConfig& daemon) {
        Names names(&context_.environment);
        names.set("host_node_name", context_.request.host_node_name);
        const auto text = reader_.text_as("environment", names, "environment");
        if (!text) return;
        auto environment = parse_environment(*text);
        if (!environment) {
            reader_.error("environment", environment.error().text);
            return;
        }
        daemon.environment = *std::move(environment);
        for (const auto& [name, value] : daemon.environment)
            context_.environment.set("ENV_" + name, value);
    }

    LoadContext& context_;
    SectionReader reader_;
};

}  // namespace

DaemonConfig load_daemon(LoadContext& context, const Section& section) {
    return DaemonLoader(context, section).run();
}

void load_daemon_user(LoadContext& context, const Section& section, DaemonConfig& daemon) {
    SectionReader reader(context, SectionKind::Supervisord, section);
    const auto from_file = reader.text("user", context.environment);
    const auto typed = context.request.overrides.find("user");
    const bool from_user = typed != context.request.overrides.end();
    if (!from_user && !from_file) return;
    auto user = context.lookups.user(from_user ? typed->second.value : *from_file);
    if (user)
        daemon.user = *std::move(user);
    else
        reader.error("user", user.error().text);
}

}  // namespace svd::config
