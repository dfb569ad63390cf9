#!/bin/bash
# tour.sh DIRECTORY [--once]: starts svd on a copy of this folder in DIRECTORY and shows what it does.
# Without --once it stays in the foreground until Ctrl-C. With it every step is checked, svd is
# stopped, and the exit code is 0 only if all of them showed what they should.
# SVD and SVCTL name the programs.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:?usage: tour.sh DIRECTORY [--once]}/tour
mode=${2:-stay}
SVD=${SVD:-svd}
SVCTL=${SVCTL:-svctl}
conf=$dir/supervisord.conf
svd_pid=

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
ctl() { "$SVCTL" -c "$conf" "$@"; }
show() {
    printf '$ svctl %s\n' "$*"
    ctl "$@" || true  # status answers 3 while a program is down; what matters is checked by itself
}

broken() {
    printf '\n!! %s\n' "$*" >&2
    tail -n 20 "$dir/log/svd.log" >&2 || tail -n 20 "$dir/svd.out" >&2 || true
    exit 1
}

# until_true SECONDS WHAT COMMAND...: waits for the command to succeed, or ends the tour.
until_true() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -le "$end" ] || broken "waited in vain: $what"
        kill -0 "$svd_pid" 2>/dev/null || broken "svd is gone while waiting: $what"
        sleep 0.1
    done
}

# The client's exit code tells other things than whether this one program is in that state.
has_state() { grep -Eq "^$1 +$2 " <<<"$(ctl status "$1" || true)"; }
pid_of() { ctl pid "$1"; }
# A zombie that its parent has not collected yet is gone as well.
is_gone() { ! grep -Eqs '^State:\s+[^ZX]' "/proc/$1/status"; }
all_running() { [ "$(grep -c ' RUNNING ' <<<"$(ctl status || true)")" = "$1" ]; }
has_new_pid() {
    local pid
    pid=$(pid_of "$1") && [ "$pid" != "$2" ] && [ "$pid" != 0 ] && has_state "$1" RUNNING
}

# Nothing of the tour may outlive it, whatever went wrong.
cleanup() {
    local pid
    [ -z "$svd_pid" ] || {
        kill "$svd_pid" 2>/dev/null || true
        wait "$svd_pid" 2>/dev/null || true
    }
    if [ -f "$dir/family.pids" ]; then
        while read -r pid; do
            if grep -qs sleep "/proc/$pid/comm"; then kill -9 "$pid" 2>/dev/null || true; fi
        done <"$dir/family.pids"
    fi
}

start() {
    rm -rf "$dir"
    mkdir -p "$dir/log"
    cp "$source_dir"/supervisord.conf "$source_dir"/{worker,ticker,family}.sh "$dir/"
    [ "${#dir}" -le 90 ] || broken "the path $dir is too long for a unix socket"
    cd "$dir"
    trap cleanup EXIT
    say "starting svd on $conf"
    "$SVD" -n -c "$conf" >"$dir/svd.out" 2>&1 &
    svd_pid=$!
    until_true 20 "all four programs run" all_running 4
    show status
}

stay() {
    say "svd runs (pid $svd_pid). In another terminal, try"
    local words
    for words in "status" "tail -f ticker" "restart web:" "stop family" "shutdown"; do
        note "$SVCTL -c $conf $words"
    done
    note "edit $conf, then: $SVCTL -c $conf reread, and update"
    note "Ctrl-C stops it."
    trap 'kill "$svd_pid" 2>/dev/null || true' INT TERM
    # A trapped signal ends the first wait; the second one sees svd's own end.
    wait "$svd_pid" || wait "$svd_pid" || true
    svd_pid=
    tail -n 12 "$dir/log/svd.log"
}

step_restart() {
    say "a program is killed with SIGKILL and comes back"
    local old
    old=$(pid_of web:web_00)
    note "kill -9 $old"
    kill -9 "$old"
    until_true 15 "web_00 runs again with a new pid" has_new_pid web:web_00 "$old"
    show status web:web_00
}

step_rotation() {
    say "a log rotates at 2 KB"
    until_true 20 "ticker.log.1 appears" test -s "$dir/log/ticker.log.1"
    (cd "$dir/log" && wc -c ticker.log*)
    local size
    size=$(stat -c %s "$dir/log/ticker.log.1")
    [ "$size" -le 4096 ] || broken "ticker.log.1 holds $size bytes, far over the 2 KB asked for"
}

step_family() {
    say "a program with daemonized descendants stops, and nothing is left of it"
    local pids pid
    until_true 10 "three descendants" test "$(wc -l <"$dir/family.pids")" = 3
    mapfile -t pids <"$dir/family.pids"
    for pid in "${pids[@]}"; do
        ! is_gone "$pid" || broken "descendant $pid should be alive before the stop"
    done
    note "descendants in their own sessions: ${pids[*]}"
    show stop family
    for pid in "${pids[@]}"; do
        until_true 5 "descendant $pid is gone after the stop" is_gone "$pid"
    done
    note "all three are gone"
    show status family
    has_state family STOPPED || broken "family should be STOPPED"
}

step_update() {
    say "an edited configuration is read and applied; the others run on"
    local before after
    before=$(pid_of ticker)
    cat >>"$conf" <<'CONF'

[program:newcomer]
command=%(here)s/worker.sh
stdout_logfile=%(here)s/log/newcomer.log
CONF
    note "added [program:newcomer] to $conf"
    show reread
    show update
    until_true 15 "newcomer runs" has_state newcomer RUNNING
    after=$(pid_of ticker)
    [ "$before" = "$after" ] || broken "ticker was restarted ($before, now $after) by an update of another"
    show status
}

step_shutdown() {
    say "everything stops"
    local pids pid
    mapfile -t pids < <(ctl status | sed -n 's/.* RUNNING *pid \([0-9]*\),.*/\1/p')
    [ "${#pids[@]}" = 4 ] || broken "four programs should run before the shutdown, not ${#pids[@]}"
    show shutdown
    local end=$((SECONDS + 30))
    while kill -0 "$svd_pid" 2>/dev/null; do
        [ "$SECONDS" -le "$end" ] || broken "svd did not end within 30 s"
        sleep 0.1
    done
    wait "$svd_pid" || broken "svd ended with exit code $?"
    svd_pid=
    for pid in "${pids[@]}"; do
        is_gone "$pid" || broken "process $pid outlived svd"
    done
    [ ! -e "$dir/svd.sock" ] || broken "svd.sock was left behind"
    note "svd exited 0; no process and no socket left"
}

start
case $mode in
    --once)
        step_restart
        step_rotation
        step_family
        step_update
        step_shutdown
        say "the tour is complete"
        ;;
    stay) stay ;;
    *) broken "unknown option: $mode" ;;
esac
