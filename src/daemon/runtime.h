// What the daemon holds for one process: its scope, pipes and logs.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "base/boxed.h"
#include "control/views.h"
#include "daemon/fcgi_sockets.h"
#include "daemon/memory_guard.h"
#include "daemon/notify_channel.h"
#include "daemon/output_reader.h"
#include "daemon/stdin_writer.h"
#include "linux/descendants.h"
#include "linux/freezer.h"
#include "log/output_channel.h"
#include "process/fleet.h"

namespace svd::daemon {

struct Output {
    Rare<std::string> auto_path;                  // of an AUTO log; made when the group is added
    std::unique_ptr<log::OutputChannel> channel;  // null: nobody wants the bytes
    std::unique_ptr<OutputReader> reader;         // of the present run
};

// A program that a client paused. A snapshot needs state.paused alone: the cgroup stays frozen.
struct Pause {
    control::PauseState state;
    os::FreezeWait wait;  // for the kernel to carry out the latest order
};

// The pipe of an earlier run whose descendants were left alive on purpose.
struct Lingering : Output {
    log::Channel which = log::Channel::Stdout;
};

struct Runtime : process::Attachment {
    std::shared_ptr<os::ScopeNode> node;  // of the group; null when its processes have none
    os::Scope scope;
    Rare<std::string> leaf;  // where a former svd had put it; empty: where its name says
    Output out;
    Output err;
    std::unique_ptr<StdinWriter> in;
    std::unique_ptr<Pause> pause;           // null: nobody ever paused it
    std::unique_ptr<MemoryWatch> memory;    // null without memory_restart
    std::unique_ptr<NotifyChannel> notify;  // null when it is not to tell anything of itself
    FcgiHandle socket;       // takes the place of `in`; held until the process is to start no more
    bool unwritten = false;  // a change that KeptState is about to write
    int signal_on_request = 0;                        // the last one that a verb sent to this run
    std::unique_ptr<std::list<Lingering>> lingering;  // until they end; null: never any
};

[[nodiscard]] inline Runtime& runtime_of(process::Process& process) {
    return static_cast<Runtime&>(*process.attachment);
}
[[nodiscard]] inline const Runtime& runtime_of(const process::Process& process) {
    return static_cast<const Runtime&>(*process.attachment);
}
[[nodiscard]] inline Output& output_of(process::Process& process, log::Channel channel) {
    auto& runtime = runtime_of(process);
    return channel == log::Channel::Stdout ? runtime.out : runtime.err;
}

}  // namespace svd::daemon
