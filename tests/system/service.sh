#!/bin/bash
# The unit as `cmake --install` puts it: enabled, started, reloaded, restarted, stopped.
# shellcheck source=tests/system/checks.sh
. ./checks.sh

configure() { # SECONDS OF THE ONE THAT CHANGES
    sections /run/svd /var/log/svd
    cat <<CONF
[program-default]
startsecs=0
stopwaitsecs=2
[program:plain]
command=/bin/sleep 100001
[program:changing]
command=/bin/sleep $1
[program:parent]
command=/bin/sh -c "setsid sleep 100003 & exec sleep 100002"
[program:stubborn]
command=/bin/sh -c "trap : TERM; while :; do sleep 100004; done"
CONF
}
all_run() { runs plain && runs changing && runs parent && runs stubborn; }
many_sleep() { same "$(sleepers | wc -l)" "$1"; } # NUMBER
sleepers() { pgrep -f '^(/bin/)?sleep 10000[0-9]'; }

mkdir -p /etc/svd
configure 100005 >/etc/svd/svd.conf

# It exits with 0 for what it only ignores, so nothing may be said.
check "systemd-analyze verify says nothing" same "" "$(systemd-analyze verify --man=no svd.service 2>&1)"
check "enable --now" systemctl enable --now svd
check "is-enabled" systemctl is-enabled svd
check "is-active" systemctl is-active svd
check "ready only with the sockets" svctl status
check "the status line" soon status_is "4 running"
check "the programs run" soon all_run
check "in the unit's cgroup" grep -q "/svd.service/" "/proc/$(pid plain)/cgroup"
check "nothing of the protocol reaches programs" not grep -qzE '^(NOTIFY_SOCKET|LISTEN_|FDSTORE)' \
    "/proc/$(pid plain)/environ"
for folder in /run/svd /var/log/svd /var/lib/svd; do
    check "$folder is there" test -d "$folder"
done

plain=$(pid plain) changing=$(pid changing) main=$(main_pid)
configure 100006 >/etc/svd/svd.conf
check "reload" systemctl reload svd
check "what changed is started anew" soon is_other changing "$changing"
check "the rest goes on" same "$(pid plain)" "$plain"
changing=$(pid changing)
echo "[program:broken]" >>/etc/svd/svd.conf
check "reload with a broken file fails" not systemctl reload svd
check "the status says why" grep -q "4 running; the configuration is refused: .*broken" \
    <(systemctl status --no-pager svd)
check "and so does the journal" grep -q "svctl.*broken" <(journalctl -b -u svd --no-pager)
check "svd goes on" same "$(main_pid)" "$main"
check "and so do the programs" same "$(pid plain) $(pid changing)" "$plain $changing"
configure 100006 >/etc/svd/svd.conf
check "reload when it is mended" systemctl reload svd
check "the status is as before" status_is "4 running"
check "nothing has changed" same "$(pid plain) $(pid changing)" "$plain $changing"

main=$(main_pid)
check "svd starts over by itself" svctl reload
check "all programs are others" soon not kill -0 "$plain"
check "and run" soon all_run
check "svd is the same" same "$(main_pid)" "$main"
check "systemd does not wait for its end" same "$(systemctl show -P SubState svd)" running
plain=$(pid plain) changing=$(pid changing)

configure 100005 >/etc/svd/svd.conf
# As the manual page has it.
check "svctl reread && svctl update" bash -c "svctl reread && svctl update"
check "what changed is started anew by it" soon is_other changing "$changing"
check "the rest still goes on" same "$(pid plain)" "$plain"
check "journalctl -u svd has the service" grep -q "Started svd.service" <(journalctl -b -u svd --no-pager)

check "restart" systemctl restart svd
check "another svd" not same "$(main_pid)" "$main"
check "the programs run again" soon all_run
check "not those of before" not kill -0 "$plain"
check "each once" soon many_sleep 5

check "stop" systemctl stop svd
check "leaves no process" not sleepers
check "and no cgroup" not test -e /sys/fs/cgroup/system.slice/svd.service
check "the end was none by force" same "$(systemctl show -P Result svd)" success
check "start again" systemctl start svd
check "the programs run" soon all_run

echo "[program:broken]" >>/etc/svd/svd.conf
check "restart with a broken file fails" not systemctl restart svd
check "and says why" grep -q svd.conf <(journalctl -b -u svd --no-pager)
check "in the status too" grep -q "program:broken" <(status_text)
check "nothing is left of it" not sleepers

tally
