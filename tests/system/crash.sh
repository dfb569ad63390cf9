#!/bin/bash
# svd is killed while its programs run: the next one takes them over. None of them notices, no line that
# they write is lost or doubled, and ends that nobody was there to see are known. Then svd and its keeper
# are killed together.
# shellcheck source=tests/system/checks.sh
. ./checks.sh
writers=100
crashes=5
work=/run/crash
logs=/var/log/svd

# Writes 1, 2, 3 ..., until there is $work/stop. Between two bursts it waits on its input, and says
# so when that has ended, or gave a line.
cat >/usr/local/bin/writer <<'PROGRAM'
#!/bin/bash
number=0
until [ -e "$1/stop" ]; do
    for ((burst = 0; burst < 50; ++burst)); do echo $((++number)); done
    read -r -t 0.05 part
    status=$?
    said+=$part # a line may come in parts: the time can be over in the middle
    if [ $status = 0 ]; then
        echo "$said" >"$1/said-$2"
        said=
    elif [ $status -lt 128 ]; then
        echo "$2: the input has ended after $number" >>"$1/complaints"
        exit 1
    fi
done
echo "end $number"
read -r _
PROGRAM
# Ends with 3 once it is told to.
cat >/usr/local/bin/leaver <<'PROGRAM'
#!/bin/bash
until [ -e "$1" ]; do read -r -t 0.05 _; done
rm "$1"
exit 3
PROGRAM
# Bears that nobody reads for a while. Ends with 5 once it is told to.
cat >/usr/local/bin/bearer <<'PROGRAM'
#!/bin/bash
trap '' PIPE
until [ -e "$1" ]; do
    echo $((++number)) 2>/dev/null
    sleep 0.05
done
exit 5
PROGRAM
chmod 755 /usr/local/bin/writer /usr/local/bin/leaver /usr/local/bin/bearer
mkdir -p /etc/svd /etc/systemd/system/svd.service.d $work
cat >/etc/svd/svd.conf <<CONF
[unix_http_server]
file=/run/svd/svd.sock
[inet_http_server]
port=127.0.0.1:9001
[supervisord]
logfile=$logs/svd.log
pidfile=/run/svd/svd.pid
childlogdir=$logs
user=root
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/svd/svd.sock
[program-default]
startsecs=0
[program:writer]
command=/usr/local/bin/writer $work %(process_num)03d
process_name=%(process_num)03d
numprocs=$writers
stdout_logfile=$logs/writer-%(process_num)03d.log
stdout_logfile_maxbytes=0
autorestart=false
[program:leaver]
command=/usr/local/bin/leaver $work/leave
autorestart=false
[program:again]
command=/usr/local/bin/leaver $work/leave-again
autorestart=true
[program:bearer]
command=/usr/local/bin/bearer $work/end-bearer
stdout_logfile=$logs/bearer.log
autorestart=false
[program:formerly]
command=/bin/sh -c "trap '' TERM; trap 'touch $work/formerly; exit' INT; while :; do sleep 0.05; done"
stopsignal=INT
autorestart=false
[program:victim]
command=/bin/sleep 100001
autorestart=false
CONF

