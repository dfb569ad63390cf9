#include "config/sample.h"

#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "config/option_table.h"
#include "unit/config/fake_host.h"

namespace svd::config {
namespace {

constexpr std::string_view kMark = "; svd's own";

bool is_option(const std::string& line) {
    return line.size() > 1 && line[0] == ';' && line[1] != ' ';
}

// Every option and section in force.
std::string uncommented() {
    std::istringstream lines(sample_configuration());
    std::string text;
    for (std::string line; std::getline(lines, line);)
        text += (is_option(line) ? line.substr(1) : line) + "\n";
    return text;
}

// Section to its options, and to those that stand below the mark of svd's own ones.
struct Shown {
    std::map<std::string, std::set<std::string>> options;
    std::map<std::string, std::set<std::string>> additions;
};

Shown shown() {
    Shown found;
    std::istringstream lines(uncommented());
    std::string section;
    bool own = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(kMark)) own = true;
        if (line.empty() || line[0] == ';') continue;
        if (line[0] == '[') {
            section = line.substr(1, line.find(']') - 1);
            own = false;
            continue;
        }
        (own ? found.additions : found.options)[section].insert(line.substr(0, line.find('=')));
    }
    return found;
}

Fixture machine() {
    Fixture fixture;
    fixture.host.directories.insert("/run");
    fixture.host.files["/etc/conf.d/empty.conf"] = "";  // what [include] asks for
    fixture.host.files["/etc/example.env"] = "";
    return fixture;
}

TEST(Sample, AsItIs_LoadsWithoutAProblemAndHasAServer) {
    Fixture fixture = machine();
    const auto result = fixture.load_text(sample_configuration());
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    EXPECT_TRUE(result.problems.list.empty());
    EXPECT_EQ(result.config->server_url, "unix:///run/svd.sock");
    EXPECT_TRUE(result.config->inet_servers.empty());
    EXPECT_TRUE(result.config->groups.empty());
    EXPECT_EQ(result.config->rpc_interfaces.size(), 1U);
}

TEST(Sample, AllOfItUncommented_LoadsWithoutAProblem) {
    Fixture fixture = machine();
    const auto result = fixture.load_text(uncommented());
    ASSERT_TRUE(result.config.has_value()) << error_of(result);
    for (const auto& problem : result.problems.list)
        if (problem.severity != Severity::Info) ADD_FAILURE() << format_problem(problem);
    std::set<std::string> names;
    for (const auto& group : result.config->groups) names.insert(group.name);
    EXPECT_EQ(names, (std::set<std::string>{"both", "fcgi", "listener"}));
}

TEST(Sample, EveryOptionWithAValueToShow_IsInEverySectionThatHasIt) {
    const Shown found = shown();
    for (const auto& section : section_table()) {
        if (section.sample_name.empty()) continue;
        std::set<std::string> options;
        std::set<std::string> additions;
        for (const auto& row : option_table())
            if ((row.sections & static_cast<std::uint32_t>(section.kind)) != 0 &&
                (row.default_text || !row.example.empty()))
                (row.is_addition() ? additions : options).emplace(row.name);
        const std::string name(section.sample_name);
        EXPECT_EQ(found.options.contains(name) ? found.options.at(name) : std::set<std::string>{},
                  options);
        EXPECT_EQ(
            found.additions.contains(name) ? found.additions.at(name) : std::set<std::string>{},
            additions);
    }
}

TEST(Sample, WhatIsLeftOut_IsWhatSvdOnlyAccepts) {
    std::set<std::string_view> left_out;
    for (const auto& row : option_table())
        if (!row.default_text && row.example.empty()) left_out.insert(row.name);
    EXPECT_EQ(left_out, (std::set<std::string_view>{"profile_options", "supervisor.ctl_factory"}));
    for (const auto& section : section_table())
        EXPECT_EQ(section.sample_name.empty(), section.kind == SectionKind::CtlPlugin);
}

TEST(Sample, EveryRow_IsDescribed) {
    std::string text = sample_configuration();
    for (std::size_t at = 0; (at = text.find("\n; ", at)) != std::string::npos;)
        text.replace(at, 3, " ");
    for (const auto& row : option_table()) {
        if (!row.default_text && row.example.empty()) continue;
        const auto first = text.find(row.doc);
        ASSERT_NE(first, std::string::npos) << row.name;
    }
}

TEST(Sample, Lines_FitIntoATerminalOfAHundredColumns) {
    std::istringstream lines(sample_configuration());
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace svd::config
