#!/bin/bash
# The other ways to start svd: by its socket, as a named instance, by a user; and what systemd does
# for it: the watchdog, time for a slow stop, a reload by SIGHUP.
# shellcheck source=tests/system/checks.sh
. ./checks.sh
control=/run/svd/svd.sock

another() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ] && svctl pid; }
programs() { pgrep -f '^/bin/sleep 10001[0-9]'; }
instance() { svctl -c /etc/svd/second.conf "$@"; }
as_user() { setpriv --reuid=tester --regid=tester --init-groups env XDG_RUNTIME_DIR=/run/user/4711 \
    HOME=/home/tester "$@"; }
user_svctl() { as_user svctl -c /home/tester/.config/svd/svd.conf "$@"; }

mkdir -p /etc/svd
{
    sections /run/svd /var/log/svd
    printf '[program:one]\ncommand=/bin/sleep 100011\nstartsecs=0\n'
} >/etc/svd/svd.conf

# --- the units themselves
for unit in svd.service svd@name.service svd.socket; do
    check "systemd-analyze verify $unit says nothing" same "" "$(systemd-analyze verify --man=no "$unit" 2>&1)"
done
check "of the user unit too" same "" \
    "$(XDG_RUNTIME_DIR=/run systemd-analyze --user verify --man=no svd.service 2>&1)"
check "there is a group svd" getent group svd
check "no sandbox that programs would inherit" grep -Eq 'UNSAFE' \
    <(systemd-analyze security --no-pager svd.service | tail -n 1)
systemd-analyze security --no-pager svd.service | tail -n 1

# --- by its socket
check "enable the socket" systemctl enable --now svd.socket
check "nothing runs yet" not systemctl -q is-active svd
check "the socket belongs to the group" same "660 root:svd" "$(stat -c '%a %U:%G' $control)"
inode=$(stat -c %i $control)
check "its first use starts svd" svctl pid
check "and the programs" soon runs one
main=$(main_pid)
check "svd has the socket of the unit" same "$(stat -c %i $control)" "$inode"
one=$(svctl pid one)
descriptors=("/proc/$one/fd"/*)
check "not one descriptor of it reaches programs" same "${#descriptors[@]}" 3
check "restart" systemctl restart svd
check "the socket stays" same "$(stat -c %i $control)" "$inode"
check "and serves the next svd" soon another "$main"
check "stop" systemctl stop svd
check "nothing is left" soon not programs
check "but the socket" same "$(stat -c %i $control)" "$inode"
check "which starts svd again" svctl pid
check "SIGHUP restarts the programs" systemctl kill --kill-whom=main -s HUP svd
check "and svd is active afterwards" soon runs one
check "as systemd sees it" soon systemctl -q is-active svd

# --- the watchdog
mkdir -p /etc/systemd/system/svd.service.d
printf '[Service]\nWatchdogSec=2\n' >/etc/systemd/system/svd.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart svd
check "svd runs with a watchdog" soon runs one
main=$(main_pid) one=$(svctl pid one)
sleep 5  # as long as it would take it to miss two
check "is fed" same "$(main_pid)" "$main"
[ "$main" != 0 ] && kill -STOP "$main"
check "svd that hangs is replaced" soon another "$main"
check "because of the watchdog" grep -q "Watchdog timeout" <(journalctl -b -u svd --no-pager)
check "its program lives on" same "$(svctl pid one)" "$one"

# --- slow stops
printf '[Service]\nTimeoutStopSec=2\n' >/etc/systemd/system/svd.service.d/watchdog.conf
systemctl daemon-reload
cat >>/etc/svd/svd.conf <<'CONF'
[program:slow]
command=/bin/bash -c "trap 'sleep 7; exit 0' TERM; while :; do sleep 0.1; done"
startsecs=0
stopwaitsecs=20
CONF
systemctl reload svd
check "a slow program" soon runs slow
check "has the time that its section gives" systemctl stop svd
check "and systemd more patience than its unit says" same success "$(systemctl show -P Result svd)"
check "it was not killed" not grep -q "killing 'slow'" /var/log/svd/svd.log
systemctl disable --now svd.socket

# --- a named instance
{
    sections /run/svd/second /var/log/svd/second
    printf '[program:two]\ncommand=/bin/sleep 100012\nstartsecs=0\n'
} >/etc/svd/second.conf
check "an instance" systemctl enable --now svd@second
check "has its own programs" instance pid two
systemctl start svd
check "beside svd itself" soon runs one
check "reload" systemctl reload svd@second
check "svd stops alone" systemctl stop svd
check "the instance goes on" instance pid two
check "stop" systemctl stop svd@second
check "nothing is left" soon not programs

# --- by a user
useradd --uid 4711 --create-home tester 2>/dev/null || {
    echo "tester:x:4711:4711::/home/tester:/bin/bash" >>/etc/passwd
    echo "tester:x:4711:" >>/etc/group
    mkdir -p /home/tester
}
mkdir -p /home/tester/.config/svd
{
    sections /run/user/4711/svd /home/tester | grep -v '^user='
    printf '[program:three]\ncommand=/bin/sleep 100013\nstartsecs=0\n'
} >/home/tester/.config/svd/svd.conf
chown -R 4711:4711 /home/tester
check "a user's own systemd" systemctl start user@4711.service
check "starts svd" as_user systemctl --user enable --now svd
check "it runs the user's programs" user_svctl pid three
three=$(user_svctl pid three)
check "as this user" same 4711 "$(stat -c %u "/proc/$three")"
check "in the unit's cgroup" grep -q "user@4711.service/.*svd.service/" "/proc/$three/cgroup"
check "reload" as_user systemctl --user reload svd
check "stop" as_user systemctl --user stop svd
check "nothing is left" soon not programs

tally
