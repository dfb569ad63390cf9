#include "config/load.h"

#include <gtest/gtest.h>

#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

std::vector<std::string> group_names(const LoadResult& result) {
    std::vector<std::string> names;
    for (const auto& group : result.config->groups) names.push_back(group.name);
    return names;
}

std::vector<std::string> process_names(const GroupConfig& group) {
    std::vector<std::string> names;
    for (const auto& process : group.processes) names.push_back(process->name);
    return names;
}

const ProcessConfig& only_process(const LoadResult& result) {
    return *result.config->groups.at(0).processes.at(0);
}

TEST(Load, BareProgram_HasTheDefaults) {
    Fixture fixture;
    const auto result = fixture.load_program("");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    ProcessConfig expected;
    expected.name = "x";
    expected.program = "x";
    expected.command = "/bin/cat";
    EXPECT_EQ(only_process(result), expected);
    EXPECT_EQ(result.config->path, "/etc/s.conf");
    EXPECT_EQ(result.config->here, "/etc");
    EXPECT_EQ(result.config->daemon.logfile, "/start/supervisord.log");
    EXPECT_EQ(result.config->daemon.childlogdir, "/tmp");
    EXPECT_TRUE(result.problems.list.empty());
}

TEST(Load, NumberedProcesses_AreExpandedAndSortedAsText) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "process_name=p%(process_num)d\nnumprocs=3\nnumprocs_start=9\n"
        "environment=N=\"%(process_num)d/%(numprocs)d\"\ncommand=c %(ENV_N)s %(group_name)s "
        "%(here)s %(host_node_name)s\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    const GroupConfig& group = result.config->groups.at(0);
    EXPECT_EQ(process_names(group), (std::vector<std::string>{"p10", "p11", "p9"}));
    EXPECT_EQ(group.processes[0]->command, "c 10/3 x /etc node");
}

TEST(Load, Groups_KeepMemberOrderAndAreSorted) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[program:b]\ncommand=x\n[program:a]\ncommand=x\npriority=1\n"
        "[program:c]\ncommand=x\n[program:d]\ncommand=x\npriority=5\n"
        "[group:g]\nprograms=b,a\npriority=7\n[eventlistener:l]\ncommand=x\nevents=tick,EVENT\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(group_names(result), (std::vector<std::string>{"l", "d", "g", "c"}));
    const GroupConfig& group = result.config->groups.at(2);
    EXPECT_EQ(process_names(group), (std::vector<std::string>{"b", "a"}));
    EXPECT_FALSE(group.homogeneous);
    const GroupConfig& pool = result.config->groups.at(0);
    EXPECT_EQ(pool.priority, -1);
    EXPECT_EQ(pool.processes.at(0)->priority, 999);
    EXPECT_EQ(pool.listener_pool->events, (std::vector<std::string>{"EVENT", "TICK"}));
    EXPECT_EQ(pool.listener_pool->buffer_size, 256);
}

TEST(Load, ProgramInTwoGroups_HasInstancesInEach) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[program:p]\ncommand=c %(group_name)s\n[group:a]\nprograms=p\n[group:b]\n"
        "programs=p\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(result.config->groups.at(0).processes.at(0)->command, "c a");
    EXPECT_EQ(result.config->groups.at(1).processes.at(0)->command, "c b");
}

TEST(Load, EqualNames_AreErrors) {
    Fixture fixture;
    const std::string programs =
        "[supervisord]\n[program:a]\ncommand=x\nprocess_name=n\n"
        "[program:b]\ncommand=x\nprocess_name=n\n";
    EXPECT_EQ(error_of(fixture.load_text(programs + "[group:g]\nprograms=a,b\n")),
              "[group:g] has two processes named 'n', from program a and program b");
    EXPECT_EQ(error_of(fixture.load_text(programs + "[group:a]\nprograms=b\n")),
              "[program:a] defines group 'a', which [group:a] defines already");
}

TEST(Load, FcgiProgramInAGroup_KeepsItsSocket) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix:///tmp/%(program_name)s.s\n"
        "socket_mode=0770\nuser=nobody\n[group:g]\nprograms=f\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    const auto& socket = only_process(result).fcgi_socket;
    ASSERT_TRUE(socket.has_value());
    EXPECT_EQ(socket->url, "unix:///tmp/f.s");
    EXPECT_EQ(socket->mode, 0770U);
    EXPECT_EQ(socket->owner, (SocketOwner{65534, 65534}));
}

