// What the daemon holds for one process: its scope, pipes and logs.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "daemon/fcgi_sockets.h"
#include "daemon/output_reader.h"
#include "daemon/stdin_writer.h"
#include "linux/descendants.h"
#include "log/output_channel.h"
#include "process/fleet.h"

namespace svd::daemon {

struct Output {
    std::string auto_path;                        // of an AUTO log; made when the group is added
    std::unique_ptr<log::OutputChannel> channel;  // null: nobody wants the bytes
    std::unique_ptr<OutputReader> reader;         // of the present run
};

struct Runtime : process::Attachment {
    os::Scope scope;
    Output out;
    Output err;
    std::unique_ptr<StdinWriter> in;
    FcgiHandle socket;  // takes the place of `in`; held until the process is to start no more
    // Pipes of earlier runs whose descendants were left alive on purpose; until they end.
    std::list<Output> lingering;
};

[[nodiscard]] inline Runtime& runtime_of(process::Process& process) {
    return static_cast<Runtime&>(*process.attachment);
}
[[nodiscard]] inline const Runtime& runtime_of(const process::Process& process) {
    return static_cast<const Runtime&>(*process.attachment);
}

}  // namespace svd::daemon
