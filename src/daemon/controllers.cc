#include "daemon/controllers.h"

#include <algorithm>

#include <fmt/format.h>

namespace svd::daemon {

namespace {

bool is_required(const config::Config& config, const std::string& controller) {
    return std::ranges::find(config.daemon.required_controllers, controller) !=
           config.daemon.required_controllers.end();
}

std::string own_place() {
    const auto place = os::find_own_cgroup();
    return place ? fmt::format("cgroup {} does not have it", place->path) : place.error().text;
}

}  // namespace

std::vector<os::CgroupTree::Missing> Controllers::enable(const ControllerNeeds& needs) {
    std::vector<std::string> names;
    for (const auto& [name, options] : needs) names.push_back(name);
    if (auto* tree = scopes_.tree()) return tree->enable(names);
    std::vector<os::CgroupTree::Missing> missing;
    missing.reserve(names.size());
    for (const std::string& name : names) missing.push_back({name, scopes_.why_walking()});
    return missing;
}

Status Controllers::provide(const config::Config& config) {
    const ControllerNeeds needs = needed_controllers(config);
    for (const auto& missing : enable(needs)) {
        const std::string text =
            fmt::format("{} ({}; {})", describe_missing(missing.controller, needs), missing.why,
                        kHowToGetControllers);
        if (is_required(config, missing.controller)) return fail("required_controllers: {}", text);
        if (warned_.insert(missing.controller).second) log_.warn("{}", text);
    }
    return {};
}

void Controllers::note_unknown_files(const std::vector<std::string>& files) {
    for (const std::string& file : files)
        if (warned_.insert(file).second)
            log_.warn("this kernel has no {}: limits by it have no effect", file);
}

std::vector<config::Problem> controller_problems(const config::Config& config) {
    std::vector<config::Problem> problems;
    const ControllerNeeds needs = needed_controllers(config);
    if (needs.empty()) return problems;
    const auto available = os::available_controllers();
    for (const auto& [name, options] : needs) {
        if (std::ranges::find(available, name) != available.end()) continue;
        config::Problem problem;
        problem.severity =
            is_required(config, name) ? config::Severity::Error : config::Severity::Warning;
        problem.text = fmt::format("{} ({})", describe_missing(name, needs), own_place());
        if (is_required(config, name)) problem.option = "required_controllers";
        problem.file = config.path;
        problem.hint = kHowToGetControllers;
        problems.push_back(std::move(problem));
    }
    return problems;
}

}  // namespace svd::daemon
