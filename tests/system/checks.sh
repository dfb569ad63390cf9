# shellcheck shell=bash
# What the tests share: `. ./checks.sh` at the top, `tally` at the end.
failures=0

# A function that is gone must not end in a comparison of two empty texts.
missing_commands=/run/check-missing-commands
rm -f $missing_commands
command_not_found_handle() {
    echo "$1: command not found" | tee -a $missing_commands >&2
    return 127
}
check() { # WHAT COMMAND...: in this shell, so that the command may set variables
    local what=$1 output=/run/check-output
    shift
    if "$@" >$output 2>&1; then
        echo "ok - $what"
    else
        echo "not ok - $what"
        tail -n 20 $output | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}
soon() { # COMMAND...: bounded
    for _ in $(seq 300); do
        "$@" >/dev/null 2>&1 && break
        sleep 0.1
    done
    "$@"
}
sections() { # FOLDER LOGS: of a configuration that svctl finds svd by
    cat <<CONF
[unix_http_server]
file=$1/svd.sock
[supervisord]
logfile=$2/svd.log
pidfile=$1/svd.pid
childlogdir=$2
$([ "$(id -u)" != 0 ] || echo user=root)
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$1/svd.sock
CONF
}
# Programs. Who asks another svd than that of svd.service defines ctl anew.
ctl() { svctl "$@"; }
pid() { ctl pid "$1"; }                # PROGRAM
runs() { [ "$(pid "$1")" -gt 0 ]; }    # PROGRAM
is_other() { local now; now=$(pid "$1"); [ "$now" -gt 0 ] && [ "$now" != "$2" ]; } # PROGRAM PID
leaf() { echo "/sys/fs/cgroup$(sed -n s/^0:://p "/proc/$(pid "$1")/cgroup")"; }   # PROGRAM
holds() { [ "$(cat "$1")" = "$2" ] || { cat "$1" >&2; false; }; }                 # FILE TEXT
timed() { # WHAT COMMAND...: into /run/seconds
    local what=$1 begin=$EPOCHREALTIME end
    shift
    "$@" || return
    end=$EPOCHREALTIME
    awk -v what="$what" -v begin="$begin" -v end="$end" 'BEGIN { printf "seconds %s %.4f\n", what, end - begin }' \
        >>/run/seconds
}
# Of svd.service.
main_pid() { systemctl show -P MainPID svd; }
status_text() { systemctl show -P StatusText svd; }
status_is() { same "$1" "$(status_text)"; } # TEXT
not() { ! "$@"; }
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; return 1; }; }
skip() { echo "skipped: $1"; exit 77; }
tally() {
    [ ! -e $missing_commands ] || { cat $missing_commands; return 1; }
    [ "$failures" = 0 ]
}
