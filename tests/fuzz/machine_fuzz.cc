// The life of a process, with events from bytes: five for the configuration, then three per event
// (what, with what, how much later). No sequence may break an invariant of the machine.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "../unit/process/invariants.h"
#include "process/machine.h"

namespace {

using namespace svd;
using namespace svd::process;

class Bytes {
  public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    bool empty() const { return at_ >= size_; }
    int next() { return empty() ? 0 : data_[at_++]; }

  private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

config::ProcessConfig read_config(Bytes& bytes) {
    config::ProcessConfig config;
    config.name = "x";
    config.startsecs = config::Seconds(bytes.next() - 1);
    config.startretries = bytes.next() % 8 - 1;
    config.stopwaitsecs = config::Seconds(bytes.next() - 1);
    const int flags = bytes.next();
    config.stopasgroup = (flags & 1) != 0;
    config.killasgroup = (flags & 2) != 0;
    config.keep_descendants = (flags & 4) != 0;
    if ((flags & 8) != 0) config.restart_limit = {flags >> 5, config::Seconds{1 + (flags & 3)}};
    config.autorestart = static_cast<config::AutoRestart>((flags >> 3) % 3);
    if ((flags & 64) != 0) config.startsecs = config::Seconds::max();
    if ((flags & 128) != 0) config.stopwaitsecs = config::Seconds::max();
    const int ready = bytes.next();
    config.readiness.edit().by = static_cast<config::ReadyBy>(ready % 3);
    config.readiness.edit().timeout = config::Seconds((ready >> 2) % 8);
    return config;
}

Event read_event(Bytes& bytes, const Data& data) {
    const int what = bytes.next();
    const int with = bytes.next();
    ExitStatus status;
    if ((with & 1) != 0)
        status.code = with >> 2;
    else
        status.signal = with >> 2;
    const bool remains = (with & 2) != 0;
    const std::uint64_t run = what < 128 ? 0 : data.run - static_cast<unsigned>(with & 1);
    switch (what % 15) {
        case 0:
            return StartRequested{};
        case 1:
            return Spawned{with - 8};
        case 2:
            return SpawnFailed{with == 0 ? "" : "no spawn"};
        case 3:
            return ExecFailed{with == 0 ? "" : "no exec", status, remains, run};
        case 4:
            return Exited{status, remains, run};
        case 5:
            return Emptied{run};
        case 6:
            return StopRequested{};
        case 7:
            return DeadlineReached{};
        case 8:
            return SignalFailed{with, "EPERM"};
        case 9:
            return Ready{run};
        case 10:
            return TimeExtended{std::chrono::milliseconds(with * 100), run};
        case 11:
            return LeaderNamed{with - 8, run};
        case 12:
            return EndAnnounced{run};
        case 13:
            return Silent{run};
        default:
            return ShutdownBegun{};
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const config::ProcessConfig config = read_config(bytes);
    testing_support::Invariants invariants(config);
    Data life;
    Context context;
    Now now{MonoTime(std::chrono::hours(1)), WallTime(std::chrono::hours(400'000))};
    while (!bytes.empty()) {
        const Event event = read_event(bytes, life);
        const int later = bytes.next();
        now.mono += std::chrono::milliseconds(later * 100);
        // The wall clock goes where it wants.
        now.wall += std::chrono::seconds(later % 2 == 0 ? later : -later);
        if (later == 255) context.daemon_running = false;
        Step result = step(config, life, event, now, context);
        const std::string wrong = invariants.check(life, event, now, context, result);
        if (!wrong.empty()) {
            std::fprintf(stderr, "%s\n", wrong.c_str());
            std::abort();
        }
        life = std::move(result.data);
        static_cast<void>(describe(life, now, "x"));
    }
    return 0;
}
