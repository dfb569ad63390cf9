// Where a configuration file is looked for when none is named.
#include "config/host.h"
#include "config/load.h"
#include "config/paths.h"

namespace svd::config {

std::vector<std::string> default_paths(std::string_view argv0) {
    const std::string prefix = dir_name(dir_name(argv0));
    std::vector<std::string> paths = {
        "/etc/svd/svd.conf",
        join_path(prefix, "etc/supervisord.conf"),
        join_path(prefix, "supervisord.conf"),
        "supervisord.conf",
        "etc/supervisord.conf",
        "/etc/supervisord.conf",
        "/etc/supervisor/supervisord.conf",
    };
    // Both may be on one machine, each with a daemon of its own.
    const auto name = argv0.substr(argv0.rfind('/') + 1);
    if (name == "supervisord" || name == "supervisorctl") paths.erase(paths.begin());
    return paths;
}

std::string find_config(std::string_view argv0) {
    for (auto& path : default_paths(argv0))
        if (system_host().exists(path)) return path;
    return {};
}

}  // namespace svd::config
