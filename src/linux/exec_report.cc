#include "linux/exec_report.h"

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

#include <errno.h>
#include <sys/mman.h>

namespace svd::os {
namespace {

using detail::ReportCell;
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kCellsPerPage = kPageBytes / sizeof(ReportCell);

// Pages are never given back: they are as many as children lived at the same time.
std::vector<ReportCell*>& free_cells() {
    static std::vector<ReportCell*> cells;
    return cells;
}

}  // namespace

std::string_view stage_name(SpawnStage stage) {
    switch (stage) {
        case SpawnStage::None:
            return "none";
        case SpawnStage::Descriptors:
            return "descriptors";
        case SpawnStage::Cgroup:
            return "cgroup";
        case SpawnStage::OomScore:
            return "oom_score_adj";
        case SpawnStage::Nice:
            return "nice";
        case SpawnStage::IoPriority:
            return "ionice";
        case SpawnStage::Limits:
            return "limits";
        case SpawnStage::NotRoot:
        case SpawnStage::Uid:
            return "user";
        case SpawnStage::Groups:
        case SpawnStage::Gid:
            return "group";
        case SpawnStage::Directory:
            return "directory";
        case SpawnStage::Exec:
            return "exec";
    }
    return "unknown";  // a number that a newer child wrote
}

Result<ExecReport> ExecReport::allocate() {
    auto& cells = free_cells();
    if (cells.empty()) {
        void* page =
            mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) return fail_errno(errno, "allocate a page for child reports");
        cells.reserve(cells.capacity() + kCellsPerPage);
        auto* first = static_cast<ReportCell*>(page);
        for (std::size_t i = kCellsPerPage; i-- > 0;) cells.push_back(new (first + i) ReportCell);
    }
    ExecReport report;
    report.cell_ = cells.back();
    cells.pop_back();
    report.cell_->stage.store(0, std::memory_order_relaxed);
    report.cell_->code.store(0, std::memory_order_relaxed);
    report.cell_->resource.store(-1, std::memory_order_relaxed);
    return report;
}

ExecReport& ExecReport::operator=(ExecReport&& other) noexcept {
    if (this != &other) {
        reset();
        cell_ = std::exchange(other.cell_, nullptr);
    }
    return *this;
}

void ExecReport::reset() noexcept {
    if (cell_ != nullptr) free_cells().push_back(std::exchange(cell_, nullptr));  // has capacity
}

SpawnStage ExecReport::stage() const {
    if (cell_ == nullptr) return SpawnStage::None;
    return static_cast<SpawnStage>(cell_->stage.load(std::memory_order_acquire));
}

int ExecReport::code() const {
    return cell_ == nullptr ? 0 : cell_->code.load(std::memory_order_relaxed);
}

int ExecReport::resource() const {
    return cell_ == nullptr ? -1 : cell_->resource.load(std::memory_order_relaxed);
}

}  // namespace svd::os
