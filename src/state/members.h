// The members of everything in a snapshot. Private to state/.
#pragma once

#include "state/json_types.h"
#include "state/model.h"

namespace svd {
SVD_STATE(Counters, cgroup, cpu_usec, cpu_user_usec, cpu_system_usec, read_bytes, written_bytes,
          memory_peak, oom_kills)
}  // namespace svd

namespace svd::config {
SVD_STATE(CpuQuota, quota, period)
SVD_STATE(IoPriority, io_class, level)
SVD_STATE(ResourceLimit, resource, soft, hard)
SVD_STATE(Limits, memory_high, memory_max, memory_swap_max, oom_group, cpu_weight, cpu_max,
          allowed_cpus, io_weight, pids_max, memory_restart, oom_score_adj, nice, ionice, rlimits)
SVD_STATE(RestartLimit, count, window)
SVD_STATE(Readiness, by, fd, timeout, watchdog, watchdog_signal, fdstore_max)
SVD_STATE(LogConfig, target, path, more_paths, maxbytes, backups, maxage, capture_maxbytes,
          events_enabled, syslog, journal)
SVD_STATE(Credentials, user, uid, gid, groups, home, shell)
SVD_STATE(SocketOwner, uid, gid)
SVD_STATE(FcgiSocket, url, backlog, owner, mode)
SVD_STATE(SocketAddress, path, host, port)
SVD_STATE(SocketConfig, name, listen, type, fd_name, mode, owner, backlog, reuse_port, free_bind,
          keep_alive, no_delay)
SVD_STATE(ProcessConfig, name, program, command, priority, autostart, startsecs, startretries,
          autorestart, restart_limit, exitcodes, stopsignal, stopwaitsecs, stopasgroup, killasgroup,
          keep_descendants, readiness, user, redirect_stderr, stdout_log, stderr_log, environment,
          directory, umask, serverurl, fcgi_socket, depends_on, limits, sockets, start_on_connect,
          critical)
SVD_STATE(ListenerPool, events, buffer_size, result_handler, length_in_bytes)
SVD_STATE(GroupConfig, name, priority, kind, homogeneous, processes, fcgi_socket, listener_pool,
          limits)
SVD_STATE(HttpAuth, username, password)
SVD_STATE(UnixServerConfig, section, path, mode, owner, auth)
SVD_STATE(InetServerConfig, section, host, port, auth)
SVD_STATE(RpcInterface, name, factory)
SVD_STATE(DaemonConfig, logfile, log_to_syslog, log_to_journal, logfile_maxbytes, logfile_backups,
          logfile_maxage, loglevel, pidfile, umask, umask_given, nodaemon, silent, minfds, minprocs,
          nocleanup, childlogdir, user, directory, strip_ansi, environment, identifier,
          required_controllers, take_over, dbus)
SVD_STATE(Config, path, here, daemon, groups, unix_servers, inet_servers, rpc_interfaces,
          included_files, server_url)
}  // namespace svd::config

namespace svd::log {
SVD_STATE(AnsiState, state, osc, length)
SVD_STATE(CaptureState, capturing, matched, message)
SVD_STATE(ChannelState, ansi, capture, line, bytes_read, bytes_passed, tail)
}  // namespace svd::log

namespace svd::event {
SVD_STATE(Event, serial, type, payload, at, group, process)
SVD_STATE(ProtocolState, state, held, missing)
SVD_STATE(QueuedEvent, event, pool_serial)
SVD_STATE(PoolListenerState, process, protocol, event)
SVD_STATE(ListenerPoolTotals, accepted, delivered, rejected, dropped)
SVD_STATE(PoolState, queue, listeners, next_pool_serial, totals, rejects_in_a_row, holding)
}  // namespace svd::event

namespace svd::process {
SVD_STATE(ExitStatus, code, signal, core_dumped)
SVD_STATE(Data, state, pid, run, restarts_total, started_mono, laststart, laststop, backoff,
          restarts, restart_window, deadline, exit, leader_gone, leader_gone_at, ended_early,
          restart_wanted, killed, stop_wanted, ready, new_leader, doom, spawnerr)
SVD_STATE(Told, status, reloading, stopping, watchdog)
SVD_STATE(MemoryFacts, known, oom_kills, limit, limit_from_above, peak)
SVD_STATE(MemoryBreach, used, limit)
SVD_STATE(Death, kind, at, pid, ran, status, expected, early, asked, signal_on_request, failure,
          stage, error, left_behind, left_killed, memory, breach, doom, cpu_usec, nth_today)
SVD_STATE(LastOutput, out, err)
SVD_STATE(EndCount, total, today)
SVD_STATE(DeathLog, deaths, counts, day, output, at_end)
}  // namespace svd::process

namespace svd::state {
SVD_STATE(Output, pipe, auto_path, channel)
SVD_STATE(Lingering, is_stderr, output)
SVD_STATE(StoredFd, name, fd, poll)
SVD_STATE(Notify, socket, ready_pipe, told, stored)
SVD_STATE(Process, name, data, deaths, signal_on_request, paused, queued, out, err, in, in_queue,
          holds_socket, lingering, walking, walk_marker, leaf, breach, quick_breaches, notify)
SVD_STATE(Group, config, processes, pool)
SVD_STATE(Server, section, fd, path)
SVD_STATE(FcgiSocket, config, program, left_to_descendants, fd, path)
SVD_STATE(OpenListener, fd, path)
SVD_STATE(OpenSocket, config, listeners)
SVD_STATE(ResourceLimit, resource, soft, hard)
SVD_STATE(Configured, config, groups)
SVD_STATE(Snapshot, version, program_version, upgrades, started, group_configs, configured,
          last_read, working_directory, child_limits, pidfile, cgroup, servers, fcgi_sockets,
          sockets, bus_clients, next_serial, next_listener_serial, ticks, groups)
}  // namespace svd::state
