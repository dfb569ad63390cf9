#include "config/option_table.h"

#include <set>

#include <gtest/gtest.h>

#include "config/limits.h"

namespace svd::config {
namespace {

TEST(OptionTable, EveryRow_IsDocumentedAndUnique) {
    std::set<std::pair<SectionKind, std::string_view>> seen;
    for (const auto& row : option_table()) {
        EXPECT_TRUE(row.doc.ends_with('.')) << row.name;
        EXPECT_FALSE(row.since.empty()) << row.name;
        for (const auto& section : section_table()) {
            if ((row.sections & static_cast<std::uint32_t>(section.kind)) == 0) continue;
            EXPECT_TRUE(seen.emplace(section.kind, row.name).second) << row.name;
        }
    }
}

TEST(OptionTable, Sections_AreFoundByNameOrPrefix) {
    EXPECT_EQ(find_section_kind("program:x")->kind, SectionKind::Program);
    EXPECT_EQ(find_section_kind("fcgi-program:x")->kind, SectionKind::FcgiProgram);
    EXPECT_EQ(find_section_kind("inet_http_server:x")->kind, SectionKind::InetHttpServer);
    EXPECT_EQ(find_section_kind("unix_http_server")->kind, SectionKind::UnixHttpServer);
    EXPECT_EQ(find_section_kind("supervisord")->kind, SectionKind::Supervisord);
    EXPECT_EQ(find_section_kind("supervisordx"), nullptr);
    EXPECT_EQ(find_section_kind("program"), nullptr);
}

TEST(OptionTable, Additions_AreThese) {
    std::set<std::string_view> additions;
    for (const auto& row : option_table())
        if (row.is_addition()) additions.insert(row.name);
    std::set<std::string_view> expected = {"restart_limit",
                                           "critical",
                                           "logfile_maxage",
                                           "stdout_logfile_maxage",
                                           "stderr_logfile_maxage",
                                           "descendants",
                                           "depends_on",
                                           "envfiles",
                                           "login_environment",
                                           "events_length",
                                           "ready",
                                           "ready_timeout",
                                           "watchdog_sec",
                                           "watchdog_signal",
                                           "fdstore_max",
                                           "sockets",
                                           "start_on_connect",
                                           "listen",
                                           "type",
                                           "fd_name",
                                           "mode",
                                           "owner",
                                           "backlog",
                                           "reuse_port",
                                           "free_bind",
                                           "keep_alive",
                                           "no_delay",
                                           "memory_max",
                                           "memory_high",
                                           "memory_restart",
                                           "memory_swap_max",
                                           "oom_group",
                                           "cpu_max",
                                           "cpu_weight",
                                           "allowed_cpus",
                                           "io_weight",
                                           "pids_max",
                                           "oom_score_adj",
                                           "nice",
                                           "ionice",
                                           "required_controllers",
                                           "take_over",
                                           "dbus"};
    for (const RlimitRow& row : rlimit_table()) expected.insert(row.option);
    EXPECT_EQ(additions, expected);
    EXPECT_EQ(find_option(SectionKind::Program, "descendants")->default_text, "kill");
    EXPECT_EQ(find_option(SectionKind::Group, "descendants"), nullptr);
    EXPECT_NE(find_option(SectionKind::Group, "memory_max"), nullptr);
    EXPECT_EQ(find_option(SectionKind::Group, "nice"), nullptr);
}

}  // namespace
}  // namespace svd::config
