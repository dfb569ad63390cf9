// Asks the program that is on disk now whether it can go on with the state of this one, before
// anything is given up for it: it is run with --check-state and the state on its standard input.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "linux/children.h"
#include "linux/loop.h"

namespace svd::daemon {

class UpgradeCheck {
  public:
    // A program that has not answered by then is taken for broken and killed.
    static constexpr std::chrono::seconds kPatience{10};

    // `done` is called once, from the loop, with what the program said when it refused. Loop and
    // table outlive this; destroying it forgets the question.
    static Result<std::unique_ptr<UpgradeCheck>> start(os::Loop& loop, os::ChildTable& children,
                                                       const std::string& program,
                                                       std::string_view state,
                                                       std::function<void(Status)> done);
    ~UpgradeCheck();

  private:
    UpgradeCheck(os::ChildTable& children, std::string program, std::function<void(Status)> done)
        : children_(children), program_(std::move(program)), done_(std::move(done)) {}
    void ended(const os::ExitReport& report);
    [[nodiscard]] std::string said() const;

    os::ChildTable& children_;
    std::string program_;
    std::function<void(Status)> done_;
    pid_t pid_ = 0;
    bool too_slow_ = false;
    UniqueFd output_;
    os::Timer timer_;
};

}  // namespace svd::daemon
