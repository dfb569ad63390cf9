#!/bin/bash
# org.svd1 on the system bus as installed: busctl, signals, polkit's rules, activation, reload.
# shellcheck source=tests/system/checks.sh
. ./checks.sh

configure() { # THE NAMES OF PROGRAMS
    sections /run/svd /var/log/svd
    for name in "$@"; do
        printf '[program:%s]\ncommand=/bin/sleep 100001\nstartsecs=0\n' "$name"
    done
}
call() { busctl --timeout=20 call org.svd1 /org/svd1 org.svd1.Manager "$@"; }
state() { busctl get-property org.svd1 "/org/svd1/process/$1/$1" org.svd1.Process State; }
is() { same "s \"$2\"" "$(state "$1")"; } # PROGRAM STATE
as_nobody() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
nobody() { as_nobody busctl --timeout=20 call org.svd1 /org/svd1 org.svd1.Manager "$@"; }
has() { grep -qF -- "$1" <<<"$2"; } # TEXT IN
refused() { # ACTION COMMAND...
    local action=$1 said
    shift
    said=$("$@" 2>&1) && return 1
    has "$action" "$said" || { echo "$said"; return 1; }
}
follow() { # what svd tells, into a file
    timeout 30 busctl monitor --json=short --match="type='signal',sender='org.svd1'" >/run/signals &
    monitor=$!
    soon pgrep -x busctl
}
heard() { grep -q "$1" /run/signals; }

knows_actions() { grep -q org.svd1.manage <(pkaction); }

mkdir -p /etc/svd
configure web other >/etc/svd/svd.conf
check "polkit knows the actions" knows_actions
check "enable --now" systemctl enable --now svd

# The lines that README shows.
check "ListProcesses" soon call ListProcesses
check "has both programs" has '"web" "web" "RUNNING"' "$(call ListProcesses)"
check "StopProcess" call StopProcess s web
check "it is stopped" is web STOPPED
check "StartProcess" call StartProcess s web
check "it runs" is web RUNNING
check "an error has its name" refused "ALREADY_STARTED" call StartProcess s web
check "tree" has /org/svd1/process/web/web "$(busctl tree --list org.svd1)"
check "introspect" has .StartTimestamp "$(busctl introspect org.svd1 /org/svd1/process/web/web)"

# Others look, and act by polkit's word alone.
check "anybody may look" nobody ListProcesses
check "anybody may read properties" as_nobody busctl get-property org.svd1 /org/svd1 org.svd1.Manager NRunning
check "nobody may stop" refused org.svd1.manage nobody StopProcess s web
check "nobody may read logs" refused org.svd1.read-logs nobody ReadLog xx 0 0
check "nobody may end svd" refused org.svd1.shutdown nobody Shutdown
check "all of it runs" is web RUNNING
mkdir -p /etc/polkit-1/rules.d
cat >/etc/polkit-1/rules.d/10-svd.rules <<'RULE'
polkit.addRule(function(action, subject) {
    if (action.id == "org.svd1.manage" && action.lookup("program") == "web" &&
        action.lookup("verb") == "StopProcess" && subject.user == "nobody")
        return polkit.Result.YES;
});
RULE
may_stop() { nobody StopProcess s web || is web STOPPED; } # also when asked once more
check "with a rule, nobody may stop that program" soon may_stop
check "it is stopped" is web STOPPED
check "but not another one" refused org.svd1.manage nobody StopProcess s other
check "nor start it" refused org.svd1.manage nobody StartProcess s web
rm /etc/polkit-1/rules.d/10-svd.rules

# Programs that come and go are told without asking.
follow
configure web other new >/etc/svd/svd.conf
check "reload by systemd" systemctl reload svd
check "the new object is told" soon heard InterfacesAdded
check "and is there" soon is new RUNNING
check "Update" call Update
kill "$monitor"

pid=$(main_pid)
check "svctl upgrade" svctl upgrade
check "the name comes back" soon busctl get-property org.svd1 /org/svd1 org.svd1.Manager NUpgrades
check "the same process" same "$pid" "$(main_pid)"
check "restart of the bus is survived" systemctl kill -s KILL dbus.service
check "programs run" svctl status other
check "and the name comes back" soon call ListProcesses

check "stop" systemctl stop svd
check "a call starts svd" soon call ListProcesses
check "which is the unit's" systemctl is-active svd

tally
