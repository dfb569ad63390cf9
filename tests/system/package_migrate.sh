#!/bin/bash
# From Debian's supervisor, with live programs, to svd and back: the commands are those of svd-migrate(7).
# shellcheck source=tests/system/checks.sh
. ./checks.sh
export DEBIAN_FRONTEND=noninteractive PAGER=cat
archive=/var/lib/system-test
page=/var/tmp/svd-migrate.7
main_conf=/etc/supervisor/supervisord.conf

# A source for apt, of what the root has for this test.
make_archive() {
    for deb in "$archive"/*.deb; do
        dpkg-deb -f "$deb"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${deb##*/}" "$(stat -c %s "$deb")" \
            "$(sha256sum <"$deb" | cut -d ' ' -f 1)"
    done >$archive/Packages
    echo "deb [trusted=yes] file:$archive ./" >/etc/apt/sources.list
    echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/yes # who types them says it
    apt-get -q update
}
commands() { # NAME: of that example of the page
    awk -v name="$1" '$1 == ".\\\"" && $2 == "example:" { on = $3 == name }
        on && /^\.Ed/ { exit }
        on && sub(/^# /, "") { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print }' $page
}
step() { # NAME
    [ -n "$(commands "$1")" ] || { echo "svd-migrate(7) has no commands '$1'"; return 1; }
    commands "$1"
    bash -e -c "$(commands "$1")"
}
state() { supervisorctl status | awk '{ print $1, $2 }'; }
all_run() { [ "$(supervisorctl status | grep -c RUNNING)" = 4 ]; }
gone() { # PID...
    local pid
    for pid in "$@"; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}
pids() { for name in web:web_00 web:web_01 numbers tree; do supervisorctl pid $name; done | xargs; }
main_program() { readlink "/proc/$(systemctl show -P MainPID supervisor)/exe"; }
is_svd() { [ "$(main_program)" = /usr/bin/svd ]; }
is_python() { [[ $(main_program) == */python* ]]; }
again() { (cd ../higher && step replace); }

cd /system-test/packages/current || exit 1
check "the page is in the package" bash -c \
    "dpkg-deb --fsys-tarfile ./svd_*.deb | tar -x -O ./usr/share/man/man7/svd-migrate.7.gz | gunzip >$page"
check "an archive with Debian's supervisor" make_archive
check "it is installed" apt install supervisor
mkdir -p /srv/shop
cat >/etc/supervisor/conf.d/shop.conf <<'CONF'
[program:web]
command=/bin/sleep 100051
numprocs=2
process_name=%(program_name)s_%(process_num)02d
[program:numbers]
command=/bin/bash -c "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done"
stdout_logfile=/srv/shop/numbers.log
[program:tree]
command=/bin/bash -c "trap 'touch /srv/shop/in-good-order; exit' TERM; sleep 100052 & while :; do wait; done"
[program:byhand]
command=/bin/sleep 100053
autostart=false
CONF
echo "; changed here" >>$main_conf
check "its programs are started" bash -c "supervisorctl reread && supervisorctl update"
check "and run" soon all_run
conf=$(cat $main_conf) theirs=$(pids)
supervisor=$(systemctl show -P MainPID supervisor)

check "svd-migrate(7), step 1: install svd beside it" step install
check "Supervisor goes on" same "$(systemctl show -P MainPID supervisor)" "$supervisor"
check "svd does not run" not pgrep -x svd
check "step 2: check the configuration" step check
check "step 3: write down what runs" step before
check "the programs were not touched" same "$(pids)" "$theirs"
check "step 4: replace Supervisor" step replace
check "supervisor is removed" same "$(dpkg-query -W -f '${db:Status-Status}' supervisor)" config-files
check "it has ended" gone "$supervisor"
# shellcheck disable=SC2086  # several
check "its programs have ended" gone $theirs
check "in good order" test -e /srv/shop/in-good-order
check "svd runs under its name" soon is_svd
check "the programs run" soon all_run
check "step 5: compare" step after
check "the configuration is as it was" same "$(cat $main_conf)" "$conf"
check "svd alone is started for it" same "$(pgrep -x svd | wc -l)" 1
check "a boot starts it" systemctl is-enabled svd-supervisor
check "its unit has both names" same "$(systemctl show -P Id supervisor)" svd-supervisor.service
check "the socket is where the configuration has it" test -S /run/supervisor.sock
check "the log too" grep -q "supervisord started with pid $(systemctl show -P MainPID supervisor)" \
    /var/log/supervisor/supervisord.log
check "supervisord is svd" same "$(supervisord --version)" "$(svd --version)"
check "supervisorctl why, which is svd's own" supervisorctl why byhand
check "Supervisor's sample" grep -q '^\[supervisord\]' <(echo_supervisord_conf)

ours=$(pids) main=$(systemctl show -P MainPID supervisor)
check "an upgrade" apt install ../higher/svd_*.deb ../higher/svd-supervisor-compat_*.deb
became() { "/proc/$main/exe" --version | grep -qxF "$(svd --version)"; }
check "svd becomes it" soon became
check "with every program in hand" same "$(pids) $(systemctl show -P MainPID supervisor)" "$ours $main"
check "systemctl restart supervisor" systemctl restart supervisor
check "the programs run again" soon all_run
check "they are others" not same "$(pids)" "$ours"

check "step 6: go back" step back
check "svd has ended" not pgrep -x svd
check "Supervisor runs" soon is_python
check "and the programs" soon all_run
check "as they did" same "$(state)" "$(cat before)"
check "with the same configuration" same "$(cat $main_conf)" "$conf"

check "to svd again" again
check "which runs" soon is_svd
check "with the programs" soon all_run
ours=$(pids)
check "somebody purges supervisor" apt purge supervisor
check "there is a configuration still" test -e $main_conf
check "the programs go on" same "$(pids)" "$ours"
check "systemctl restart supervisor then" systemctl restart supervisor
check "the programs run then" soon all_run
check "a boot starts it then" systemctl is-enabled svd-supervisor
check "purge" apt purge svd-supervisor-compat svd
# Supervisor itself leaves behind what its programs started: the sleep of tree.
check "no process is left" not pgrep -f 'sleep 10005[13]|/usr/bin/svd|supervisord'
check "no file of the packages" same "$(find / -xdev \( -path /proc -o -path /sys -o -path /system-test -o -path /var/lib/system-test \
    -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/tmp -o -path /var/log/journal \) -prune \
    -o \( -name '*svd*' -o -name '*supervisor*' \) -print | grep -v '^/etc/supervisor$\|^/var/log/supervisor')" ""
check "but the programs' own" same "$(find /etc/supervisor -type f)" /etc/supervisor/conf.d/shop.conf

tally
