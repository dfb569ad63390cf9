// What clients ask for of a program's log files: clear, rotate, reopen.
#include <cerrno>

#include "daemon/executor.h"
#include "daemon/log_options.h"

namespace svd::daemon {

using process::Process;

Status Executor::each_log(const Process& process, const LogWork& work) const {
    const auto one = [&](const std::string& path, log::FileOptions options) -> Status {
        if (path.empty()) return {};
        auto done = work(path, options);
        if (!done && done.error().code == ENOENT) return {};
        return done;
    };
    for (const auto channel : kChannels) {
        const auto& config = log_config(process, channel);
        SVD_CHECK(one(log_path(process, channel), file_options(config)));
        for (const auto& path : *config.more_paths) SVD_CHECK(one(path, copy_options(config)));
    }
    return {};
}

Status Executor::clear_logs(Process& process) {
    return each_log(process, [this](const std::string& path, log::FileOptions) {
        return parts_.files.clear(path, now().mono);
    });
}

Status Executor::rotate_logs(Process& process) {
    return each_log(process, [this](const std::string& path, log::FileOptions options) {
        return parts_.files.rotate(path, options, now().mono);
    });
}

Status Executor::reopen_logs(Process& process) {
    return each_log(process, [this](const std::string& path, log::FileOptions) {
        return parts_.files.reopen(path, now().mono);
    });
}

void Executor::reopen_logs() {
    parts_.files.for_each([this](log::RotatingFile& file) {
        ignore(file.reopen(now().mono), "the file says so itself and goes on with the old one");
    });
}

}  // namespace svd::daemon
