// Where a child that cannot become its program leaves the reason.
//
// A slot lives in memory shared with the children. Parent and child need no pipe and nobody waits:
// when the child is reaped, the slot either is untouched (execve worked) or holds {stage, errno}.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace svd::os {

// Steps of a child before its program runs that can fail, in their order.
enum class SpawnStage : std::uint32_t {
    None,
    Descriptors,
    Cgroup,
    OomScore,
    Nice,
    IoPriority,
    Limits,   // ExecReport::resource() says which
    NotRoot,  // another user is wanted, and the daemon is not root
    Groups,
    Gid,
    Uid,
    Directory,
    Exec,
};

// "exec", "directory": one word for people.
[[nodiscard]] std::string_view stage_name(SpawnStage stage);

struct ExecFailure {
    SpawnStage stage = SpawnStage::None;
    int code = 0;      // errno
    std::string text;  // the line in the child's log, without "supervisor: "
};

namespace detail {
struct alignas(8) ReportCell {
    std::atomic<std::uint32_t> stage;
    std::atomic<std::int32_t> code;
    std::atomic<std::int32_t> resource;
};
}  // namespace detail

// Owns one cell. Keep it until the child is reaped.
class ExecReport {
  public:
    ExecReport() = default;
    ExecReport(ExecReport&& other) noexcept : cell_(other.cell_) { other.cell_ = nullptr; }
    ExecReport& operator=(ExecReport&& other) noexcept;
    ~ExecReport() { reset(); }

    [[nodiscard]] static Result<ExecReport> allocate();
    void reset() noexcept;
    [[nodiscard]] detail::ReportCell* cell() const { return cell_; }
    // None when the program runs, or when this holds no cell.
    [[nodiscard]] SpawnStage stage() const;
    [[nodiscard]] int code() const;
    [[nodiscard]] int resource() const;  // RLIMIT_ number, when the stage is Limits

  private:
    detail::ReportCell* cell_ = nullptr;
};

}  // namespace svd::os
