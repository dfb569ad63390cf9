#!/bin/bash
# The Debian package as people use it: installed, upgraded and downgraded under running programs, removed, purged.
# shellcheck source=tests/system/checks.sh
. ./checks.sh
packages=/system-test/packages
export DEBIAN_FRONTEND=noninteractive

apt() { apt-get -q -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@"; }
version_in() { dpkg-deb -f $packages/"$1"/svd_*.deb Version; } # FOLDER
cgroups() { find /sys/fs/cgroup/system.slice -type d -path '*/svd*.service*'; }
said() { # TEXT JOURNALCTL-OPTION...
    local text=$1
    shift
    journalctl -b --no-pager -o cat "$@" | grep -q "$text"
}
# What is on the machine: files, users, what is in /run, cgroups of services. Not: what dpkg and apt note of their
# own doings, and what the journal keeps.
machine() {
    find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/tmp -o -path /system-test \
        -o -path /var/log/journal -o -path /var/log/apt -o -path /var/log/dpkg.log -o -path /var/lib/apt \
        -o -path /var/cache -o -path '/var/lib/dpkg/*' -o -path /etc/ld.so.cache -o -path /etc/.pwd.lock \
        -o -path '/etc/*-' \) -prune -o -printf '%p %y %m %u:%g %l\n'
    find /run -maxdepth 1 -printf '%p\n'
    cgroups
    getent passwd
    getent group
}
instance() { # NAME: of svd@NAME
    sections "/run/svd/$1" "/var/log/svd/$1"
    printf '[program:instance]\ncommand=/bin/sleep 100041\nstartsecs=0\n'
}
pids() { echo "$(pid numbers) $(pid tree) $(pid web:web_00) $(pid web:web_01) $(svctl -c /etc/svd/shop.conf pid instance)"; }
all_run() { [ "$(svctl status | grep -c RUNNING)" = 4 ] || { svctl status; false; }; } # and none is STARTING
mains() { echo "$(main_pid) $(systemctl show -P MainPID svd@shop)"; }
is_version() { # VERSION: what runs, not what is installed
    for pid in $(mains); do
        "/proc/$pid/exe" --version | grep -qxF "$1" || return 1
        [ "$(readlink "/proc/$pid/exe")" = /usr/bin/svd ] || return 1
    done
}
left() { pgrep -f 'sleep 10004[0-9]|numbers.sh|/usr/bin/svd'; }
in_order() { awk '$1 != NR { print "line " NR " is " $1; exit 1 }' "$1"; }
more_lines() { [ "$(wc -l <"$1")" -gt "$2" ]; }
to_version() { # FOLDER WORD: installs it while programs run
    local version before lines
    version=$(version_in "$1") before=$(pids) daemons=$(mains)
    check "$2 to $version" apt install --reinstall --allow-downgrades ./"$1"/svd_*.deb
    check "$2: every svd that runs becomes it" soon is_version "$version"
    check "$2: none of them is another process" same "$(mains)" "$daemons"
    check "$2: none was restarted by systemd" same "$(systemctl show -P NRestarts svd svd@shop | xargs)" "0 0"
    check "$2: the programs are the same processes" same "$(pids)" "$before"
    check "$2: all are running" all_run
    lines=$(wc -l </var/log/svd/numbers.log)
    check "$2: their output goes on" soon more_lines /var/log/svd/numbers.log "$lines"
    check "$2: what was changed in the configuration stays" grep -q "^; changed here" /etc/svd/svd.conf
    check "$2: nothing else differs from the package" same "$(dpkg -V svd | grep -v ' c /etc/svd/svd.conf$')" ""
    check "$2: reading the configuration changes nothing" same "$(svctl update)" ""
}

cd $packages || exit 1
: >/run/check-output
machine | sort >/var/tmp/before

check "one command installs it" apt install ./current/svd_*.deb
check "it starts nothing" not systemctl is-active svd
check "nor would a boot" not systemctl is-enabled svd
check "nor a user's session" not test -e /etc/systemd/user/default.target.wants/svd.service
check "it is what the package says" same "$(svd --version)" "$(version_in current)"
check "so is svctl" grep -qF "$(version_in current)" <(svctl --version)
check "dpkg finds it whole" same "$(dpkg -V svd)" ""
check "the default configuration is good" same "$(svd -t --strict)" "/etc/svd/svd.conf: no problems found"
check "systemd has nothing to say of the units" \
    same "$(systemd-analyze verify --man=no svd.service svd.socket svd@shop.service 2>&1)" ""

check "systemctl enable --now svd" systemctl enable --now svd
check "the socket is for root and the group" same "$(stat -c '%a %U:%G' /run/svd/svd.sock)" "660 root:svd"
check "no TCP port is open" not grep -qE '^ *[0-9]+: .{13,40} [0-9A-F]{8,32}:[0-9A-F]{4} 0A ' /proc/net/tcp /proc/net/tcp6
check "the log is in the journal" soon said "supervisord started with pid" -u svd

cat >/usr/local/bin/numbers.sh <<'PROGRAM'
#!/bin/bash
for ((i = 1; ; i++)); do echo $i; ((i % 200)) || sleep 0.01; done
PROGRAM
chmod 755 /usr/local/bin/numbers.sh
cat >/etc/svd/conf.d/shop.conf <<'CONF'
[program:numbers]
command=/usr/local/bin/numbers.sh
stdout_logfile=/var/log/svd/numbers.log
stdout_logfile_maxbytes=0
[program:tree]
command=/bin/bash -c "echo hello; trap 'sleep 1; touch /var/tmp/in-good-order; exit' TERM; setsid sleep 100042 & while :; do wait; done"
[program:web]
command=/bin/sleep 100043
numprocs=2
process_name=%(program_name)s_%(process_num)02d
CONF
check "svctl reread && svctl update" bash -c "svctl reread && svctl update"
check "the programs of conf.d run" soon all_run
check "output is in the journal" soon said '^hello$' SVD_PROGRAM=tree
check "the package's own test passes" sh /system-test/autopkgtest/service
instance shop >/etc/svd/shop.conf
check "another instance" systemctl enable --now svd@shop
echo "; changed here" >>/etc/svd/svd.conf

to_version higher "an upgrade"
to_version higher "the same again"
to_version current "a downgrade"
check "numbers is stopped" svctl stop numbers
check "its output is whole" in_order /var/log/svd/numbers.log

rm -f /var/tmp/in-good-order
check "remove" apt remove svd
check "the programs were stopped as they ask for" test -e /var/tmp/in-good-order
check "no process is left" not left
check "no cgroup" same "$(cgroups)" ""
check "no socket" same "$(find /run -path '*svd*' -type s)" ""
check "the configuration is" grep -q "^; changed here" /etc/svd/svd.conf
check "and the logs" test -s /var/log/svd/numbers.log

check "installed again" apt install ./higher/svd_*.deb
check "it starts as before" systemctl start svd
check "with the programs" soon all_run
check "purge of what runs" apt purge svd
check "again no process is left" not left
rm -f /usr/local/bin/numbers.sh /var/tmp/in-good-order
systemctl reset-failed
machine | sort >/var/tmp/after
check "purge leaves nothing" diff /var/tmp/before /var/tmp/after
check "the machine is well" same "$(systemctl is-system-running)" running

tally
