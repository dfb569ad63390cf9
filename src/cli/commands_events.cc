// What became of the events: one line for each pool of listeners, then one for each process of it.
#include <algorithm>

#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/json_output.h"
#include "cli/namespec.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr std::size_t kNameWidth = 33;  // as in `status`
constexpr std::size_t kStateWidth = 10;

void print_pool(Session& session, const wire::Value& pool) {
    const auto group = text_member(pool, "group");
    session.print(fmt::format("{}queued {}/{}, delivered {}, rejected {}, dropped {}",
                              pad_right(group, std::max(kNameWidth, character_count(group) + 1)),
                              int_member(pool, "queued"), int_member(pool, "buffer_size"),
                              int_member(pool, "delivered"), int_member(pool, "rejected"),
                              int_member(pool, "dropped")));
    const auto* processes = pool.find("processes");
    if (!processes) return;
    for (const auto& process : processes->elements()) {
        const auto name = fmt::format("  {}", make_namespec(group, text_member(process, "name")));
        session.print(fmt::format("{}{}{}",
                                  pad_right(name, std::max(kNameWidth, character_count(name) + 1)),
                                  pad_right(text_member(process, "statename"), kStateWidth),
                                  text_member(process, "listener_state")));
    }
}

}  // namespace

void run_events(Session& session, std::string_view) {
    const auto pools = session.call_full("svd.getEventPools");
    if (!pools) {
        if (pools.error().is_fault(kFaultUnknownMethod)) {
            session.complain("Sorry, the server does not count events; svd does.");
            session.fail_with(kUnimplemented);
        } else {
            session.report(pools.error());
        }
    } else if (session.settings().json) {
        session.print(events_json(pools->elements()));
    } else {
        for (const auto& pool : pools->elements()) print_pool(session, pool);
    }
}

}  // namespace svd::cli
