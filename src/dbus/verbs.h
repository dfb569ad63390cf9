// What the methods do. A method of a process or group object is the manager's with the name taken
// from the path, so most of these serve both.
#pragma once

#include "control/supervisor.h"
#include "dbus/call.h"

namespace svd::dbus {

// Rows of (group, name, error, message); error is empty where it is done. Nothing where the method
// has no answer.
[[nodiscard]] control::Done<control::MemberResults> then_results(const CallPtr& call);
// An answer without values, or the fault.
void answer(const CallPtr& call, const control::Outcome<void>& outcome);
void answer(const CallPtr& call, const control::Outcome<control::MemberResults>& outcome);

namespace verbs {

// --- acting (verbs_act.cc)
template <control::Wait kWait>
void start(const CallPtr& call);
template <control::Wait kWait>
void stop(const CallPtr& call);
template <control::Wait kWait>
void restart(const CallPtr& call);
template <control::Wait kWait>
void start_group(const CallPtr& call);
template <control::Wait kWait>
void stop_group(const CallPtr& call);
template <control::Wait kWait>
void restart_group(const CallPtr& call);
template <control::Wait kWait>
void start_all(const CallPtr& call);
template <control::Wait kWait>
void stop_all(const CallPtr& call);
template <control::Wait kWait>
void restart_all(const CallPtr& call);
void pause(const CallPtr& call);
void resume(const CallPtr& call);
void pause_group(const CallPtr& call);
void resume_group(const CallPtr& call);
void pause_all(const CallPtr& call);
void resume_all(const CallPtr& call);
void signal(const CallPtr& call);
void signal_group(const CallPtr& call);
void signal_all(const CallPtr& call);
void send_stdin(const CallPtr& call);

// --- logs (verbs_logs.cc)
void read_log(const CallPtr& call);
void clear_log(const CallPtr& call);
void rotate_log(const CallPtr& call);
void read_process_log(const CallPtr& call);
void tail_process_log(const CallPtr& call);
void clear_process_logs(const CallPtr& call);
void rotate_process_logs(const CallPtr& call);
void reopen_process_logs(const CallPtr& call);
void clear_all_process_logs(const CallPtr& call);
void rotate_all_process_logs(const CallPtr& call);
void reopen_all_process_logs(const CallPtr& call);

// --- looking (verbs_look.cc)
void list_processes(const CallPtr& call);
void list_groups(const CallPtr& call);
void get_process(const CallPtr& call);
void get_process_by_pid(const CallPtr& call);
void get_group(const CallPtr& call);
void why(const CallPtr& call);
void why_all(const CallPtr& call);
void why_this(const CallPtr& call);
void list_deaths(const CallPtr& call);
void list_all_deaths(const CallPtr& call);
void get_usage(const CallPtr& call);
void list_usage(const CallPtr& call);
void list_group_usage(const CallPtr& call);
void list_configs(const CallPtr& call);
void list_event_pools(const CallPtr& call);

// --- the daemon (verbs_daemon.cc)
void reread(const CallPtr& call);
void update(const CallPtr& call);
void reload(const CallPtr& call);
void add_group(const CallPtr& call);
void remove_group(const CallPtr& call);
void send_event(const CallPtr& call);
void restart_daemon(const CallPtr& call);
void shutdown(const CallPtr& call);
void upgrade(const CallPtr& call);
void subscribe(const CallPtr& call);
void unsubscribe(const CallPtr& call);

}  // namespace verbs
}  // namespace svd::dbus
