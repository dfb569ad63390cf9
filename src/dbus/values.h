// How facts about processes become D-Bus values.
#pragma once

#include "base/usage.h"
#include "control/views.h"
#include "control/views_ends.h"
#include "dbus/message.h"

namespace svd::dbus {

// 0 when there is no leader.
[[nodiscard]] std::uint32_t shown_pid(const process::Process& process);
[[nodiscard]] std::uint32_t running_in(const process::Group& group);
// Microseconds since the epoch; 0: never.
[[nodiscard]] std::uint64_t microseconds(WallTime time);

// The entries of an a{sv}. Figures that are not known are left out.
void write_usage(Writer& out, const Usage& usage);
void write_config(Writer& out, const control::ConfigInfo& info);
// A struct (sssa{st}aa{sv}): group, name, reason, counts of ends by kind, the last ends.
void write_deaths(Writer& out, const control::EndsView& view);
// The members of (sa{st}a(sss)): group, figures, listeners as (name, state, listener state).
void write_event_pool(Writer& out, const control::EventPoolInfo& pool);

}  // namespace svd::dbus
