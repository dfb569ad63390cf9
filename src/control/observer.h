// What doors that tell their clients of changes are told, besides the events on the bus.
#pragma once

#include "process/fleet.h"

namespace svd::control {

class Observer {
  public:
    virtual ~Observer() = default;
    // The configuration is being read or carried out, or that is over.
    virtual void reloading(bool active) = 0;
    // Before the group and its processes go away.
    virtual void leaving(const process::Group& group) = 0;
};

}  // namespace svd::control
