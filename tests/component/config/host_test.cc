// Reading files of the real machine.
#include "config/host.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/load.h"

namespace svd::config {
namespace {

struct HostTest : testing::Test {
    HostTest() {
        std::string name = "/tmp/svd-host-XXXXXX";
        directory = mkdtemp(name.data());
    }
    ~HostTest() override { std::filesystem::remove_all(directory); }
    std::string pipe(const std::string& name) {
        const std::string path = directory + "/" + name;
        EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
        return path;
    }
    std::string file(const std::string& name, const std::string& text) {
        const std::string path = directory + "/" + name;
        std::ofstream(path) << text;
        return path;
    }
    std::string error(const std::string& path) {
        const auto read = system_host().read_file(path);
        return read ? "" : read.error().text;
    }
    std::string directory;
};

// Nobody writes to it: reading would take for ever.
TEST_F(HostTest, NamedPipe_IsRefused) {
    EXPECT_EQ(error(pipe("p")), "it is a named pipe, not a file");
}

TEST_F(HostTest, TenThousandIncludedFiles_AreReadInOrder) {
    constexpr std::size_t kFiles = 10'000;
    std::filesystem::create_directory(directory + "/conf.d");
    for (std::size_t i = 0; i < kFiles; ++i)
        file(fmt::format("conf.d/p{:05}.conf", i),
             fmt::format("[program:p{:05}]\ncommand=/bin/cat {}\n", i, i));
    LoadRequest request;
    request.working_directory = directory;
    request.path = file("svd.conf", "[supervisord]\n[include]\nfiles=conf.d/*.conf\n");
    const auto result = load(request);
    for (const auto& problem : result.problems.list)
        EXPECT_EQ(problem.severity, Severity::Info) << problem.text;
    ASSERT_TRUE(result.config.has_value());
    ASSERT_EQ(result.config->groups.size(), kFiles);
    for (std::size_t i = 0; i < kFiles; ++i) {
        const auto& group = result.config->groups[i];
        EXPECT_EQ(group.name, fmt::format("p{:05}", i));
        ASSERT_EQ(group.processes.size(), 1U);
        EXPECT_EQ(group.processes[0]->command, fmt::format("/bin/cat {}", i));
    }
}

TEST_F(HostTest, NamedPipesInAConfiguration_AreToldByName) {
    const std::string included = pipe("more.ini");
    const std::string variables = pipe("variables");
    LoadRequest request;
    request.working_directory = directory;
    request.path = file("svd.conf", fmt::format("[supervisord]\n[include]\nfiles={}\n[program:x]\n"
                                                "command=/bin/cat\nenvfiles={}\n",
                                                included, variables));
    std::string texts;
    for (const auto& problem : load(request).problems.list) texts += problem.text + "\n";
    EXPECT_NE(texts.find(included + "\" could not be read: it is a named pipe"), std::string::npos)
        << texts;
    EXPECT_NE(texts.find(variables + ": it is a named pipe"), std::string::npos) << texts;
    request.path = pipe("root.conf");
    EXPECT_EQ(load(request).problems.first_error()->text,
              "could not read config file " + request.path + ": it is a named pipe, not a file");
}

// svd -c <(command)
TEST_F(HostTest, PipeThatTheShellHandsOver_IsReadToItsEnd) {
    auto pipe = make_pipe().value();
    ASSERT_EQ(write(pipe.write.get(), "[supervisord]\n", 14), 14);
    pipe.write.reset();
    const auto read = system_host().read_file(fmt::format("/dev/fd/{}", pipe.read.get()));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(*read, "[supervisord]\n");
}

TEST_F(HostTest, FilesAndDevices_AreRead) {
    EXPECT_EQ(system_host().read_file(file("f", "text")).value(), "text");
    EXPECT_EQ(system_host().read_file("/dev/null").value(), "");
    EXPECT_EQ(system_host().read_file(directory).error().code, EISDIR);
}

}  // namespace
}  // namespace svd::config
