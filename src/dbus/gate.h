// Who may do what: uid 0 and svd's own uid everything, others what polkit allows.
//
// Nothing here waits: a call is held until the bus has told the client's uid and polkit its answer,
// and then goes on or is refused.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <sys/types.h>

#include "dbus/call.h"
#include "dbus/sdbus_link.h"

namespace svd::dbus {

class Gate {
  public:
    // `polkit`: whether this bus has one; without it others may only look.
    Gate(SdbusLink& bus, bool polkit);
    ~Gate();

    // Calls the method's code, now or later, or refuses.
    void admit(const CallPtr& call);

  private:
    void decide(const CallPtr& call, uid_t uid);
    void ask(const CallPtr& call, uid_t uid);
    void learn(const std::string& client, uid_t uid);

    static constexpr std::size_t kMostKnown = 256;     // clients
    static constexpr std::size_t kMostChecks = 256;    // held at once
    static constexpr std::size_t kMostOfOneUser = 16;  // of them

    struct Held;
    SdbusLink& bus_;
    bool polkit_;
    std::map<std::string, uid_t, std::less<>> known_;  // a unique name is never given again
    std::shared_ptr<Held> held_;
};

// The code of the method, unless svd is stopping.
void run(const CallPtr& call);

}  // namespace svd::dbus
