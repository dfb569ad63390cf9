#!/bin/bash
# Limits under systemd with every controller: they arrive in the kernel's files, are enforced, change
# under running programs, and nothing is left behind. svd runs in transient units.
# Needs cgroup v2 with cpu, cpuset, io, memory and pids; else it is skipped.
set -u
# shellcheck source=tests/system/checks.sh
. ./checks.sh
svd=$(command -v svd)
cgroups=/sys/fs/cgroup
unit=none
starts=0

[ "$(nproc)" -gt 1 ] || skip "one processor"
for controller in cpu cpuset io memory pids; do
    grep -qw "$controller" "$cgroups/cgroup.controllers" 2>/dev/null ||
        skip "no cgroup controller $controller"
done

scratch=$(mktemp -d /tmp/svd-limits-XXXXXX)
finish() {
    systemctl stop "$unit" 2>/dev/null
    rm -rf "$scratch"
}
trap finish EXIT

ctl() { svctl -c "$scratch/svd.conf" "$@"; }
counts() { [ "$(sed -n "s/^$2 //p" "$1")" -gt "$3" ]; }           # FILE KEY NUMBER
may_use() { grep -Eqx "Cpus_allowed_list:[[:space:]]*$2" "/proc/$(pid "$1")/status"; }
gone() { ! [ -e "$1" ]; }
start() { # PROPERTY...: in a unit of its own
    starts=$((starts + 1))
    unit=svd-limits-$$-$starts
    systemd-run --quiet --collect --unit="$unit" --service-type=notify --property=KillMode=mixed "$@" \
        "$svd" -n -s -c "$scratch/svd.conf" && soon runs pinned
}

cat >"$scratch/forks.sh" <<'PROGRAM'
for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 1000 & wait) & done
wait
PROGRAM
mkfifo "$scratch/go"
configure() { # MEMORY_MAX ALLOWED_CPUS GROUP_PIDS_MAX [LINE OF SUPERVISORD]
    cat >"$scratch/svd.conf" <<CONFIGURATION
[unix_http_server]
file=$scratch/sock
[supervisord]
logfile=$scratch/log
pidfile=$scratch/pid
user=root
${4-}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$scratch/sock
[program-default]
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
[program:hog]
command=/bin/sh -c 'read x <$scratch/go; head -c 80M /dev/zero | tail | sleep 1000'
memory_max=$1
memory_swap_max=0
oom_group=true
[program:forks]
command=/bin/sh -c '/bin/sh $scratch/forks.sh; sleep 1000'
pids_max=6
[program:spin]
command=/bin/sh -c 'while :; do :; done'
cpu_max=20%
cpu_weight=250
io_weight=70
[program:pinned]
command=/bin/sleep 1000
$2
[program:plain]
command=/bin/sleep 1000
[program:one]
command=/bin/sleep 1000
[program:two]
command=/bin/sleep 1000
pids_max=5
[group:team]
programs=one,two
memory_max=64M
pids_max=$3
cpu_max=50000 100000
CONFIGURATION
}

configure 60M allowed_cpus=0 20
check "svd starts" start --property=Delegate=yes
own=$cgroups$(systemctl show -P ControlGroup "$unit")
main=$(systemctl show -P MainPID "$unit")
check "svd is in a leaf of its own" grep -q "/svd-$main/.daemon$" "/proc/$main/cgroup"
check "the unit's cgroup stays a domain" holds "$own/cgroup.type" domain
check "memory_max" holds "$(leaf hog)/memory.max" $((60 << 20))
check "memory_swap_max" holds "$(leaf hog)/memory.swap.max" 0
check "oom_group" holds "$(leaf hog)/memory.oom.group" 1
check "cpu_max" holds "$(leaf spin)/cpu.max" "20000 100000"
check "cpu_weight" holds "$(leaf spin)/cpu.weight" 250
check "io_weight" grep -qx "default 70" "$(leaf spin)/io.weight"
check "allowed_cpus" holds "$(leaf pinned)/cpuset.cpus" 0
check "pids_max" holds "$(leaf forks)/pids.max" 6
check "a group's memory_max" holds "$own/svd-$main/team/memory.max" $((64 << 20))
check "a group's cpu_max" holds "$own/svd-$main/team/cpu.max" "50000 100000"
check "a group's pids_max" holds "$own/svd-$main/team/pids.max" 20
check "a member's pids_max" holds "$own/svd-$main/team/two/pids.max" 5
check "none where none is asked for" holds "$(leaf plain)/memory.max" max

check "allowed_cpus is enforced" may_use pinned 0
check "cpu_max is enforced" soon counts "$(leaf spin)/cpu.stat" nr_throttled 3
check "pids_max is enforced" soon counts "$(leaf forks)/pids.events" max 0

hog=$(pid hog) hog_leaf=$(leaf hog)
configure 200M "" 30
check "reread" ctl reread
check "other memory_max at once" holds "$hog_leaf/memory.max" $((200 << 20))
check "other pids_max of the group at once" holds "$own/svd-$main/team/pids.max" 30
check "allowed_cpus that are gone" sh -c "! grep -Eqx 'Cpus_allowed_list:[[:space:]]*0' /proc/$(pid pinned)/status"
check "no restart for it" test "$(pid hog)" = "$hog"
check "no update either" grep -q "No config updates" <(ctl reread)

configure 60M "" 30
ctl reread >/dev/null
echo >"$scratch/go"
check "memory_max is enforced, on all of it" soon gone "/proc/$hog"
check "svd lives on" test "$(systemctl show -P MainPID "$unit")" = "$main"

spin=$(pid spin)
check "svctl reload" ctl reload
check "programs run again" soon is_other spin "$spin"
check "limits after it" soon holds "$(leaf spin)/cpu.max" "20000 100000"

spin=$(pid spin)
check "svctl upgrade" ctl upgrade
check "svd is in its leaf after it" grep -q "/svd-$main/.daemon$" "/proc/$main/cgroup"
check "no restart for it" test "$(pid spin)" = "$spin"
check "limits after it" holds "$(leaf spin)/cpu.max" "20000 100000"
sed -i /^cpu_max=20%/d "$scratch/svd.conf"
ctl reread >/dev/null
check "a limit of before that is gone" holds "$(leaf spin)/cpu.max" "max 100000"

check "the unit stops" systemctl stop "$unit"
check "nothing is left" gone "$own"

configure 60M allowed_cpus=0 20
check "a unit whose programs outlive a crash" start --property=Delegate=yes \
    --property=KillMode=process --property=Restart=always --property=RestartSec=0 \
    --property="ExecStopPost=$svd --release-cgroup"
main=$(systemctl show -P MainPID "$unit") survivor=$(pid plain)
limited() { holds "$(leaf spin)/cpu.max" "20000 100000"; }
again() { [ "$(systemctl show -P MainPID "$unit")" != "$main" ] && systemctl -q is-active "$unit"; }
kill -9 "$main"
check "svd is started again" soon again
check "and limits programs" soon limited
check "the survivor lives" test -e "/proc/$survivor"
own=$cgroups$(systemctl show -P ControlGroup "$unit")
systemctl stop "$unit"
for kill in "$own"/svd-*/cgroup.kill; do [ ! -e "$kill" ] || echo 1 >"$kill"; done

configure 60M "" 20 "required_controllers=memory,pids"
check "required controllers that are there" start --property=Delegate=yes
systemctl stop "$unit"
configure 60M "" 20 "required_controllers=cpuset"
start --property=Delegate=pids >/dev/null 2>&1
check "a required controller that is missing" grep -q "cgroup controller 'cpuset' is missing" \
    <(journalctl -u "$unit" -b -o cat --no-pager)
configure 60M "" 20
: >"$scratch/log"
check "what is missing but not required" start --property=Delegate=pids
check "is told" grep -q "cgroup controller 'cpu' is missing; without effect: cpu_weight, cpu_max" \
    "$scratch/log"
check "and the others hold" holds "$(leaf forks)/pids.max" 6

tally
