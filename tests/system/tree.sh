#!/bin/bash
# A stop of a program whose descendants each left for a session of their own: svd beside systemd, from the
# command until it says that nothing is left. tree.sh [DESCENDANTS [RUNS]]; prints "seconds WHO SECONDS".
# shellcheck source=tests/system/checks.sh
. ./checks.sh
descendants=${1:-1000} runs=${2:-3}

cat >/usr/local/bin/tree <<PROGRAM
#!/bin/bash
for ((i = 0; i < $descendants; ++i)); do setsid -f sleep 100000; done
exec sleep 100001
PROGRAM
chmod 755 /usr/local/bin/tree
mkdir -p /etc/svd
cat >/etc/svd/svd.conf <<CONF
[unix_http_server]
file=/run/svd/svd.sock
[supervisord]
logfile=/var/log/svd/svd.log
pidfile=/run/svd/svd.pid
user=root
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/svd/svd.sock
[program:tree]
command=/usr/local/bin/tree
autostart=false
autorestart=false
CONF

alive() { pgrep -fxc 'sleep 100000'; }
all_there() { [ "$(alive)" = "$descendants" ] && pgrep -fx 'sleep 100001'; }

check "svd starts" systemctl start svd
for _ in $(seq "$runs"); do
    check "svd starts the tree" svctl start tree
    check "all of it is there" soon all_there
    check "svd stops it" timed svd svctl stop tree
    check "nothing outlives that" same "$(alive)" 0
    check "systemd starts the tree" systemd-run -q --unit=tree -p TasksMax=infinity /usr/local/bin/tree
    check "all of it is there" soon all_there
    check "systemd stops it" timed systemd systemctl stop tree
    check "nothing outlives that" same "$(alive)" 0
done
cat /run/seconds
tally
