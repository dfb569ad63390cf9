#include "linux/path_watch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strings.h"

namespace svd::os {

namespace {
constexpr std::uint32_t kEvents =
    IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool exists(const std::string& path) {
    struct stat there{};
    return ::stat(path.c_str(), &there) == 0;
}
}  // namespace

struct PathWatch::State {
    // The directory that is watched for one path, and the name in it that leads on.
    struct Step {
        int watch = -1;
        std::string name;
    };

    // Watches the nearest directory of each path. True when one of the paths is there.
    bool arm() {
        const auto before = std::exchange(steps, {});
        bool there = false;
        for (const auto& path : paths) {
            steps.push_back(arm(path));
            there = there || exists(path);
        }
        for (const auto& old : before)
            if (old.watch >= 0 && std::ranges::find(steps, old.watch, &Step::watch) == steps.end())
                ::inotify_rm_watch(inotify.get(), old.watch);
        return there;
    }

    // Up to the first directory that can be watched, and down again as far as directories were made
    // meanwhile.
    [[nodiscard]] Step arm(const std::string& path) const {
        std::string below = path;
        int found = add(directory_of(below));
        while (found < 0 && below.rfind('/') != 0) {
            below = directory_of(below);
            found = add(directory_of(below));
        }
        while (found >= 0 && below != path) {
            const std::string next = path.substr(0, path.find('/', below.size() + 1));
            const int further = add(below);
            if (further < 0) break;
            found = further;
            below = next;
        }
        return {found, below.substr(below.rfind('/') + 1)};
    }

    [[nodiscard]] int add(const std::string& directory) const {
        return ::inotify_add_watch(inotify.get(), directory.c_str(), kEvents);
    }

    // True when an event is about a name that leads to one of the paths.
    [[nodiscard]] bool concerns(const inotify_event& event, const char* name) const {
        for (const auto& step : steps)
            if (step.watch == event.wd && (event.len == 0 || step.name == name)) return true;
        return (event.mask & IN_Q_OVERFLOW) != 0;
    }

    [[nodiscard]] bool drain() const {
        alignas(inotify_event) char buffer[4096];
        bool concerned = false;
        for (;;) {
            const ssize_t size = ::read(inotify.get(), buffer, sizeof buffer);
            if (size <= 0) return concerned;
            for (const char* at = buffer; at < buffer + size;) {
                inotify_event event{};
                std::memcpy(&event, at, sizeof event);
                concerned = concerned || concerns(event, at + sizeof event);
                at += sizeof event + event.len;
            }
        }
    }

    std::vector<std::string> paths;
    std::function<void()> came;
    UniqueFd inotify;
    std::vector<Step> steps;
    Watch watch;
};

PathWatch::PathWatch() = default;
PathWatch::PathWatch(PathWatch&&) noexcept = default;
PathWatch& PathWatch::operator=(PathWatch&&) noexcept = default;
PathWatch::~PathWatch() = default;

Result<PathWatch> PathWatch::create(Loop& loop, const std::vector<std::string>& paths,
                                    std::function<void()> came) {
    PathWatch made;
    made.state_ = std::make_shared<State>();
    auto& state = *made.state_;
    state.paths = paths;
    state.came = std::move(came);
    state.inotify = UniqueFd::adopt(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!state.inotify) return fail_errno(errno, "watch for files");
    state.arm();
    const auto seen = [weak = std::weak_ptr(made.state_)](std::uint32_t) {
        const auto self = weak.lock();
        if (self && self->drain() && self->arm()) self->came();
    };
    SVD_TRY(state.watch, Watch::add(loop, state.inotify.get(), EPOLLIN, Priority::Control, seen));
    return made;
}

}  // namespace svd::os
