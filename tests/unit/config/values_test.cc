#include "config/values.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/strings.h"

namespace svd::config {
namespace {

template <class T>
std::string error_text(const Result<T>& result) {
    return result ? "" : result.error().text;
}

TEST(Values, Integers_AreWhatPythonsIntTakes) {
    const std::pair<const char*, int> good[] = {{"1", 1},    {" 5 ", 5}, {"-1", -1}, {"+3", 3},
                                                {"1_0", 10}, {"007", 7}, {"0", 0}};
    for (const auto& [text, number] : good) EXPECT_EQ(*parse_integer(text), number) << text;
    for (const char* text : {"1.5", "abc", "", "1__0", "_1", "1_", "0x1", "1e3", "- 1"})
        EXPECT_EQ(error_text(parse_integer(text)),
                  "invalid literal for int() with base 10: '" + std::string(text) + "'");
}

TEST(Values, NumbersBeyondTheMachine_AreClamped) {
    EXPECT_EQ(*parse_integer("99999999999999999999"), std::numeric_limits<int>::max());
    EXPECT_EQ(*parse_integer("-99999999999999999999"), std::numeric_limits<int>::min());
    EXPECT_EQ(*parse_seconds("999999999999"), *parse_seconds("99999999999999999999999"));
    EXPECT_EQ(*parse_byte_size("99999999999999GB"), std::numeric_limits<std::int64_t>::max());
}

TEST(Values, Durations) {
    const std::pair<const char*, long long> good[] = {
        {"0", 0}, {"90", 90}, {"90s", 90}, {"15m", 900}, {"12 H", 43200}, {"7d", 604800}};
    for (const auto& [text, seconds] : good)
        EXPECT_EQ(parse_duration(text)->count(), seconds) << text;
    for (const char* text : {"", "s", "-1", "-1s", "1.5m", "5w", "5ms", "m5", "5 5"})
        EXPECT_EQ(error_text(parse_duration(text)),
                  "invalid duration '" + std::string(text) + "', try 90, 90s, 15m, 12h or 7d");
    EXPECT_EQ(*parse_duration("99999999999999d"), *parse_duration("99999999999999999999s"));
}

TEST(Values, RestartLimits) {
    EXPECT_EQ(*parse_restart_limit("5/60s"), (RestartLimit{5, Seconds{60}}));
    EXPECT_EQ(*parse_restart_limit(" 0 / 2m "), (RestartLimit{0, Seconds{120}}));
    for (const char* text : {"", "5", "5/", "/60", "-1/60", "5/0", "5/60/1", "a/b"})
        EXPECT_EQ(error_text(parse_restart_limit(text)),
                  "invalid 'restart_limit' value '" + std::string(text) +
                      "', try 5/60s (five times in sixty seconds)");
}

TEST(Values, ByteSizes) {
    const std::pair<const char*, std::int64_t> good[] = {
        {"1", 1},   {"10KB", 10240}, {"5 mb", 5242880}, {"1Gb", 1073741824},
        {"-5", -5}, {"-1kb", -1024}, {"0", 0}};
    for (const auto& [text, size] : good) EXPECT_EQ(*parse_byte_size(text), size) << text;
    EXPECT_EQ(error_text(parse_byte_size("10XB")),
              "invalid literal for int() with base 10: '10xb'");
    EXPECT_EQ(error_text(parse_byte_size("10K")), "invalid literal for int() with base 10: '10k'");
    EXPECT_EQ(error_text(parse_byte_size("1.5MB")),
              "invalid literal for int() with base 10: '1.5'");
    EXPECT_EQ(error_text(parse_byte_size("kb")), "invalid literal for int() with base 10: ''");
}

TEST(Values, Ages) {
    const std::pair<const char*, long long> good[] = {
        {"0", 0},         {"90", 90},         {"12h", 43200},    {"7d", 604800},
        {"HOURLY", 3600}, {" daily ", 86400}, {"weekly", 604800}};
    for (const auto& [text, seconds] : good) EXPECT_EQ(parse_age(text)->count(), seconds) << text;
    for (const char* text : {"", "-1h", "1.5h", "1hour", "daily1", "h1", "monthly"})
        EXPECT_FALSE(parse_age(text)) << text;
}

TEST(Values, Booleans) {
    for (const char* text : {"yes", "TRUE", "on", "1"}) EXPECT_TRUE(*parse_boolean(text)) << text;
    for (const char* text : {"no", "False", "off", "0"}) EXPECT_FALSE(*parse_boolean(text)) << text;
    EXPECT_EQ(error_text(parse_boolean("2")), "not a valid boolean value: '2'");
    EXPECT_EQ(error_text(parse_boolean("")), "not a valid boolean value: ''");
    EXPECT_EQ(error_text(parse_boolean("it's")), "not a valid boolean value: \"it's\"");
}

TEST(Values, Octals) {
    EXPECT_EQ(*parse_octal("022"), 022U);
    EXPECT_EQ(*parse_octal("22"), 022U);
    EXPECT_EQ(*parse_octal("0o22"), 022U);
    EXPECT_EQ(error_text(parse_octal("9")), "9 can not be converted to an octal type");
    EXPECT_EQ(error_text(parse_octal("")), " can not be converted to an octal type");
}

TEST(Values, Signals) {
    const std::pair<const char*, int> good[] = {
        {"TERM", 15},     {"sigkill", 9},     {"9", 9},    {"hup", 1},
        {"SIGRTMIN", 34}, {"64", 64},         {"0", 0},    {"_DFL", 0},
        {"SIG_BLOCK", 0}, {"SIG_SETMASK", 2}, {"POLL", 29}};
    for (const auto& [text, number] : good) EXPECT_EQ(*parse_signal(text), number) << text;
    EXPECT_EQ(error_text(parse_signal("FOO")), "value 'FOO' is not a valid signal name");
    EXPECT_EQ(error_text(parse_signal("RTMIN+1")), "value 'RTMIN+1' is not a valid signal name");
    for (const char* text : {"999", "33", "35", "-1"})
        EXPECT_EQ(error_text(parse_signal(text)),
                  "value '" + std::string(text) + "' is not a valid signal number");
}

TEST(Values, ExitCodes) {
    EXPECT_EQ(*parse_exit_codes("0,2"), (std::vector<int>{0, 2}));
    EXPECT_EQ(*parse_exit_codes("1, 2 ,3"), (std::vector<int>{1, 2, 3}));
    EXPECT_TRUE(parse_exit_codes("")->empty());
    for (const char* text : {"0,256", "0,", "a", "-1"})
        EXPECT_EQ(error_text(parse_exit_codes(text)),
                  "not a valid list of exit codes: '" + std::string(text) + "'");
}

TEST(Values, WordsWithAMeaning) {
    EXPECT_EQ(*parse_autorestart("True"), AutoRestart::Always);
    EXPECT_EQ(*parse_autorestart("off"), AutoRestart::Never);
    EXPECT_EQ(*parse_autorestart("UNEXPECTED"), AutoRestart::Unexpected);
    EXPECT_EQ(error_text(parse_autorestart("SomeTimes")),
              "invalid 'autorestart' value 'sometimes'");
    EXPECT_EQ(*parse_log_level("WARN"), LogLevel::Warn);
    EXPECT_EQ(*parse_log_level("blather"), LogLevel::Blather);
    EXPECT_EQ(error_text(parse_log_level("Warning")), "bad logging level name 'Warning'");
    EXPECT_TRUE(*parse_descendants("Keep"));
    EXPECT_FALSE(*parse_descendants("kill"));
    EXPECT_EQ(error_text(parse_descendants("no")), "invalid 'descendants' value 'no'");
    EXPECT_TRUE(*parse_events_length("Bytes"));
    EXPECT_EQ(*parse_dbus_choice("System"), DbusChoice::System);
    EXPECT_EQ(*parse_dbus_choice("user"), DbusChoice::User);
    EXPECT_EQ(*parse_dbus_choice("auto"), DbusChoice::Auto);
    EXPECT_EQ(*parse_dbus_choice("off"), DbusChoice::Off);
    EXPECT_EQ(error_text(parse_dbus_choice("session")), "invalid 'dbus' value 'session'");
    EXPECT_FALSE(*parse_events_length("characters"));
    EXPECT_EQ(error_text(parse_events_length("")), "invalid 'events_length' value ''");
}

TEST(Values, Names) {
    EXPECT_EQ(*parse_name(" a "), "a");
    EXPECT_EQ(*parse_name(""), "");
    EXPECT_EQ(error_text(parse_name("a b")), "Invalid name: 'a b' because of character: ' '");
    EXPECT_EQ(error_text(parse_name("a:b")), "Invalid name: 'a:b' because of character: ':'");
    EXPECT_EQ(error_text(parse_name("a/b")), "Invalid name: 'a/b' because of character: '/'");
}

TEST(Values, Lists) {
    EXPECT_EQ(parse_string_list("a, b,,c"), (std::vector<std::string>{"a", "b", "", "c"}));
    EXPECT_TRUE(parse_string_list("").empty());
    EXPECT_EQ(*parse_events("tick_5, EVENT,tick_5"), (std::vector<std::string>{"EVENT", "TICK_5"}));
    EXPECT_EQ(error_text(parse_events("foo")), "Unknown event type FOO");
}

TEST(Values, InetAddresses) {
    const std::pair<const char*, InetAddressValue> good[] = {
        {"9001", {"", 9001}},
        {":80", {"", 80}},
        {"*:80", {"", 80}},
        {"HOST:1", {"host", 1}},
        {"127.0.0.1:65535", {"127.0.0.1", 65535}},
        {"[::1]:9001", {"::1", 9001}},
        {"[::]:1", {"::", 1}},
    };
    for (const auto& [text, address] : good) {
        const auto parsed = parse_inet_address(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_EQ(*parsed, address) << text;
    }
    const std::pair<const char*, const char*> bad[] = {
        {"abc", "not a valid port number: 'abc' "},
        {"0", "not a valid port number: '0' "},
        {"127.0.0.1:", "no port number specified in ''"},
        {"127.0.0.1:xx", "invalid literal for int() with base 10: 'xx'"},
        {"127.0.0.1:70000", "70000 is above upper bound (65535)"},
        {"h:0", "0 is below lower bound (1)"},
    };
    for (const auto& [text, error] : bad)
        EXPECT_EQ(error_text(parse_inet_address(text)), error) << text;
}

TEST(Values, FcgiAddresses) {
    EXPECT_EQ(parse_fcgi_address("tcp://LocalHost:9000")->url, "tcp://localhost:9000");
    EXPECT_EQ(parse_fcgi_address("unix:///a//b/../c")->url, "unix:///a/c");
    EXPECT_EQ(parse_fcgi_address("tcp://[::1]:9000")->url, "tcp://[::1]:9000");
    EXPECT_EQ(error_text(parse_fcgi_address("foo")), "Bad socket format foo");
    EXPECT_EQ(error_text(parse_fcgi_address("tcp://a:b:1")), "Bad socket format tcp://a:b:1");
    EXPECT_EQ(error_text(parse_fcgi_address("unix://foo/bar")),
              "Unix socket path foo/bar is not an absolute path");
    EXPECT_EQ(error_text(parse_fcgi_address("tcp://x:70000")),
              "70000 is above upper bound (65535)");
}

std::string shown(const std::string& text) {
    const auto environment = parse_environment(text);
    if (!environment) return environment.error().text;
    std::vector<std::string> parts;
    for (const auto& [name, value] : *environment) parts.push_back(name + "<" + value + ">");
    return join(parts, " ");
}

TEST(Values, EnvironmentLists_AreReadAsSupervisorReadsThem) {
    const std::pair<const char*, const char*> rows[] = {
        {"", ""},
        {"A=1,B=2", "A<1> B<2>"},
        {"A = 1 , B = 2", "A<1> B<2>"},
        {"A=1,\nB=2", "A<1> B<2>"},
        {"A=1,", "A<1>"},
        {"A=\"x,y\",B='z w'", "A<x,y> B<z w>"},
        {"A=\"a\\\"b\"", "A<a\"b>"},
        {"A=\"a\\nb\"", "A<a\\nb>"},
        {"A=x\"y z\"w", "A<xy zw>"},
        {"A=\"a\"\"b\"", "A<ab>"},
        {"\"A\"=1", "A<1>"},
        {"A=a\\ b", "A<a b>"},
        {"A=\"\"", "A<>"},
        {"A=/usr/bin:(x).y+z-1", "A</usr/bin:(x).y+z-1>"},
        {"A=\xC3\xA9t\xC3\xA9", "A<\xC3\xA9t\xC3\xA9>"},
        {"A=x #c", "A<x>"},
        {"A=\"#c\"", "A<#c>"},
        {"A=1,A=2", "A<2>"},
        {"A=\"1\"", "A<1>"},
        {"A=\"1", "No closing quotation"},
        {"A=\\", "No escaped character"},
    };
    for (const auto& [text, expected] : rows) EXPECT_EQ(shown(text), expected) << text;
}

TEST(Values, EnvironmentListsThatSupervisorRefuses_HaveItsText) {
    for (const char* text :
         {"A", "=1", "A=", "A=,B=1", "A=a@b", "A=a=b", "A=a%b", "A=[1]", "A=1 B=2", "A=#c"})
        EXPECT_EQ(shown(text),
                  "Unexpected end of key/value pairs in value '" + std::string(text) + "'");
}

TEST(Values, EnvironmentListsThatSupervisorCutsShort_AreErrors) {
    const std::pair<const char*, const char*> rows[] = {
        {"A=1;B=2", "';' after the value of A"},
        {"A=1!B=2", "'!' after the value of A"},
        {"A=$HOME", "'HOME' after the value of A"},
        {"A=~/x", "'/x' after the value of A"},
        {"A=\xE6\x97\xA5\xE6\x9C\xAC", "'\xE6\x9C\xAC' after the value of A"},
    };
    for (const auto& [text, expected] : rows) {
        EXPECT_NE(shown(text).find(expected), std::string::npos) << shown(text);
        EXPECT_NE(shown(text).find("must be quoted"), std::string::npos);
    }
}

}  // namespace
}  // namespace svd::config
