#include "daemon/options.h"

#include <gtest/gtest.h>

namespace svd::daemon {
namespace {

Result<Options> parse(std::vector<std::string> words, std::string program = "/usr/bin/svd") {
    words.insert(words.begin(), std::move(program));
    return parse_options(words);
}

TEST(Options, OverridesKeepTheTextAsTyped) {
    const auto options = parse({"-n", "-c", "/etc/x.conf", "--loglevel=debug", "-y", "5MB"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->config_path, "/etc/x.conf");
    EXPECT_EQ(options->overrides.at("nodaemon").value, "true");
    EXPECT_EQ(options->overrides.at("loglevel").value, "debug");
    EXPECT_EQ(options->overrides.at("logfile_maxbytes").value, "5MB");
}

TEST(Options, BundlesAndUniquePrefixesAreUnderstood) {
    const auto options = parse({"-nk", "--conf", "/x"});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->overrides.contains("nocleanup"));
    EXPECT_EQ(options->config_path, "/x");
}

TEST(Options, ErrorsAreInSupervisordsWords) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
        {{"-Z"}, "option -Z not recognized"},
        {{"--nope"}, "option --nope not recognized"},
        {{"--log=x"}, "option --log not a unique prefix"},
        {{"-c"}, "option -c requires argument"},
        {{"--nodaemon=1"}, "option --nodaemon must not have an argument"},
        {{"foo", "bar"}, "positional arguments are not supported: ['foo', 'bar']"},
        {{"-n", "-n"}, "conflicting command line option '-n'"},
        {{"-h", "-Z"}, "option -Z not recognized"},
    };
    for (const auto& [words, text] : table) {
        const auto options = parse(words);
        ASSERT_FALSE(options) << text;
        EXPECT_EQ(options.error().text, text);
    }
}

TEST(Options, HelpAndVersionActInOrder) {
    EXPECT_EQ(parse({"-v", "-h"})->action, Action::Version);
    EXPECT_EQ(parse({"-h", "-v"})->action, Action::Help);
    EXPECT_EQ(parse({"-?"})->action, Action::Help);
}

TEST(Options, TChecks_ButStripsAnsiUnderSupervisordsName) {
    EXPECT_EQ(parse({"-t"})->action, Action::Check);
    EXPECT_EQ(parse({"--release-cgroup"})->action, Action::ReleaseCgroup);
    EXPECT_EQ(parse({"-v", "--release-cgroup"})->action, Action::Version);
    EXPECT_EQ(parse({"--check", "--strict"})->strict, true);
    const auto compatible = parse({"-t"}, "/usr/bin/supervisord");
    EXPECT_EQ(compatible->action, Action::Run);
    EXPECT_TRUE(compatible->overrides.contains("strip_ansi"));
}

TEST(Options, UsageNamesEveryOption) {
    const auto text = usage("svd");
    for (const auto* name : {"--configuration=FILE", "--check", "--strip_ansi", "--minprocs=NUM"})
        EXPECT_NE(text.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace svd::daemon
