// Which cgroup controllers the configuration asks for, and which of them there are.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/load.h"
#include "daemon/limit_plan.h"
#include "linux/descendants.h"
#include "log/daemon_log.h"

namespace svd::daemon {

// Gets controllers for the limits of the configuration and says what it could not get, once.
class Controllers {
  public:
    // Both outlive it.
    Controllers(os::Scopes& scopes, log::DaemonLog& log) : scopes_(scopes), log_(log) {}
    // At start and after a reread. An error when one of required_controllers is missing.
    [[nodiscard]] Status provide(const config::Config& config);
    // Control files that the kernel does not have although it has the controller.
    void note_unknown_files(const std::vector<std::string>& files);

  private:
    [[nodiscard]] std::vector<os::CgroupTree::Missing> enable(const ControllerNeeds& needs);

    os::Scopes& scopes_;
    log::DaemonLog& log_;
    std::set<std::string> warned_;
};

// Without a daemon, before anything is started: what a daemon here would miss, as problems of the
// configuration; errors for required_controllers.
[[nodiscard]] std::vector<config::Problem> controller_problems(const config::Config& config);

}  // namespace svd::daemon
