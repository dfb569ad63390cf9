// Waits for files that do not exist yet: says when one of them may have come. inotify on the
// nearest directory that is there; nothing wakes up meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "linux/loop.h"

namespace svd::os {

class PathWatch {
  public:
    PathWatch();
    PathWatch(PathWatch&&) noexcept;
    PathWatch& operator=(PathWatch&&) noexcept;
    ~PathWatch();

    // Absolute paths. `came` is called when one of them was made or moved there, also when it was
    // there before; it may destroy the watch.
    [[nodiscard]] static Result<PathWatch> create(Loop& loop, const std::vector<std::string>& paths,
                                                  std::function<void()> came);
    explicit operator bool() const { return state_ != nullptr; }

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace svd::os