pids() { svctl status 'writer:*' | awk '{ print $1, $2, $4 }'; } # NAME RUNNING PID,
is() { svctl status "$1" | grep -q " $2 "; } # PROGRAM STATE
unchanged() { diff <(echo "$before") <(pids); }
end_of() { svctl why "$1" | head -n 1; }
lines() { wc -l <"$logs/writer-$1.log"; }
write_on() { # all of them, beyond the count in LINES
    local number
    for number in 000 017 099; do [ "$(lines $number)" -gt "$1" ] || return; done
}
another() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ] && systemctl -q is-active svd; }
gone() { ! [ -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
crash() { # COMMAND...: kills svd, does the command while there is none, waits for the next
    local killed
    killed=$(main_pid)
    systemctl reset-failed svd # systemd would give up after five starts in ten seconds
    kill -9 "$killed"
    "$@"
    soon another "$killed" && soon svctl pid
}
send() { # PROCESS TEXT: to its input, by XML-RPC
    local body answer
    body="<methodCall><methodName>supervisor.sendProcessStdin</methodName><params><param><value><string>$1</string>
</value></param><param><value><string>$2&#10;</string></value></param></params></methodCall>"
    exec 4<>/dev/tcp/127.0.0.1/9001 || return
    printf 'POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body" >&4
    answer=$(cat <&4)
    exec 4>&-
    grep -q '<boolean>1' <<<"$answer" || { echo "$answer"; return 1; }
}
complete() { # every log: 1, 2, 3 ..., and the end with the count
    awk 'FNR == 1 { if (NR > 1 && !ended) bad("has no end"); ended = 0; name = FILENAME }
         ended { bad("goes on after its end"); nextfile }
         /^end / { ended = 1; if ($2 != FNR - 1) bad("says " $2 " lines, holds " FNR - 1); next }
         $0 != FNR { bad("line " FNR " is " $0); ended = 1; nextfile }
         function bad(what) { print name ": " what; wrong = 1 }
         END { if (!ended) bad("has no end"); exit wrong }' "$logs"/writer-*.log
}
all_ended() { [ "$(tail -q -n 1 "$logs"/writer-*.log | grep -c '^end ')" = "$writers" ]; }
# What became of a child that somebody else has waited for is told by pidfd since Linux 6.15.
kernel_tells() { printf '6.15\n%s\n' "$(uname -r)" | sort -V -C; }

check "svd starts" systemctl start svd
check "the programs write" soon write_on 100
before=$(pids)
check "as many as wanted" same "$(grep -c ' RUNNING [1-9]' <<<"$before")" "$writers"

for crash in $(seq $crashes); do
    check "crash $crash: systemd starts svd again" crash true
    check "crash $crash: the programs write on" soon write_on $(($(lines 017) + 2000))
    check "crash $crash: every program is the one of before" unchanged
done

successor() { [ "$(main_pid)" != 0 ] && [ "$(main_pid)" != "$first" ]; }
kill_successor() { soon successor && kill -9 "$(main_pid)"; }
for _ in 1 2 3; do
    first=$(main_pid)
    check "the next one is killed as it begins" crash kill_successor
    check "and every program is the one of before" soon unchanged
    check "the programs write on" soon write_on $(($(lines 017) + 1000))
done

# Longer without svd, so that programs end in the meantime.
printf '[Service]\nRestartSec=2\n' >/etc/systemd/system/svd.service.d/slow.conf
systemctl daemon-reload
leaver=$(pid leaver) again=$(pid again) victim=$(pid victim)
lonely() {
    touch $work/leave $work/leave-again
    kill -TERM "$victim"
    soon gone "$leaver" && soon gone "$again" && soon gone "$victim"
}
check "programs end while there is no svd" crash lonely
check "it was one that ended by itself" soon is leaver EXITED
check "it was one that was killed" soon is victim EXITED
if kernel_tells; then
    check "its exit code is known" grep -q "exit code 3" <(end_of leaver)
    check "its signal is known" grep -q "SIGTERM" <(end_of victim)
fi
check "one with autorestart is started anew" soon is_other again "$again"
check "the writers are those of before" unchanged

check "input reaches a program" send writer:042 "good morning"
check "whole" soon grep -qx "good morning" $work/said-042
touch $work/stop
check "the writers come to their end" soon all_ended
check "no input was closed" not cat $work/complaints
check "no line is missing, none is doubled" complete
echo "$(cat "$logs"/writer-*.log | wc -l) lines"

# Nobody holds the descriptors any more: what bears that is found by its cgroup.
keeper() { pgrep -x svd-keeper; }
crash_both() {
    local killed keeper
    killed=$(main_pid) keeper=$(keeper) || return
    systemctl reset-failed svd
    kill -9 "$killed" "$keeper"
    soon another "$killed" && soon svctl pid
}
bearer_lines() { [ "$(wc -l <"$logs/bearer.log")" -gt "$1" ]; }
bearer=$(pid bearer) formerly=$(pid formerly)
sed -i '/^\[program:formerly\]/,/^autorestart/d' /etc/svd/svd.conf
check "svd and its keeper are killed" crash_both
check "one that bears it goes on" same "$(pid bearer)" "$bearer"
check "its output is read" soon bearer_lines "$(wc -l <"$logs/bearer.log")"
check "one that is not configured any more is ended" soon gone "$formerly"
check "by its own signal" test -e $work/formerly
left_behind() { svctl status | grep -q left-behind; }
check "and is not shown" soon not left_behind
check "there is another keeper" soon keeper
check "with which a crash is as before" crash true
check "for that one too" same "$(pid bearer)" "$bearer"
touch $work/end-bearer
check "it ends" soon is bearer EXITED
if kernel_tells; then check "its exit code is known" grep -q "exit code 5" <(end_of bearer); fi

check "a stop of one that was taken over" svctl stop writer:007
check "is known" is writer:007 STOPPED
check "the unit stops" systemctl stop svd
check "nothing is left" not pgrep -f '^(/bin/)?(bash /usr/local/bin/(writer|leaver)|sleep 100001)'
check "no cgroup either" not test -e /sys/fs/cgroup/system.slice/svd.service

tally
