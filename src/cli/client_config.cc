#include "cli/client_config.h"

#include <array>
#include <climits>

#include <sys/utsname.h>
#include <unistd.h>

namespace svd::cli {
namespace {

config::LoadRequest load_request(std::string path) {
    config::LoadRequest request;
    request.path = std::move(path);
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        if (const auto equals = text.find('='); equals != text.npos)
            request.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    std::array<char, PATH_MAX> directory;
    if (getcwd(directory.data(), directory.size())) request.working_directory = directory.data();
    utsname host;
    if (uname(&host) == 0) request.host_node_name = host.nodename;
    return request;
}

}  // namespace

Result<config::ClientConfig> read_client_config(const Options& options, std::string_view program) {
    auto path = options.configuration ? *options.configuration : config::find_config(program);
    if (path.empty()) return config::ClientConfig{};
    return config::load_client(load_request(std::move(path)));
}

Settings make_settings(const Options& options, const config::ClientConfig& file) {
    return {.serverurl = options.serverurl.value_or(file.serverurl),
            .credentials = {options.username ? options.username : file.username,
                            options.password ? options.password : file.password},
            .interactive = options.interactive || options.words.empty(),
            .json = options.json};
}

}  // namespace svd::cli
