#!/bin/bash
# OOM kills are told from other ends and come with their figures. svd runs in a transient unit.
# Needs cgroup v2 with memory; else it is skipped.
set -u
# shellcheck source=tests/system/checks.sh
. ./checks.sh
svd=$(command -v svd)
unit=oom-of-svd

grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null || skip "no cgroup controller memory"

scratch=$(mktemp -d /tmp/svd-ends-XXXXXX)
finish() {
    systemctl stop "$unit" 2>/dev/null
    rm -rf "$scratch"
}
trap finish EXIT

ctl() { svctl -c "$scratch/svd.conf" "$@"; }
says() { # PROGRAM PATTERN
    local answer
    answer=$(ctl why "$1")
    grep -q -- "$2" <<<"$answer" || { echo "$answer"; return 1; }
}
told() { check "$1" soon says "$2" "$3"; } # WHAT PROGRAM PATTERN

cat >"$scratch/svd.conf" <<CONF
$(sections "$scratch" "$scratch")
[program-default]
startsecs=0
autorestart=false
[program:leader]
command=/bin/sh -c "echo hungry; exec tail /dev/zero"
memory_max=32M
memory_swap_max=0
[program:child]
command=/bin/sh -c "tail /dev/zero; exit 4"
memory_max=32M
memory_swap_max=0
[group:small]
programs=member,neighbour
memory_max=48M
memory_swap_max=0
[program:member]
command=/usr/bin/tail /dev/zero
[program:neighbour]
command=/bin/cat
[program:victim]
command=/bin/cat
CONF
systemd-run -q --unit="$unit" --property=Delegate=yes "$svd" -n -c "$scratch/svd.conf" || exit 1
soon ctl pid >/dev/null
told "an OOM kill has its figures" leader "OOM-killed at 32M of 32M, after"
told "and the last lines" leader "hungry"
told "one of a child is no end of the leader" child \
    "exit code 4, not expected, 1 of its processes OOM-killed"
told "one by the limit of the group says so" small:member \
    "OOM-killed at 4[0-9.]*M of 48M, the limit of a cgroup above it"
told "the neighbour lives" small:neighbour "RUNNING, running since"
kill -9 "$(ctl pid victim)"
told "another SIGKILL is none" victim "SIGKILL from outside svd, no OOM kill"

tally
