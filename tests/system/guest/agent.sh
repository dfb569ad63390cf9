#!/bin/sh
# The half of run.py inside the guest: once systemd has settled it runs the test, sends its output, the
# journal and the status, and powers off. Lines that begin with \036 are events (see guest.py).
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
if [ -e /system-test/line ]; then
    exec 3>>/system-test/line
else
    exec 3>/dev/ttyS1
    stty raw -echo <&3
    mount /dev/nvme0n1 /var/tmp || exit
    chmod 1777 /var/tmp
fi
event() { printf '\n\036%s\n' "$*" >&3; }

event ready "$(systemctl is-system-running --wait)"
cd /system-test/tests || exit 1
# It sets the arguments: SECONDS TEST ARGUMENT...
# shellcheck source=/dev/null
. ../command
# A file between them: what the test leaves behind must not hold this line open.
seconds=$1
shift
: >/system-test/output
timeout -k 5 "$seconds" "$@" >>/system-test/output 2>&1 3>&- </dev/null &
test=$!
tail -s 0.1 -n +1 -f --pid=$test /system-test/output >&3
wait $test
status=$?
event journal
journalctl -b --no-pager -o short-monotonic -n 3000 >&3
event status $status
systemctl --no-block poweroff