TEST(Load, Includes_AreMergedWithTheirOwnHere) {
    Fixture fixture;
    fixture.host.files["/etc/d/a.conf"] =
        "[program:x]\ndirectory=%(here)s\nautostart=false\n[supervisord]\nloglevel=debug\n"
        "[include]\nfiles=/etc/never.conf\n";
    fixture.host.files["/etc/d/.hidden.conf"] = "junk";
    fixture.host.files["/etc/d/b.conf"] = "[program:y]\ncommand=%%(here)s %(here)s\nstartsecs=z\n";
    const auto result = fixture.load_program("[include]\nfiles = d/*.conf\n  none/*.ini\n");
    EXPECT_EQ(error_of(result),
              "invalid literal for int() with base 10: 'z' in section 'program:y' (file: "
              "'/etc/d/b.conf')");
    fixture.host.files["/etc/d/b.conf"] = "[program:y]\ncommand=%%(here)s %(here)s\n";
    const auto good = fixture.load_program("[include]\nfiles = d/*.conf\n  none/*.ini\n");
    ASSERT_TRUE(good.config.has_value()) << error_of(good);
    EXPECT_EQ(only_process(good).directory, "/etc/d");
    EXPECT_FALSE(only_process(good).autostart);
    EXPECT_EQ(only_process(good).command, "/bin/cat");
    EXPECT_EQ(good.config->groups.at(1).processes.at(0)->command, "%(here)s /etc/d");
    EXPECT_EQ(good.config->daemon.loglevel, LogLevel::Debug);
    EXPECT_EQ(texts_of(good, Severity::Warning),
              (std::vector<std::string>{"No file matches via include \"/etc/none/*.ini\""}));
    EXPECT_EQ(texts_of(good, Severity::Info),
              (std::vector<std::string>{"Included extra file \"/etc/d/a.conf\" during parsing",
                                        "Included extra file \"/etc/d/b.conf\" during parsing"}));
    EXPECT_EQ(good.config->included_files,
              (std::vector<std::string>{"/etc/d/a.conf", "/etc/d/b.conf"}));
}

TEST(Load, UnreadableInclude_IsAWarning) {
    Fixture fixture;
    fixture.host.files["/etc/d/a.conf"] = "[program:y]\ncommand=y\n";
    fixture.host.unreadable.insert("/etc/d/a.conf");
    const auto result = fixture.load_program("[include]\nfiles=d/a.conf\n");
    ASSERT_TRUE(result.config.has_value());
    EXPECT_EQ(texts_of(result, Severity::Warning),
              (std::vector<std::string>{
                  "Included file \"/etc/d/a.conf\" could not be read: Permission denied"}));
}

TEST(Load, SyntaxErrorsOfSeveralIncludes_AreAllReported) {
    Fixture fixture;
    fixture.host.files["/etc/d/a.conf"] = "x";
    fixture.host.files["/etc/d/b.conf"] = "[a]\nx\n";
    const auto result = fixture.load_program("[include]\nfiles=d/*\n");
    EXPECT_EQ(texts_of(result, Severity::Error),
              (std::vector<std::string>{
                  "File contains no section headers.\nfile: '/etc/d/a.conf', line: 1\n'x'",
                  "Source contains parsing errors: '/etc/d/b.conf'\n\t[line  2]: 'x\\n'"}));
}

TEST(Load, DefaultSection_ReachesEverySection) {
    Fixture fixture;
    const auto result = fixture.load_program("[DEFAULT]\nstartsecs=7\nbogus=1\n");
    ASSERT_TRUE(result.config.has_value());
    EXPECT_EQ(only_process(result).startsecs, Seconds{7});
    EXPECT_TRUE(result.problems.list.empty());
}

TEST(Load, DaemonEnvironment_IsExpandedOnceAndSeenByPrograms) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[program:x]\ncommand=%(ENV_A)s\nenvironment=A=\"own\",C=\"3\"\n[supervisord]\n"
        "environment=A=\"50%%\",B=\"%(ENV_FOO)s\"\n[program:y]\ncommand=%(ENV_A)s %(ENV_PCT)s\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(only_process(result).command, "own");
    EXPECT_EQ(*only_process(result).environment,
              (Environment{{"A", "own"}, {"B", "foo"}, {"C", "3"}}));
    EXPECT_EQ(result.config->groups.at(1).processes.at(0)->command, "50% 50%");
}

