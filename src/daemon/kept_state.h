// What a successor finds after a crash: a keeper with every descriptor, and the state beside it.
//
// Every change is written to a journal in memory soon after it was made, in slices of a turn. A
// successor needs it only for what it cannot see: which process is whose, and what was to become of
// it. What changes with every byte is elsewhere (log/flight.h).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "linux/keeper.h"
#include "linux/loop.h"
#include "log/daemon_log.h"
#include "process/fleet.h"
#include "state/journal.h"

namespace svd::daemon {

class KeptState {
  public:
    struct Hooks {
        std::function<state::KeptDaemon()> daemon;
        std::function<state::KeptProcess(const process::Process&)> process;
    };
    // `address`: where a successor looks for the keeper. Nothing is written before begin() but
    // what is not of a group. All arguments outlive this.
    [[nodiscard]] static Result<std::unique_ptr<KeptState>> open(os::Loop& loop,
                                                                 log::DaemonLog& log,
                                                                 process::Fleet& fleet,
                                                                 std::string address, Hooks hooks);
    // The keeper ends: there is nothing to keep any more.
    ~KeptState();

    // Programs have been started as far as they are to start: from now on every change is written.
    void begin();
    // The keeper, and with it the use of all this.
    [[nodiscard]] Status start_keeper();
    // Instead of begin(): everything at once.
    void write_all();
    // A crash now would lose nothing.
    [[nodiscard]] bool up_to_date() const;

    void daemon_changed();
    void group_changed(const std::string& name);  // added or configured anew
    void group_gone(const std::string& name);
    void process_changed(process::Process& process);
    // At once; for what must not be behind the bytes in its log.
    void write(const process::Process& process);
    // The listening sockets of the daemon; for every keeper that is started from now on.
    void set_doors(std::vector<int> descriptors);

  private:
    KeptState(os::Loop& loop, log::DaemonLog& log, process::Fleet& fleet, std::string address,
              Hooks hooks);
    [[nodiscard]] Status open_parts();
    void write_daemon();
    void keeper_ended();
    void start_again();
    void want_to_write();
    bool write_some();
    void write_next_group();
    [[nodiscard]] process::Process* next_process();
    void append(std::string_view record);
    [[nodiscard]] Status compact();

    os::Loop& loop_;
    log::DaemonLog& log_;
    process::Fleet& fleet_;
    std::string address_;
    Hooks hooks_;
    std::vector<int> doors_;
    UniqueFd journal_;
    std::size_t size_ = 0;
    std::size_t compact_at_ = 0;
    bool broken_ = false;  // no more room: said once
    bool begun_ = false;
    bool complete_ = false;  // everything has been written once
    bool daemon_changed_ = false;
    std::deque<std::string> groups_;                             // to be written
    std::deque<std::pair<std::string, std::string>> processes_;  // group and name
    os::Defer writing_;
    std::unique_ptr<os::Keeper> keeper_;
    os::Watch keeper_end_;
    os::Timer again_;
    MonoTime keeper_started_{};
};

// What a descriptor stands for, for whoever finds its number later.
[[nodiscard]] state::Identity identity_of(int fd);

}  // namespace svd::daemon
