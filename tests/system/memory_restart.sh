#!/bin/bash
# memory_restart by a memory controller: the kernel tells when it is reached, page cache is no reason,
# and the stop is in good order. svd runs in a transient unit.
# Needs cgroup v2 with memory; else it is skipped.
set -u
# shellcheck source=tests/system/checks.sh
. ./checks.sh
svd=$(command -v svd)
unit=svd-memory-restart-$$

grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null || skip "no cgroup controller memory"

scratch=$(mktemp -d /var/tmp/svd-memory-restart-XXXXXX)  # on a disk, not in memory
finish() {
    systemctl stop "$unit" 2>/dev/null
    rm -rf "$scratch"
}
trap finish EXIT

ctl() { svctl -c "$scratch/svd.conf" "$@"; }
above() { [ "$(cat "$1")" = max ] || [ "$(cat "$1")" -gt "$2" ] || { cat "$1" >&2; false; }; }
says() { ctl why "$1" | grep -Eq -- "$2" || { ctl why "$1"; false; }; }  # PROGRAM PATTERN
# PROGRAM BYTES: of the cache that it fills
keeps() { echo >"$scratch/read"; above "$(leaf "$1")/memory.current" "$2"; }
wakeups() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$main/status"; }

# Takes 80 MB when FILE.go appears; ends in good order.
cat >"$scratch/hog.sh" <<'PROGRAM'
trap 'echo stopped >>"$1.told"; exit 0' TERM
while :; do
    if [ -e "$1.go" ]; then
        rm "$1.go"
        head -c 80M /dev/zero | tail | sleep 1000 &
    fi
    sleep 0.2 &
    wait $!
done
PROGRAM
configure() { # LINE OF free
    cat >"$scratch/svd.conf" <<CONF
$(sections "$scratch" "$scratch")
[program-default]
startsecs=0
stopwaitsecs=30
stdout_logfile=NONE
stderr_logfile=NONE
[program:hog]
command=/bin/sh $scratch/hog.sh $scratch/hog
memory_restart=60M
[program:low]
command=/bin/sh $scratch/hog.sh $scratch/low
memory_restart=60M
memory_high=58M
[program:free]
command=/bin/sh $scratch/hog.sh $scratch/free
$1
[program:reader]
command=/bin/sh -c "while read -r _; do cat $scratch/much >/dev/null; touch $scratch/was-read; done <>$scratch/read"
memory_restart=60M
CONF
}
configure ""
mkfifo "$scratch/read"
head -c 200M /dev/zero >"$scratch/much"
sync "$scratch/much"
echo 1 >/proc/sys/vm/drop_caches  # its pages are charged to whoever reads it now
systemd-run -q --unit="$unit" --property=Delegate=yes "$svd" -n -s -c "$scratch/svd.conf" || exit 1
soon is_other reader 0
main=$(systemctl show -P MainPID "$unit")
hog=$(pid hog) low=$(pid low) free=$(pid free) reader=$(pid reader)
check "the mark is the limit" soon holds "$(leaf hog)/memory.high" $((60 << 20))
check "or memory_high below it" soon holds "$(leaf low)/memory.high" $((58 << 20))
check "or nothing" holds "$(leaf free)/memory.high" max
kill -STOP "$main"  # the kernel has made room again before svd looks
echo >"$scratch/read"
soon test -e "$scratch/was-read"
kill -CONT "$main"
check "page cache raises it" soon above "$(leaf reader)/memory.high" $((100 << 20))
check "and is kept" soon keeps reader $((70 << 20))

touch "$scratch/hog.go"
check "whoever uses more is restarted" soon is_other hog "$hog"
check "with its figure" says hog "restarted: memory [0-9.]+M over memory_restart=60M, exit code 0"
check "in good order" grep -q stopped "$scratch/hog.told"
check "and has its mark again" soon holds "$(leaf hog)/memory.high" $((60 << 20))
touch "$scratch/low.go"
check "also above memory_high" soon is_other low "$low"
check "which is back" soon holds "$(leaf low)/memory.high" $((58 << 20))
check "page cache is no reason" test "$(pid reader)" = "$reader"

touch "$scratch/free.go"
check "without the option nothing comes of it" soon above "$(leaf free)/memory.current" $((80 << 20))
check "nor a mark" holds "$(leaf free)/memory.high" max
check "it lives" test "$(pid free)" = "$free"
configure memory_restart=60M
ctl reread >/dev/null
check "a reread makes it hold at once" soon is_other free "$free"

hog=$(pid hog)
check "svctl upgrade" ctl upgrade
check "the mark stays" holds "$(leaf hog)/memory.high" $((60 << 20))
touch "$scratch/hog.go"
check "and is heard after it" soon is_other hog "$hog"

ctl stop reader >/dev/null
sleep 6  # what was begun comes to rest
before=$(wakeups)
sleep 12
check "svd sleeps while nothing happens" test "$(wakeups)" = "$before"

tally
