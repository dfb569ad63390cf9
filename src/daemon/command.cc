#include "daemon/command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/python_text.h"
#include "base/shlex.h"
#include "base/strings.h"

namespace svd::daemon {

namespace {
using control::FaultCode;

constexpr std::string_view kFallbackPath = "/bin:/usr/bin:/usr/local/bin";

// Empty when the file can be executed, else the fault; `shown` is how the user wrote it.
std::optional<control::Fault> unusable(const std::string& path, std::string_view shown) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0)
        return control::Fault{FaultCode::NoFile,
                              fmt::format("can't find command {}", py_repr(shown))};
    if (S_ISDIR(info.st_mode))
        return control::Fault{FaultCode::NotExecutable,
                              fmt::format("command at {} is a directory", py_repr(shown))};
    if ((info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
        return control::Fault{FaultCode::NotExecutable,
                              fmt::format("command at {} is not executable", py_repr(shown))};
    if (::access(path.c_str(), X_OK) != 0)
        return control::Fault{FaultCode::NotExecutable,
                              fmt::format("no permission to run command {}", py_repr(shown))};
    return std::nullopt;
}

std::string in_directory(const config::ProcessConfig& config, std::string_view path) {
    if (path.starts_with('/') || !config.directory) return std::string(path);
    return fmt::format("{}/{}", *config.directory, path);
}

std::string_view search_path(const config::ProcessConfig& config,
                             const config::Environment& daemon_environment) {
    for (const auto* environment : {&config.environment.get(), &daemon_environment})
        if (const auto found = environment->find("PATH"); found != environment->end())
            return found->second;
    return kFallbackPath;
}

std::expected<std::string, control::Fault> search(const std::string& word, std::string_view path,
                                                  const config::ProcessConfig& config) {
    std::optional<control::Fault> first;
    for (const auto directory : split(path, ':')) {
        std::string candidate = directory.empty() ? word : fmt::format("{}/{}", directory, word);
        auto fault = unusable(in_directory(config, candidate), candidate);
        if (!fault) return candidate;
        if (!first && fault->code != FaultCode::NoFile) first = std::move(fault);
    }
    if (first) return std::unexpected(std::move(*first));
    return control::refuse(FaultCode::NoFile, fmt::format("can't find command {}", py_repr(word)));
}
}  // namespace

std::expected<Command, control::Fault> find_command(const config::ProcessConfig& config,
                                                    const config::Environment& daemon_environment) {
    auto words = shlex_split(config.command);
    if (!words)
        return control::refuse(
            FaultCode::NotExecutable,
            fmt::format("can't parse command {}: {}", py_repr(config.command), words.error().text));
    if (words->empty()) return control::refuse(FaultCode::NotExecutable, "command is empty");
    Command command{{}, *std::move(words)};
    const std::string& word = command.argv.front();
    if (word.find('/') != std::string::npos) {
        if (auto fault = unusable(in_directory(config, word), word))
            return std::unexpected(std::move(*fault));
        command.path = word;
        return command;
    }
    auto found = search(word, search_path(config, daemon_environment), config);
    if (!found) return std::unexpected(std::move(found).error());
    command.path = *std::move(found);
    return command;
}

}  // namespace svd::daemon
