#include "daemon/kept_state.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/runtime.h"
#include "linux/handover.h"

namespace svd::daemon {

using namespace std::chrono_literals;

namespace {
constexpr int kWritesPerTurn = 8;
constexpr std::size_t kSmallestJournal = 1024UL * 1024;
constexpr std::size_t kGrowth = 3;  // times what was left at the last compacting
// The next one is started no sooner than this after one that ended.
constexpr auto kKeeperLives = 10s;

Result<UniqueFd> make_journal() {
    auto file = UniqueFd::adopt(::memfd_create("svd-journal", MFD_CLOEXEC));
    if (!file) return fail_errno(errno, "create a file in memory");
    return file;
}

Status write_at(int fd, std::string_view bytes, std::size_t at) {
    while (!bytes.empty()) {
        const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_errno(errno, "write {} bytes to memory", bytes.size());
        bytes.remove_prefix(static_cast<std::size_t>(put));
        at += static_cast<std::size_t>(put);
    }
    return {};
}
}  // namespace

state::Identity identity_of(int fd) {
    struct stat there{};
    if (fd < 0 || ::fstat(fd, &there) != 0) return {};
    return {fd, there.st_ino};
}

KeptState::KeptState(os::Loop& loop, log::DaemonLog& log, process::Fleet& fleet,
                     std::string address, Hooks hooks)
    : loop_(loop),
      log_(log),
      fleet_(fleet),
      address_(std::move(address)),
      hooks_(std::move(hooks)) {}

KeptState::~KeptState() {
    while (!processes_.empty()) static_cast<void>(next_process());
}

Result<std::unique_ptr<KeptState>> KeptState::open(os::Loop& loop, log::DaemonLog& log,
                                                   process::Fleet& fleet, std::string address,
                                                   Hooks hooks) {
    std::unique_ptr<KeptState> kept(
        new KeptState(loop, log, fleet, std::move(address), std::move(hooks)));
    SVD_CHECK(kept->open_parts());
    return kept;
}

Status KeptState::open_parts() {
    compact_at_ = kSmallestJournal;
    SVD_TRY(journal_, make_journal());
    SVD_TRY(writing_,
            os::Defer::create(loop_, [this] { return write_some(); }, os::Priority::Control));
    SVD_TRY(again_, os::Timer::create(loop_, [this] { start_again(); }));
    for (const auto* group : fleet_.groups_by_priority()) group_changed(group->name());
    write_daemon();
    return {};
}

// --- the keeper ----------------------------------------------------------------------------------

Status KeptState::start_keeper() {
    SVD_TRY(keeper_, os::Keeper::start(address_, journal_.get(), doors_));
    keeper_started_ = os::Loop::now().mono;
    SVD_TRY(keeper_end_, os::Watch::add(loop_, keeper_->pidfd(), EPOLLIN, os::Priority::Control,
                                        [this](std::uint32_t) { keeper_ended(); }));
    return {};
}

void KeptState::keeper_ended() {
    keeper_end_.reset();
    log_.warn(
        "the keeper (pid {}) has ended; until there is another, programs would not outlive a "
        "crash of svd",
        keeper_->pid());
    keeper_.reset();
    again_.set(std::max(os::Loop::now().mono, keeper_started_ + kKeeperLives));
}

void KeptState::start_again() {
    if (const auto started = start_keeper(); !started)
        return log_.error("programs would not outlive a crash any more: {}", started.error().text);
    log_.info("another keeper has pid {}", keeper_->pid());
}

// --- the journal ---------------------------------------------------------------------------------

void KeptState::begin() {
    if (std::exchange(begun_, true)) return;
    writing_.enable();
}

void KeptState::write_all() {
    begun_ = true;
    while (write_some()) {
    }
}

bool KeptState::up_to_date() const {
    return keeper_ && complete_ && !broken_ && !daemon_changed_ && groups_.empty() &&
           processes_.empty();
}

void KeptState::set_doors(std::vector<int> descriptors) {
    doors_ = std::move(descriptors);
}

void KeptState::want_to_write() {
    if (begun_) writing_.enable();
}

void KeptState::daemon_changed() {
    daemon_changed_ = true;
    want_to_write();
}

void KeptState::group_changed(const std::string& name) {
    groups_.push_back(name);
    want_to_write();
}

void KeptState::group_gone(const std::string& name) {
    append(state::group_gone_record(name));
}

void KeptState::process_changed(process::Process& process) {
    if (std::exchange(runtime_of(process).unwritten, true)) return;
    processes_.emplace_back(process.group->name(), process.name());
    want_to_write();
}

void KeptState::write(const process::Process& process) {
    append(state::process_record(process.group->name(), hooks_.process(process)));
}

void KeptState::write_daemon() {
    auto daemon = hooks_.daemon();
    daemon.complete = complete_;
    append(state::daemon_record(daemon));
}

void KeptState::write_next_group() {
    const std::string name = std::move(groups_.front());
    groups_.pop_front();
    const auto* group = fleet_.find_group(name);
    if (group == nullptr) return;
    append(state::group_record(*group->config));
    for (const auto& process : group->processes) process_changed(*process);
}

// Null when it has been removed since.
process::Process* KeptState::next_process() {
    const auto [group, name] = std::move(processes_.front());
    processes_.pop_front();
    auto* process = fleet_.find(group, name);
    if (process != nullptr) runtime_of(*process).unwritten = false;
    return process;
}

bool KeptState::write_some() {
    for (int i = 0; i < kWritesPerTurn; ++i) {
        if (std::exchange(daemon_changed_, false)) {
            write_daemon();
        } else if (!groups_.empty()) {
            write_next_group();
        } else if (!processes_.empty()) {
            if (const auto* process = next_process()) write(*process);
        } else {
            if (complete_) return false;
            complete_ = daemon_changed_ = true;
        }
    }
    return true;
}

void KeptState::append(std::string_view record) {
    if (broken_) return;
    auto written = write_at(journal_.get(), record, size_);
    size_ += record.size();
    if (written && size_ > compact_at_) written = compact();
    if (written) return;
    broken_ = true;
    log_.error("programs would not outlive a crash any more: {}", written.error().text);
}

// Into another file, which then takes the number of this one: there is always a whole one.
Status KeptState::compact() {
    SVD_TRY(const std::string all, os::read_whole_file(journal_.get()));
    const std::string living = state::compact(all);
    SVD_TRY(const UniqueFd file, make_journal());
    SVD_CHECK(write_at(file.get(), living, 0));
    if (::dup3(file.get(), journal_.get(), O_CLOEXEC) < 0)
        return fail_errno(errno, "change over to another file in memory");
    size_ = living.size();
    compact_at_ = std::max(kSmallestJournal, kGrowth * size_);
    return {};
}

}  // namespace svd::daemon
