#!/bin/bash
# A reboot: programs are stopped as their sections say, and run again afterwards. This runs twice, once
# before it and once after it.
# shellcheck source=tests/system/checks.sh
. ./checks.sh
notes=/var/lib/reboot-test

if ! [ -d $notes ]; then
    mkdir -p $notes /etc/svd
    cat >/usr/local/bin/slow <<'PROGRAM'
#!/bin/bash
trap 'sleep 3; echo "in good order" >/var/lib/reboot-test/slow; exit 0' TERM
while :; do sleep 0.1; done
PROGRAM
    chmod 755 /usr/local/bin/slow
    {
        sections /run/svd /var/log/svd
        printf '[program:%s]\ncommand=%s\nstartsecs=0\n' slow /usr/local/bin/slow other '/bin/sleep 100031'
    } >/etc/svd/svd.conf
    check "svd is enabled and runs" systemctl enable --now svd
    check "and its programs" soon runs slow
    [ "$failures" = 0 ] || exit 1
    systemctl reboot
    sleep 60 # ended by the reboot
    exit 1
fi

check "this is after the reboot: the slow program was stopped in good order" \
    same "in good order" "$(cat $notes/slow)"
check "svd waited for it" grep -q 'stopped: slow (exit status 0)' /var/log/svd/svd.log
check "then ended" not grep -q 'taking them over' /var/log/svd/svd.log
check "svd was started at boot" systemctl is-active svd
check "the programs run" soon runs slow
check "all of them" soon runs other
check "as systemd sees it" soon status_is "2 running"

tally
