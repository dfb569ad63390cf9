"""systemd in an emulated machine with Debian's kernel: slow, but with every controller of cgroup v2.

The root is the kernel's initial file system and stays it, so that it is all in memory. An empty disk is
mounted on /var/tmp: NVMe and ext4, which this kernel has without modules."""
import os
import platform
import subprocess

import guest
import root as debian

NEEDS = ("mmdebstrap", "qemu-system-x86_64", "cpio", "mkfs.ext4", "setpriv")
BOOT_SECONDS = 600
MEMORY = os.environ.get("SVD_TEST_MEMORY", "1024M")
DISK = "1G"
# Without udev nobody would tell systemd of the first serial line. Where emulation gets too little time, the
# kernel is not to take it for broken hardware.
KERNEL_LINE = ("rdinit=/lib/systemd/systemd console=ttyS0 panic=1 loglevel=4 mitigations=off "
               "no_timer_check nowatchdog rcupdate.rcu_cpu_stall_suppress=1 "
               "systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service")


def unusable():
    return "" if platform.machine() == "x86_64" else "the machine is made for x86-64"


def _archive(folder, output):
    subprocess.run("find . -print0 | LC_ALL=C sort -z | cpio --null -o -H newc --quiet", shell=True,
                   check=True, cwd=folder, stdout=output)


class Machine:
    def __init__(self, scratch, layer, root):
        def make(folder):
            folder.mkdir()
            with open(folder / "root.cpio", "wb") as output:
                _archive(root, output)
        archive = debian.cached(root.parent, "archive", root.name, make) / "root.cpio"
        with open(scratch / "initrd", "wb") as initrd:  # the kernel unpacks one over the other
            subprocess.run(["cat", archive], check=True, stdout=initrd)
            _archive(layer, initrd)
        subprocess.run(["mkfs.ext4", "-q", scratch / "disk", DISK], check=True,
                       stdout=subprocess.DEVNULL)
        self.line = guest.Line(scratch / "line")
        self.console = scratch / "console"
        command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-M", "pc",
                   "-accel", os.environ.get("SVD_TEST_ACCEL", "tcg,thread=multi"), "-cpu", "max",
                   "-smp", "2", "-m", MEMORY, "-nodefaults", "-no-user-config", "-no-reboot",
                   "-display", "none", "-kernel", root / "boot/vmlinuz", "-initrd", scratch / "initrd",
                   "-drive", f"if=none,id=d,format=raw,cache=unsafe,file={scratch / 'disk'}",
                   "-device", "nvme,drive=d,serial=d", "-append", KERNEL_LINE, "-serial", f"file:{self.console}",
                   "-serial", f"file:{scratch / 'line'}"]
        with open(scratch / "qemu", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self):
        guest.end(self.process)
