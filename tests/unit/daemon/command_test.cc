#include "daemon/command.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace svd::daemon {
namespace {

class FindCommand : public testing::Test {
  protected:
    FindCommand() {
        std::string pattern = testing::TempDir() + "svd-command-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
    }
    ~FindCommand() override { std::filesystem::remove_all(directory_); }

    std::string file(const std::string& name, std::filesystem::perms mode) {
        const auto path = directory_ + "/" + name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << "#!/bin/sh\n";
        std::filesystem::permissions(path, mode);
        return path;
    }
    std::expected<Command, control::Fault> find(const std::string& command) {
        config_.command = command;
        return find_command(config_, environment_);
    }
    static constexpr auto kExecutable = std::filesystem::perms::owner_all;
    static constexpr auto kPlain = std::filesystem::perms::owner_read;

    std::string directory_;
    config::ProcessConfig config_;
    config::Environment environment_{{"PATH", "/bin:/usr/bin"}};
};

TEST_F(FindCommand, SplitsWordsAndKeepsArgv0AsWritten) {
    const auto command = find("sh -c 'echo \"a b\"'");
    ASSERT_TRUE(command);
    EXPECT_EQ(command->path, "/bin/sh");
    EXPECT_EQ(command->argv, (std::vector<std::string>{"sh", "-c", "echo \"a b\""}));
}

TEST_F(FindCommand, FaultsAreInSupervisorsWords) {
    const auto plain = file("plain", kPlain);
    const std::vector<std::tuple<std::string, control::FaultCode, std::string>> table = {
        {"", control::FaultCode::NotExecutable, "command is empty"},
        {"a 'b", control::FaultCode::NotExecutable,
         "can't parse command \"a 'b\": No closing quotation"},
        {"/no/such", control::FaultCode::NoFile, "can't find command '/no/such'"},
        {"nosuchprogram", control::FaultCode::NoFile, "can't find command 'nosuchprogram'"},
        {"/tmp", control::FaultCode::NotExecutable, "command at '/tmp' is a directory"},
        {plain, control::FaultCode::NotExecutable, "command at '" + plain + "' is not executable"},
    };
    for (const auto& [text, code, why] : table) {
        const auto command = find(text);
        ASSERT_FALSE(command) << text;
        EXPECT_EQ(command.error().code, code);
        EXPECT_EQ(command.error().detail, why);
    }
}

TEST_F(FindCommand, ThePathOfTheProgramsEnvironmentCounts) {
    file("own/tool", kExecutable);
    config_.environment.edit()["PATH"] = directory_ + "/own";
    EXPECT_EQ(find("tool")->path, directory_ + "/own/tool");
    EXPECT_FALSE(find("sh"));
}

TEST_F(FindCommand, AnUnusableHitDoesNotEndTheSearch) {
    file("a/tool", kPlain);
    file("b/tool", kExecutable);
    environment_["PATH"] = directory_ + "/a:" + directory_ + "/b";
    EXPECT_EQ(find("tool")->path, directory_ + "/b/tool");
    environment_["PATH"] = directory_ + "/a";
    EXPECT_EQ(find("tool").error().code, control::FaultCode::NotExecutable);
}

TEST_F(FindCommand, ARelativePathIsTakenFromTheChildsDirectory) {
    file("bin/tool", kExecutable);
    EXPECT_FALSE(find("bin/tool"));
    config_.directory = directory_;
    ASSERT_TRUE(find("bin/tool"));
    EXPECT_EQ(find("bin/tool")->path, "bin/tool");
}

}  // namespace
}  // namespace svd::daemon
