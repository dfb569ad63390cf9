// The handlers of svctl's actions; the table in command_table.h says which is whose. Each takes
// what followed the action's name, without blanks around it.
#pragma once

#include <string_view>
#include <vector>

#include "cli/session.h"

namespace svd::cli {

using Handler = void (*)(Session&, std::string_view argument);

// commands_status.cc
void run_status(Session& session, std::string_view argument);
// `status -l`; in commands_usage.cc.
void show_long_status(Session& session, const std::vector<std::string_view>& names);
void run_pid(Session& session, std::string_view argument);
void run_avail(Session& session, std::string_view argument);
void run_version(Session& session, std::string_view argument);

// commands_events.cc
void run_events(Session& session, std::string_view argument);

// commands_top.cc
void run_top(Session& session, std::string_view argument);

// commands_why.cc
void run_why(Session& session, std::string_view argument);

// commands_process.cc
void run_start(Session& session, std::string_view argument);
void run_stop(Session& session, std::string_view argument);
void run_restart(Session& session, std::string_view argument);
void run_signal(Session& session, std::string_view argument);
void run_clear(Session& session, std::string_view argument);
void run_pause(Session& session, std::string_view argument);
void run_resume(Session& session, std::string_view argument);
void run_rotate(Session& session, std::string_view argument);
void run_reopen(Session& session, std::string_view argument);

// commands_config.cc
void run_reread(Session& session, std::string_view argument);
void run_update(Session& session, std::string_view argument);
void run_add(Session& session, std::string_view argument);
void run_remove(Session& session, std::string_view argument);

// commands_daemon.cc
void run_shutdown(Session& session, std::string_view argument);
void run_reload(Session& session, std::string_view argument);
void run_upgrade(Session& session, std::string_view argument);
void run_open(Session& session, std::string_view argument);
void run_quit(Session& session, std::string_view argument);

// commands_log.cc
void run_tail(Session& session, std::string_view argument);
void run_maintail(Session& session, std::string_view argument);
// foreground.cc
void run_fg(Session& session, std::string_view argument);

}  // namespace svd::cli