TEST(Load, LogOptions_AreReadAndWarnedAbout) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "stdout_logfile=/tmp/%%%(process_num)d.log\nstderr_logfile=~/err\nredirect_stderr=yes\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(only_process(result).stdout_log->path, "/tmp/%0.log");
    EXPECT_EQ(only_process(result).stderr_log->target, LogTarget::None);
    const auto more = fixture.load_program("stdout_logfile=SysLog\nstderr_logfile_maxbytes=0\n");
    EXPECT_TRUE(only_process(more).stdout_log->syslog);
    EXPECT_EQ(only_process(more).stdout_log->target, LogTarget::None);
    std::vector<std::string> warnings = texts_of(result, Severity::Warning);
    for (const auto& text : texts_of(more, Severity::Warning)) warnings.push_back(text);
    EXPECT_EQ(warnings,
              (std::vector<std::string>{
                  "For [program:x], redirect_stderr=true but stderr_logfile has also been set to a "
                  "filename, the filename has been ignored",
                  "For [program:x], stdout_logfile=syslog but this is deprecated and will be "
                  "removed.  Use stdout_syslog=true to enable syslog instead.",
                  "For [program:x], AUTO logging used for stderr_logfile without rollover, set "
                  "maxbytes > 0 to avoid filling up filesystem unintentionally"}));
}

TEST(Load, AgesOfLogs_AreReadForBothChannelsAndTheDaemon) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "stdout_logfile_maxage=12h\nstderr_logfile_maxage=weekly\n"
        "[supervisord]\nlogfile_maxage=30d\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(only_process(result).stdout_log->maxage, std::chrono::hours(12));
    EXPECT_EQ(only_process(result).stderr_log->maxage, std::chrono::hours(7 * 24));
    EXPECT_EQ(result.config->daemon.logfile_maxage, std::chrono::hours(30 * 24));
    const auto plain = fixture.load_program("");
    EXPECT_EQ(only_process(plain).stdout_log->maxage.count(), 0);
    EXPECT_EQ(plain.config->daemon.logfile_maxage.count(), 0);
}

TEST(Load, TypingErrors_AreWarnedAboutWithTheNearestName) {
    Fixture fixture;
    const auto result =
        fixture.load_program("autorestrat=1\nzzzzzzzzzz=1\n[progam:y]\ncommand=z\n");
    ASSERT_TRUE(result.config.has_value());
    ASSERT_EQ(result.problems.list.size(), 3U);
    EXPECT_EQ(format_problem(result.problems.list[0]),
              "/etc/s.conf:4: warning: [program:x] autorestrat = 1: unknown option autorestrat is "
              "ignored (did you mean autorestart?)");
    EXPECT_EQ(result.problems.list[1].hint, "");
    EXPECT_EQ(format_problem(result.problems.list[2]),
              "/etc/s.conf:6: warning: [progam:y]: unknown section [progam:y] is ignored (did you "
              "mean [program:y]?)");
}

TEST(Load, CommandCutInsideQuotes_IsAWarning) {
    Fixture fixture;
    const auto result = fixture.load_program("command=sh -c \"a ; b\"\n");
    ASSERT_TRUE(result.config.has_value());
    EXPECT_EQ(only_process(result).command, "sh -c \"a");
    ASSERT_EQ(result.problems.list.size(), 1U);
    EXPECT_EQ(result.problems.list[0].text, "command cannot be run: No closing quotation");
    EXPECT_EQ(result.problems.list[0].hint,
              "';' and '#' after a blank begin a comment, even inside quotes");
}

