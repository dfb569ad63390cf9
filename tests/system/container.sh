#!/bin/sh
# Boots a container in namespaces of its own, so that every mount and process goes with them.
# container.sh SCRATCH LAYER ROOT CGROUP...; started by container.py.
set -eu
scratch=$1 layer=$2 root=$3
shift 3
for cgroup in "$@"; do echo 0 >"$cgroup/cgroup.procs"; done
mount -t tmpfs tmpfs /run # systemd-nspawn wants one, whatever the machine has
mkdir "$scratch/disk"
mount -t tmpfs -o mode=755 tmpfs "$scratch/disk"
cd "$scratch/disk"
mkdir upper work root
mount -t overlay -o "lowerdir=$layer:$root,upperdir=upper,workdir=work" overlay root
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
reboot=133 # of systemd.exec(5): the container asks for it
status=$reboot
while [ $status = $reboot ]; do
    status=0
    systemd-nspawn -q -D root -b --machine=svd-test --register=no --keep-unit --private-network \
        --console=pipe --resolv-conf=off --timezone=off --link-journal=no --suppress-sync=yes \
        --bind="$scratch/line:/system-test/line" </dev/null || status=$?
done
exit $status
