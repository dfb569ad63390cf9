#!/bin/bash
# Many programs under systemd: they start, svd answers, they stop, and nothing is left. For more than the limit of
# open files allows outside (two descriptors each), and to see that all of it grows with their number and no more.
# In the emulated machine they start for longer than systemd's patience of five seconds: svd asks for more.
# many.sh [NUMBER...]; prints "seconds WHAT NUMBER SECONDS". 10,000 of them want SVD_TEST_MEMORY=8G.
# shellcheck source=tests/system/checks.sh
. ./checks.sh
[ $# -gt 0 ] || set -- 400
mkdir -p /etc/svd /etc/systemd/system/svd.service.d
printf '[Service]\nTimeoutStartSec=5\n' >/etc/systemd/system/svd.service.d/patience.conf
systemctl daemon-reload

configuration() { # NUMBER
    sections /run/svd /var/log/svd
    cat <<CONF
[program:idle]
command=/bin/sleep 100000
process_name=%(process_num)05d
numprocs=$1
startsecs=0
stdout_logfile=NONE
stderr_logfile=NONE
CONF
}
alive() { pgrep -fxc '/bin/sleep 100000'; }
# Counting them costs more than starting them, so that is left to svd.
up() { systemctl start svd && soon status_is "$1 running"; } # NUMBER
shown() { [ "$(svctl status | grep -c RUNNING)" = "$1" ]; } # NUMBER
stopped() { svctl stop all >/run/stopped && [ "$(grep -c ': stopped$' /run/stopped)" = "$1" ]; }

for number; do
    configuration "$number" >/etc/svd/svd.conf
    check "$number start" timed "boot $number" up "$number"
    check "$number are alive" same "$(alive)" "$number"
    check "$number are shown" timed "status $number" shown "$number"
    check "$number stop" timed "stop $number" stopped "$number"
    check "nothing of $number is left" same "$(alive)" 0
    check "svd ends" systemctl stop svd
done
cat /run/seconds
tally