TEST(Load, Servers_InetFirstAndUnixPreferredForTheUrl) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[unix_http_server]\nfile=%(here)s/../run/s.sock\nchmod=0770\n"
        "chown=nobody:adm\nusername=\npassword=\n[inet_http_server]\nport=[::1]:9001\n"
        "username=u\npassword=%%p\n[inet_http_server:2]\nport=*:9002\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    const Config& config = *result.config;
    EXPECT_EQ(config.server_url, "unix:///run/s.sock");
    EXPECT_EQ(config.unix_servers.at(0).mode, 0770U);
    EXPECT_EQ(config.unix_servers.at(0).owner, (SocketOwner{65534, 4}));
    EXPECT_FALSE(config.unix_servers.at(0).auth.has_value());
    EXPECT_EQ(config.inet_servers.at(0).host, "::1");
    EXPECT_EQ(config.inet_servers.at(0).auth, (HttpAuth{"u", "%p"}));
    EXPECT_EQ(config.inet_servers.at(1).section, "inet_http_server:2");
    EXPECT_EQ(texts_of(result, Severity::Warning),
              (std::vector<std::string>{"[inet_http_server:2] can be reached from other machines "
                                        "and asks for no password"}));
    const auto inet = fixture.load_text("[supervisord]\n[inet_http_server]\nport=[::1]:9001\n");
    EXPECT_EQ(inet.config->server_url, "http://[::1]:9001");
}

TEST(Load, ForeignRpcInterface_IsAWarningThatSaysWhatReplacesIt) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = "
        "supervisor.rpcinterface:make_main_rpcinterface\n[rpcinterface:t]\n"
        "supervisor.rpcinterface_factory = t:make\nany=option\n[rpcinterface:twiddler]\n"
        "supervisor.rpcinterface_factory = "
        "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface\n");
    ASSERT_TRUE(result.config.has_value());
    ASSERT_EQ(result.config->rpc_interfaces.size(), 1U);
    EXPECT_EQ(result.config->rpc_interfaces[0].name, "supervisor");
    ASSERT_EQ(result.problems.list.size(), 2U);
    EXPECT_EQ(result.problems.list[0].text,
              "[rpcinterface:t] t:make is a Python extension, which a native program cannot load; "
              "the interface is not served");
    EXPECT_NE(result.problems.list[0].hint.find("system.*"), std::string::npos);
    EXPECT_NE(result.problems.list[1].hint.find("svctl update"), std::string::npos);
}

TEST(Load, CtlPlugin_IsAWarningThatSaysWhatReplacesIt) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[supervisord]\n[ctlplugin:serialrestart]\nsupervisor.ctl_factory = "
        "supervisor_serialrestart.controllerplugin:make_serialrestart_controllerplugin\n"
        "[ctlplugin:own]\nsupervisor.ctl_factory=%(not_expanded)s\nany=option\n[ctlplugin:n]\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    ASSERT_EQ(result.problems.list.size(), 3U);
    for (const auto& problem : result.problems.list) EXPECT_EQ(problem.severity, Severity::Warning);
    EXPECT_EQ(result.problems.list[0].section, "ctlplugin:serialrestart");
    EXPECT_NE(result.problems.list[0].hint.find("svctl restart"), std::string::npos);
    EXPECT_EQ(result.problems.list[1].text,
              "[ctlplugin:own] %(not_expanded)s is a Python plug-in of supervisorctl, which svctl "
              "cannot load; its commands are missing there");
    EXPECT_NE(result.problems.list[1].hint.find("--json"), std::string::npos);
}

