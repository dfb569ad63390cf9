#!/bin/bash
# The journal: svd's own log with its fields, and programs whose output goes there.
# shellcheck source=tests/system/checks.sh
. ./checks.sh

mkdir -p /etc/svd
{
    sections /run/svd /var/log/svd | sed 's/^logfile=.*/logfile=journal/'
    cat <<'CONF'
[program-default]
startsecs=0
stdout_logfile=journal
stderr_logfile=journal
autorestart=false
[group:shop]
programs=web
[program:web]
command=/bin/bash -c "echo hello; echo '<3>broken'; echo oops >&2; head -c 100000 /dev/zero | tr '\0' x; echo; exec sleep 100021"
[program:burst]
command=/bin/bash -c "seq 20000; exit 7"
autostart=false
[program:both]
command=/bin/bash -c "echo twice; exec sleep 100022"
stdout_logfile=/var/log/svd/both.log, journal
CONF
} >/etc/svd/svd.conf
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nRateLimitBurst=0\n' >/etc/systemd/journald.conf.d/all.conf
systemctl restart systemd-journald

log() { journalctl --sync >/dev/null; journalctl -b --no-pager -o cat "$@"; }
one_line() { [ "$(log "$@" | wc -l)" = 1 ]; }
says() { local text=$1; shift; [ "$(log "$@")" = "$text" ]; } # TEXT MATCH...
long_line_is() { same "$1" "$(log SVD_PROGRAM=web --grep='^xxx' | tr -d '\n' | wc -c)"; } # BYTES
count_is() { same "$1" "$(log "${@:2}" | wc -l)"; }

check "svd starts" systemctl start svd
web=$(svctl pid shop:web)
check "a program's lines are in the journal" soon says hello SVD_PROGRAM=web PRIORITY=6 SVD_STREAM=stdout \
    _TRANSPORT=journal --grep='^hello$'
check "with its group" says hello SVD_GROUP=shop --grep='^hello$'
check "its process and pid" says hello "SVD_PROCESS=web" "SVD_PID=$web" --grep='^hello$'
check "under its name" says hello -t web --grep='^hello$'
check "with the priority that a line begins with" soon says broken SVD_PROGRAM=web PRIORITY=3
check "standard error is told apart" soon says oops SVD_PROGRAM=web SVD_STREAM=stderr PRIORITY=4
check "a long line is whole" soon long_line_is 100000
check "into a file as well" soon grep -qx twice /var/log/svd/both.log
check "and the journal" soon says twice SVD_PROGRAM=both SVD_STREAM=stdout

check "svd's own lines are there" log -u svd --grep='supervisord started with pid'
check "once" one_line -u svd --grep='supervisord started with pid'
check "without a stamp of their own" says "spawned: 'web' with pid $web" SVD_PROGRAM=web SVD_STATE=RUNNING \
    --grep=spawned
kind=$(journalctl -b -u svd -o verbose --grep="spawned: 'web'" | sed -n 's/ *MESSAGE_ID=//p')
check "a kind of event has its id" soon count_is 2 "MESSAGE_ID=$kind"
check "every field by journalctl's own" grep -q web <(journalctl -F SVD_PROGRAM)

svctl start burst >/dev/null
check "no line of a burst is lost" soon count_is 20000 SVD_PROGRAM=burst SVD_STREAM=stdout
check "they are in order" same "$(seq 20000 | md5sum)" "$(log SVD_PROGRAM=burst SVD_STREAM=stdout | md5sum)"
check "its end has fields too" soon one_line SVD_PROGRAM=burst SVD_STATE=EXITED --grep='^exited: burst'
check "and the last lines are known" grep -q 20000 <(svctl why burst)

# Nobody reads the journal's socket for a while.
kill -STOP "$(systemctl show -P MainPID systemd-journald)"
svctl restart burst >/dev/null
check "svd answers while journald hangs" timeout 10 svctl pid shop:web
kill -CONT "$(systemctl show -P MainPID systemd-journald)"
check "then the rest follows" soon count_is 40000 SVD_PROGRAM=burst SVD_STREAM=stdout

check "upgrade" svctl upgrade
check "the log goes on" soon log -u svd --grep='has taken over'
svctl start burst >/dev/null
check "the programs too" soon count_is 60000 SVD_PROGRAM=burst SVD_STREAM=stdout
check "a log in the journal cannot be read from svd" not svctl tail shop:web
check "stop" systemctl stop svd
check "the end is logged" soon log -u svd --grep='stopped: web'

tally
