// Configurations that supervisord refuses, and its words for each.
#include <gtest/gtest.h>

#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

struct Row {
    std::string lines;
    std::string expected;
};

const std::string kSuffix = " in section 'program:x' (file: '/etc/s.conf')";

TEST(BadConfig, FaultsOfAProgram_HaveSupervisorsTexts) {
    const std::vector<Row> rows = {
        {"startsecs=1.5", "invalid literal for int() with base 10: '1.5'" + kSuffix},
        {"priority=abc", "invalid literal for int() with base 10: 'abc'"},
        {"autostart=maybe", "not a valid boolean value: 'maybe'" + kSuffix},
        {"stdout_logfile_maxbytes=10XB",
         "invalid literal for int() with base 10: '10xb'" + kSuffix},
        {"stderr_logfile_maxage=1.5h",
         "invalid duration '1.5h', try 90, 90s, 15m, 12h or 7d" + kSuffix},
        {"umask=9", "9 can not be converted to an octal type" + kSuffix},
        {"stopsignal=FOO", "value 'FOO' is not a valid signal name" + kSuffix},
        {"stopsignal=999", "value '999' is not a valid signal number" + kSuffix},
        {"exitcodes=0,256", "not a valid list of exit codes: '0,256'" + kSuffix},
        {"autorestart=sometimes", "invalid 'autorestart' value 'sometimes'" + kSuffix},
        {"environment=A", "Unexpected end of key/value pairs in value 'A'" + kSuffix},
        {"environment=A=\"1", "No closing quotation" + kSuffix},
        {"command=/bin/%(foo)s",
         "Format string '/bin/%(foo)s' for 'program:x.command' contains names ('foo') which cannot "
         "be expanded. Available names: ENV_*, group_name, here, host_node_name, numprocs, "
         "process_num, program_name" +
             kSuffix},
        {"command=date +%Y",
         "Format string 'date +%Y' for 'program:x.command' is badly formatted: unsupported format "
         "character 'Y' (0x59) at index 7" +
             kSuffix},
        {"command=echo 100%",
         "Format string 'echo 100%' for 'program:x.command' is badly formatted: incomplete format" +
             kSuffix},
        {"stdout_logfile=/nonexist/f",
         "The directory named as part of the path /nonexist/f does not exist" + kSuffix},
        {"user=nosuch", "Invalid user name nosuch" + kSuffix},
        {"user=54321", "Invalid user id 54321" + kSuffix},
        {"numprocs=2",
         "%(process_num) must be present within process_name when numprocs > 1" + kSuffix},
        {"process_name=a:b", "Invalid name: 'a:b' because of character: ':'" + kSuffix},
        {"stopasgroup=true\nkillasgroup=false",
         "Cannot set stopasgroup=true and killasgroup=false" + kSuffix},
        {"descendants=maybe", "invalid 'descendants' value 'maybe'" + kSuffix},
        {"priority=%(program_name)s",
         "Format string '%(program_name)s' for 'program:x.priority' contains names "
         "('program_name') which cannot be expanded. Available names: ENV_*, here"},
        {"numprocs=100001\nprocess_name=%(process_num)d",
         "numprocs 100001 is above the limit of 100000" + kSuffix},
    };
    for (const auto& row : rows) {
        Fixture fixture;
        EXPECT_EQ(error_of(fixture.load_program(row.lines + "\n")), row.expected) << row.lines;
    }
}

