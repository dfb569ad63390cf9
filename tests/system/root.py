"""A small Debian 12 with systemd, made once per recipe by mmdebstrap from this machine's own apt sources."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

SUITE = "bookworm"
# systemd, what svd links against, and what the tests use.
PACKAGES = ("systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,polkitd,procps,"
            "libfmt9,libpugixml1v5,libinih1,libedit2,libcrypt1,libsystemd0,libstdc++6,libsdbus-c++1")
KERNEL = "linux-image-cloud-amd64"  # for the virtual machine: its image, never installed
# What takes Supervisor's place is tried beside the real one: its packages, in ARCHIVE of the root.
SUPERVISOR, ARCHIVE = "supervisor", "/var/lib/system-test"
# Nothing of these is tested, and each of them would run while something else is.
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
          "e2scrub_reap.service", "fstrim.timer", "console-getty.service", "systemd-timesyncd.service")
TAKE_KERNEL = f"""cd "$1/tmp"; export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
image=$(apt-cache depends {KERNEL} | sed -n 's/.*Depends: \\(linux-image\\)/\\1/p' | head -n 1)
apt-get download -q -o APT::Sandbox::User=root "$image"
dpkg-deb --fsys-tarfile "$image"_*.deb | tar -x -O --wildcards './boot/vmlinuz-*' >"$1/boot/vmlinuz"
rm "$image"_*.deb"""
TAKE_SUPERVISOR = f"""export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
mkdir -p "$1"{ARCHIVE}
apt-get clean
apt-get install -q -y --no-install-recommends --download-only -o APT::Sandbox::User=root {SUPERVISOR}
mv "$1"/var/cache/apt/archives/*.deb "$1"{ARCHIVE}"""


class CannotMake(Exception):
    """This machine cannot make the root; the text says why, in one line."""


def _lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _sources():
    """The lines of a sources.list: what this machine's apt has of the suite."""
    found = _lines("apt-get", "indextargets", "--format",
                   "$(ORIGIN)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
    lines = [line.partition("|")[2] for line in found if line.startswith("Debian|")]
    return [line for line in dict.fromkeys(lines)
            if line.endswith(" main") and line.split()[2].startswith(SUITE)]


def _apt_options():
    """How this machine reaches them: its proxies and the like."""
    settings = _lines("apt-config", "dump", "--no-empty", "--format", "%F \"%v\";%n")
    return [f"--aptopt={line.strip()}" for line in settings if line.startswith("Acquire::http")]


def _make(folder):
    sources = _sources()
    if not sources:
        raise CannotMake(f"apt knows no source of Debian's {SUITE} (apt-get update)")
    made = subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", *_apt_options(),
         f"--customize-hook={TAKE_KERNEL}", f"--customize-hook={TAKE_SUPERVISOR}",
         SUITE, str(folder), "-"],
        input="\n".join(sources) + "\n", capture_output=True, text=True, timeout=900)
    if made.returncode != 0:
        raise CannotMake("mmdebstrap: " + (made.stderr.strip() or "failed").splitlines()[-1])
    for name in ("var/cache/apt", "usr/share/doc", "usr/share/locale", "usr/share/man"):
        shutil.rmtree(folder / name, ignore_errors=True)
    # An empty one would mean a first boot, which enables every unit.
    (folder / "etc/machine-id").write_text("5bd0" * 8 + "\n")
    (folder / "etc/hostname").write_text("svd-test\n")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost svd-test\n::1 localhost\n")
    for unit in MASKED:
        (folder / "etc/systemd/system" / unit).symlink_to("/dev/null")


def cached(cache, name, recipe, make):
    """The folder CACHE/NAME-HASH, made when it is not there by make(FOLDER). One at a time."""
    folder = cache / f"{name}-{hashlib.sha256(repr(recipe).encode()).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in cache.glob(f"{name}-*"):
                shutil.rmtree(old)
            new = cache / f"new-{name}"
            shutil.rmtree(new, ignore_errors=True)
            try:
                make(new)
                os.rename(new, folder)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    return folder


def debian_root(cache):
    recipe = (SUITE, PACKAGES, KERNEL, SUPERVISOR, MASKED, pathlib.Path(__file__).read_bytes())
    return cached(cache, "root", recipe, _make)