TEST(Load, CommandLine_WinsOverTheFile) {
    Fixture fixture;
    fixture.request.overrides = {
        {"loglevel", {"debug", "-e"}},
        {"nodaemon", {"true", "-n"}},
        {"user", {"nobody", "-u"}},
        {"logfile", {"x.log", "-l"}},
    };
    const auto result =
        fixture.load_text("[supervisord]\nloglevel=warn\nuser=nosuch\nlogfile=/tmp/a\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(result.config->daemon.loglevel, LogLevel::Debug);
    EXPECT_TRUE(result.config->daemon.nodaemon);
    EXPECT_EQ(result.config->daemon.user->uid, 65534U);
    EXPECT_EQ(result.config->daemon.logfile, "/start/x.log");
    fixture.request.overrides = {{"umask", {"9", "--umask"}}};
    EXPECT_EQ(error_of(fixture.load_text("[supervisord]\n")),
              "invalid value for --umask '9': 9 can not be converted to an octal type");
}

TEST(Load, OneUser_IsLookedUpOnce) {
    Fixture fixture;
    const auto result = fixture.load_program(
        "user=nobody\nnumprocs=50\nprocess_name=%(process_num)d\n[program:y]\ncommand=a\n"
        "user=nobody\n");
    ASSERT_TRUE(result.config.has_value());
    EXPECT_EQ(fixture.host.user_questions, 1);
}

TEST(Load, Descendants_AreKilledUnlessKept) {
    Fixture fixture;
    EXPECT_FALSE(only_process(fixture.load_program("")).keep_descendants);
    EXPECT_TRUE(only_process(fixture.load_program("descendants=keep\n")).keep_descendants);
}

TEST(Load, LoginEnvironment_IsOfTheUserAndGivesWayToTheProgramsOwn) {
    Fixture fixture;
    fixture.host.add_user("web", 33, 33, "/srv/web");
    const auto result =
        fixture.load_program("user=web\nlogin_environment=true\nenvironment=HOME=\"/own\"\n");
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_EQ(
        *only_process(result).environment,
        (Environment{{"HOME", "/own"}, {"LOGNAME", "web"}, {"SHELL", "/bin/sh"}, {"USER", "web"}}));
    const auto without = fixture.load_program("user=web\n");
    ASSERT_TRUE(without.config.has_value());
    EXPECT_TRUE(only_process(without).environment->empty());
}

TEST(Load, LoginEnvironmentWithoutAUser_IsAWarning) {
    Fixture fixture;
    const auto result = fixture.load_program("login_environment=true\n");
    ASSERT_TRUE(result.config.has_value());
    EXPECT_TRUE(only_process(result).environment->empty());
    ASSERT_EQ(result.problems.list.size(), 1U);
    EXPECT_EQ(result.problems.list[0].text,
              "[program:x] login_environment means nothing without user=");
}

TEST(LoadClient, ReadsItsSection_AlsoFromIncludes) {
    Fixture fixture;
    fixture.request.environment["HOME"] = "/home/me";
    fixture.host.files["/etc/s.conf"] =
        "[supervisorctl]\nserverurl=unix://~/s.sock\nhistory_file=~/h\n[include]\nfiles=d/* x*\n";
    fixture.host.files["/etc/d/a"] = "[supervisorctl]\nprompt=%(ENV_FOO)s\nusername=u\n";
    fixture.host.files["/etc/d/b"] = "broken";
    const auto client = load_client(fixture.request, fixture.host);
    ASSERT_TRUE(client.has_value()) << client.error().text;
    EXPECT_EQ(client->serverurl, "unix:///home/me/s.sock");
    EXPECT_EQ(client->history_file, "/home/me/h");
    EXPECT_EQ(client->prompt, "foo");
    EXPECT_EQ(client->username, "u");
    EXPECT_FALSE(client->password.has_value());
}

TEST(LoadClient, WithoutItsSection_IsRefused) {
    Fixture fixture;
    fixture.host.files["/etc/s.conf"] = "[supervisord]\n";
    EXPECT_EQ(load_client(fixture.request, fixture.host).error().text,
              ".ini file does not include supervisorctl section");
    fixture.host.files["/etc/s.conf"] = "junk";
    EXPECT_EQ(load_client(fixture.request, fixture.host).error().text,
              "File contains no section headers.\nfile: '/etc/s.conf', line: 1\n'junk'");
}

TEST(DefaultPaths, OwnPlaceFirst_ThenSupervisords) {
    EXPECT_EQ(default_paths("/usr/bin/svd"),
              (std::vector<std::string>{"/etc/svd/svd.conf", "/usr/etc/supervisord.conf",
                                        "/usr/supervisord.conf", "supervisord.conf",
                                        "etc/supervisord.conf", "/etc/supervisord.conf",
                                        "/etc/supervisor/supervisord.conf"}));
    EXPECT_EQ(default_paths("svd").at(1), "etc/supervisord.conf");
}

TEST(DefaultPaths, UnderSupervisorsNames_OnlySupervisords) {
    for (const char* name : {"supervisord", "supervisorctl"}) {
        const auto paths = default_paths("/usr/bin/" + std::string(name));
        EXPECT_EQ(paths.front(), "/usr/etc/supervisord.conf") << name;
        EXPECT_EQ(paths.back(), "/etc/supervisor/supervisord.conf") << name;
        EXPECT_EQ(default_paths(name).front(), "etc/supervisord.conf") << name;
    }
    EXPECT_EQ(default_paths("/opt/supervisord/svd").front(), "/etc/svd/svd.conf");
}

}  // namespace
}  // namespace svd::config