TEST(BadConfig, FaultsOfOtherSections_HaveSupervisorsTexts) {
    const std::string program = "[supervisord]\n[program:a]\ncommand=x\n";
    const std::vector<Row> rows = {
        {"[program:x]\ncommand=a\n", ".ini file does not include supervisord section"},
        {"[Supervisord]\n", ".ini file does not include supervisord section"},
        {"[supervisord]\n[program:x]\n",
         "program section program:x does not specify a command" + kSuffix},
        {"[supervisord]\n[program:a b]\ncommand=x\n",
         "Invalid name: 'a b' because of character: ' '"},
        {"[supervisord]\n[program:a/b]\ncommand=x\n",
         "Invalid name: 'a/b' because of character: '/'"},
        {"[supervisord]\n[program:a:b]\ncommand=x\n",
         "Invalid name: 'a:b' because of character: ':'"},
        {"[supervisord]\n[eventlistener:a b]\ncommand=x\nevents=TICK\n",
         "Invalid name: 'a b' because of character: ' ' in section 'eventlistener:a b' (file: "
         "'/etc/s.conf')"},
        {"[supervisord]\n[group:g]\nprograms=a,b\n",
         "[group:g] names unknown program or fcgi-program a"},
        {program + "[fcgi-program:a]\ncommand=x\nsocket=tcp://a:1\n[group:g]\nprograms=a\n",
         "[group:g] name a is ambiguous (exists as program and fcgi-program)"},
        {program + "[group:g]\nprograms=a,b\n",
         "[group:g] names unknown program or fcgi-program b"},
        {"[supervisord]\n[eventlistener:x]\ncommand=a\nevents=foo\n",
         "Unknown event type FOO in [eventlistener:x] events"},
        {"[supervisord]\n[eventlistener:x]\ncommand=a\n",
         "[eventlistener:x] section requires an \"events\" line"},
        {"[supervisord]\n[eventlistener:x]\ncommand=a\nevents=TICK\nbuffer_size=0\n",
         "[eventlistener:x] section sets invalid buffer_size (0)"},
        {"[supervisord]\n[eventlistener:x]\ncommand=a\nevents=TICK\nredirect_stderr=true\n",
         "[eventlistener:x] section sets redirect_stderr=true but this is not allowed because it "
         "will interfere with the eventlistener protocol"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\n",
         "[fcgi-program:x] section requires a \"socket\" line"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\nsocket=foo\n",
         "Bad socket format foo in [fcgi-program:x] socket"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\nsocket=unix://foo/bar\n",
         "Unix socket path foo/bar is not an absolute path in [fcgi-program:x] socket"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\nsocket=tcp://a:1\nsocket_mode=0700\n",
         "socket_owner and socket_mode params should only be used with a Unix domain socket in "
         "[fcgi-program:x] socket"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\nsocket=unix:///a\nsocket_backlog=70000\n",
         "Invalid socket_backlog value 70000"},
        {"[supervisord]\n[fcgi-program:x]\ncommand=a\nsocket=unix:///a\nsocket_owner=x.y\n",
         "Invalid socket_owner value x.y"},
        {"[supervisord]\n[inet_http_server]\nport=abc\n", "not a valid port number: 'abc' "},
        {"[supervisord]\n[inet_http_server]\n", "section [inet_http_server] has no port value"},
        {"[supervisord]\n[inet_http_server]\nport=localhost:1\nusername=u\n",
         "Section [inet_http_server] contains incomplete authentication: If a username or a "
         "password is specified, both the username and password must be specified"},
        {"[supervisord]\n[unix_http_server:a]\n", "section [unix_http_server:a] has no file value"},
        {"[supervisord]\n[unix_http_server]\nfile=/tmp/s\nchmod=9\n", "Invalid chmod value 9"},
        {"[supervisord]\n[unix_http_server]\nfile=/tmp/s\nchown=root:\n",
         "Invalid sockchown value root:"},
        {"[supervisord]\n[rpcinterface:x]\n",
         "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory"},
        {"[supervisord]\n[include]\n", ".ini file has [include] section, but no files setting"},
        {"[supervisord]\nnodaemon=2\n", "not a valid boolean value: '2'"},
        {"[supervisord]\nchildlogdir=/nonexistent\n", "/nonexistent is not an existing directory"},
        {"[supervisord]\nloglevel=warning\n", "bad logging level name 'warning'"},
        {"[supervisord]\nuser=nosuch\n", "Invalid user name nosuch"},
        {"[supervisord]\nenvironment=A=\"%Y\"\n",
         "Format string 'A=\"%Y\"' for 'environment' is badly formatted: unsupported format "
         "character 'Y' (0x59) at index 4"},
    };
    for (const auto& row : rows) {
        Fixture fixture;
        EXPECT_EQ(error_of(fixture.load_text(row.lines)), row.expected) << row.lines;
    }
}

TEST(BadConfig, FilesThatAreNotThere_HaveSupervisorsTexts) {
    Fixture fixture;
    EXPECT_EQ(error_of(load(fixture.request, fixture.host)),
              "could not find config file /etc/s.conf");
    fixture.host.files["/etc/s.conf"] = "";
    fixture.host.unreadable.insert("/etc/s.conf");
    EXPECT_EQ(error_of(load(fixture.request, fixture.host)),
              "could not read config file /etc/s.conf");
}

TEST(BadConfig, OddButAccepted_IsAccepted) {
    for (const char* text :
         {"[supervisord]\n[program:]\ncommand=a\n", "[supervisord]\n[program:x]\ncommand=\n",
          "[supervisord]\n[program:x]\ncommand=a\nnumprocs=0\n",
          "[supervisord]\n[program:x]\ncommand=a\nnumprocs=-1\n",
          "[supervisord]\n[program:x]\ncommand=a\nstartsecs=-1\n",
          "[supervisord]\n[program:x]\ncommand=a\ndirectory=/nonexistent\n",
          "[supervisord]\nbogus=%(y)s\n[bogus]\nx=%(y)s\n", "[supervisord]\n[group:x]\n",
          "[supervisord]\n[program:x]\ncommand=a\nenvironment=A=1,\n"}) {
        Fixture fixture;
        EXPECT_EQ(error_of(fixture.load_text(text)), "") << text;
    }
}

TEST(BadConfig, EveryProblemIsReported_InSupervisorsOrder) {
    Fixture fixture;
    const auto result = fixture.load_text(
        "[inet_http_server]\nport=x\n[program:b]\ncommand=c\nautostart=2\nstartsecs=y\n"
        "[group:g]\npriority=z\n[supervisord]\nloglevel=w\n");
    const auto errors = texts_of(result, Severity::Error);
    ASSERT_EQ(errors.size(), 5U);
    EXPECT_EQ(errors[0], "bad logging level name 'w'");
    EXPECT_EQ(errors[1], "invalid literal for int() with base 10: 'z'");
    EXPECT_EQ(errors[2],
              "not a valid boolean value: '2' in section 'program:b' (file: '/etc/s.conf')");
    EXPECT_EQ(errors[4], "not a valid port number: 'x' ");
    EXPECT_FALSE(result.config.has_value());
    const Problem& first = *result.problems.first_error();
    EXPECT_EQ(format_problem(first),
              "/etc/s.conf:10: error: [supervisord] loglevel = w: bad logging level name 'w' "
              "(critical, error, warn, info, debug, trace or blather)");
}

}  // namespace
}  // namespace svd::config
