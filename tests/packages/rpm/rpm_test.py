#!/usr/bin/env python3
"""Builds the RPM packages, looks at them, and installs, upgrades and erases them in a root of their own.

    rpm_test.py PROJECT_DIR OUTPUT_DIR [Class.test]

The scriptlets really run, in a root that has a shell and a systemctl that writes down how it is called. Exit status
77 where packages cannot be built; it says why.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SKIPPED = 77
TOOLS = ("rpmbuild", "rpm", "rpmlint", "rpm2cpio", "cpio", "find-debuginfo", "eu-strip", "xz", "ninja")
PROJECT = pathlib.Path(sys.argv[1]).resolve()
OUTPUT = pathlib.Path(sys.argv[2]).resolve() / "rpm"
PACKAGES = {"svd", "svd-supervisor-compat", "svd-debuginfo"}
RELEASES = ("1", "2")
# In the root: what a scriptlet may call. Each says so in the file /called.
RECORDER = '#!/bin/sh\necho "${0##*/} $*" >>/called\n'
LISTING = 'case $1 in list-units) echo "svd.service loaded active running"; esac\n'


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True,
                          **options).stdout


def query(rpm, what):
    return run("rpm", "-qp", "--nosignature", "--qf", what, rpm)


def lines(rpm, option):
    return run("rpm", "-qp", "--nosignature", option, rpm).split("\n")[:-1]


def unusable():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return "not installed: " + ", ".join(missing)
    return "" if os.geteuid() == 0 else "needs root, for rpm --root"


def setUpModule():
    shutil.rmtree(OUTPUT, ignore_errors=True)
    # The unit tests are a suite of their own, and a quick compile does.
    subprocess.run(["nice", PROJECT / "packaging/rpm.sh", OUTPUT, *RELEASES], check=True, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, SVD_OPTIMISE="-O1 -g1", SVD_RPM_OPTIONS="--without check"))


def built(release):
    """The binary packages of that release by name."""
    return {query(path, "%{NAME}"): path for path in OUTPUT.glob(f"*-{release}.*.rpm")
            if not path.name.endswith(".src.rpm")}


class Built(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rpms = built(RELEASES[0])
        cls.tree = OUTPUT / "unpacked"
        shutil.rmtree(cls.tree, ignore_errors=True)
        for name, rpm in cls.rpms.items():
            (cls.tree / name).mkdir(parents=True)
            with subprocess.Popen(["rpm2cpio", rpm], stdout=subprocess.PIPE) as archive:
                run("cpio", "-id", "--quiet", stdin=archive.stdout, cwd=cls.tree / name)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.tree, ignore_errors=True)

    def test_packages_AreThree(self):
        version = re.search(r"^project\(svd VERSION (\S+)", (PROJECT / "CMakeLists.txt").read_text(), re.M)[1]
        self.assertEqual(set(self.rpms), PACKAGES)
        self.assertEqual(set(built(RELEASES[1])), PACKAGES)
        for name, rpm in self.rpms.items():
            self.assertEqual(query(rpm, "%{VERSION}"), version)
            self.assertEqual(query(rpm, "%{ARCH}") == "noarch", name == "svd-supervisor-compat")
        self.assertEqual(len(list(OUTPUT.glob("*.src.rpm"))), 1)
        self.assertRegex((PROJECT / "packaging/rpm/svd.spec").read_text(), rf"(?m)^Version: +{version}$")

    def test_rpmlint_HasNothingToSay(self):
        said = subprocess.run(["rpmlint", "-c", PROJECT / "packaging/rpm/rpmlint.toml", *self.rpms.values(),
                               *OUTPUT.glob("*.src.rpm"), PROJECT / "packaging/rpm/svd.spec"],
                              capture_output=True, text=True, check=False).stdout
        self.assertEqual([line for line in said.splitlines() if re.search(r": [EW]: ", line)], [])

    def test_programs_HavePages(self):
        for rpm in self.rpms.values():
            found = lines(rpm, "--list")
            for program in (path.removeprefix("/usr/bin/") for path in found if path.startswith("/usr/bin/")):
                self.assertTrue(any(re.fullmatch(rf"/usr/share/man/man\d/{program}\.\d\.gz", path) for path in found),
                                program)

    def test_svd_HasWhatPeopleCall(self):
        found = lines(self.rpms["svd"], "--list")
        for path in ("/usr/bin/svd", "/usr/bin/svctl", "/usr/bin/svd-pidproxy", "/usr/bin/echo_svd_conf",
                     "/usr/lib/systemd/system/svd.service", "/usr/lib/systemd/system/svd@.service",
                     "/usr/lib/systemd/system/svd.socket", "/usr/lib/systemd/user/svd.service",
                     "/usr/lib/sysusers.d/svd.conf", "/usr/lib/tmpfiles.d/svd.conf",
                     "/usr/share/dbus-1/system.d/org.svd1.conf", "/usr/share/polkit-1/actions/org.svd1.policy",
                     "/usr/share/man/man8/svd.8.gz", "/usr/share/man/man1/svctl.1.gz",
                     "/usr/share/man/man5/svd.conf.5.gz", "/etc/svd/svd.conf", "/etc/svd/conf.d/sample.conf"):
            self.assertIn(path, found)

    def test_compat_StandsForSupervisor(self):
        compat = self.rpms["svd-supervisor-compat"]
        self.assertIn("supervisor = 4.2.5", lines(compat, "--provides"))
        self.assertEqual(lines(compat, "--conflicts"), ["supervisor"])
        self.assertEqual(lines(compat, "--obsoletes"), [])
        tree = self.tree / "svd-supervisor-compat"
        for name, own in (("supervisord", "svd"), ("supervisorctl", "svctl"), ("pidproxy", "svd-pidproxy"),
                          ("echo_supervisord_conf", "echo_svd_conf")):
            self.assertEqual(os.readlink(tree / "usr/bin" / name), own)
            self.assertTrue((self.tree / "svd/usr/bin" / own).exists())
        for folder, ending in (("bash-completion/completions", ""), ("fish/vendor_completions.d", ".fish")):
            own = f"svctl{ending}"
            self.assertEqual(os.readlink(tree / "usr/share" / folder / f"supervisorctl{ending}"), own)
            self.assertTrue((self.tree / "svd/usr/share" / folder / own).exists())
        unit = (tree / "usr/lib/systemd/system/supervisord.service").read_text()
        self.assertIn("-c /etc/supervisord.conf\n", unit)
        self.assertNotIn("/etc/supervisor/", unit)
        self.assertIn("files=supervisord.d/*.ini", (tree / "etc/supervisord.conf").read_text())

    def test_filesBelowEtc_AreConfigurationThatIsKept(self):
        for name, rpm in self.rpms.items():
            etc = {"/" + str(path.relative_to(self.tree / name)) for path in (self.tree / name / "etc").rglob("*")
                   if path.is_file()}
            flags = dict(line.split()[::-1] for line in
                         query(rpm, r"[%{FILEFLAGS:fflags}- %{FILENAMES}\n]").splitlines())
            self.assertEqual({path for path, flag in flags.items() if "c" in flag}, etc)
            self.assertEqual({path for path, flag in flags.items() if "n" in flag}, etc)

    def test_files_BelongToRootAndNobodyElseWrites(self):
        for rpm in self.rpms.values():
            for line in query(rpm, r"[%{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEMODES:perms} %{FILENAMES}\n]").splitlines():
                owner, mode, path = line.split()
                self.assertEqual(owner, "root:root", path)
                self.assertTrue(mode[0] == "l" or mode[5] == mode[8] == "-", f"{path} is {mode}")
                self.assertNotIn("s", mode[1:], path)

    def test_requires_AreTheLibrariesOfThePrograms(self):
        requires = lines(self.rpms["svd"], "--requires")
        needed = set()
        for program in (self.tree / "svd/usr/bin").iterdir():
            needed |= set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", program)))
        self.assertIn("libsystemd.so.0", needed)
        for library in needed - {"ld-linux-x86-64.so.2"}:
            self.assertTrue(any(one.startswith(library + "(") for one in requires), library)

    def test_debugInformation_IsThatOfThePrograms(self):
        for program in ("svd", "svctl"):
            build_id = re.search(r"Build ID: (\w+)", run("readelf", "-n", self.tree / "svd/usr/bin" / program))[1]
            path = self.tree / f"svd-debuginfo/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
            self.assertIn(".debug_info", run("readelf", "-S", "-W", path))
        self.assertNotIn(".debug_info", run("readelf", "-S", "-W", self.tree / "svd/usr/bin/svd"))

    def test_bytes_HaveNoPathOfTheBuild(self):
        for path in self.tree.rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                for folder in (PROJECT, OUTPUT):
                    self.assertFalse(os.fsencode(folder) in data, f"{path} has {folder}")


class Life(unittest.TestCase):
    """In a root with nothing but a shell, and what else is said in `called`."""

    def setUp(self):
        self.root = OUTPUT / "root"
        shutil.rmtree(self.root, ignore_errors=True)
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ("bin", "usr/bin", "run/systemd/system", "var/lib/rpm", "dev"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "dev/null").touch()
        shell = pathlib.Path("/bin/sh").resolve()
        shutil.copy(shell, self.root / "bin/sh")
        for library in re.findall(r"(/\S+)", run("ldd", shell)):
            (self.root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, self.root / library[1:])
        for name, more in (("systemctl", LISTING), ("systemd-sysusers", ""), ("systemd-tmpfiles", "")):
            program = self.root / "usr/bin" / name
            program.write_text(RECORDER + more)
            program.chmod(0o755)
        self.rpm("--initdb")

    def rpm(self, *words):
        """What the scriptlets have called. No library is in the database, so dependencies are not asked for."""
        (self.root / "called").write_text("")
        done = subprocess.run(["rpm", "--root", self.root, "--dbpath", "/var/lib/rpm", *words], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("scriptlet failed", done.stdout)
        return (self.root / "called").read_text().splitlines()

    def install(self, release, *names):
        return self.rpm("-U", "--nodeps", "--nosignature", *[built(release)[name] for name in names])

    def test_install_EnablesWhatThePresetSaysAndStartsNothing(self):
        called = self.install("1", "svd")
        self.assertIn("systemctl --no-reload preset svd.service svd.socket", called)
        self.assertTrue(any(call.startswith("systemd-sysusers") for call in called), called)
        self.assertIn("systemd-tmpfiles --create svd.conf", called)
        self.assertFalse([call for call in called if re.search(r"\b(start|restart|kill|stop)\b", call)], called)
        self.assertEqual(run("rpm", "--root", self.root, "--dbpath", "/var/lib/rpm", "-V", "--nodeps", "svd"), "")

    def test_upgrade_HappensInPlaceAndKeepsWhatWasEdited(self):
        self.install("1", "svd", "svd-supervisor-compat")
        for path in ("etc/svd/svd.conf", "etc/supervisord.conf"):
            with open(self.root / path, "a", encoding="utf-8") as file:
                file.write("; edited\n")
        called = self.install("2", "svd", "svd-supervisor-compat")
        self.assertIn("systemctl kill --signal=USR1 --kill-whom=main svd.service", called)
        self.assertFalse([call for call in called if re.search(r"\b(start|restart|try-restart|stop|disable|preset)\b", call)],
                         called)
        for path in ("etc/svd/svd.conf", "etc/supervisord.conf"):
            self.assertTrue((self.root / path).read_text().endswith("; edited\n"))
        self.assertEqual(run("rpm", "--root", self.root, "--dbpath", "/var/lib/rpm", "-q", "--qf", "%{RELEASE}", "svd"), "2")

    def test_erase_StopsInOrderAndLeavesWhatWasEdited(self):
        before = {path for path in self.root.rglob("*")}
        self.install("1", "svd", "svd-supervisor-compat")
        with open(self.root / "etc/svd/svd.conf", "a", encoding="utf-8") as file:
            file.write("; edited\n")
        called = self.rpm("-e", "svd", "svd-supervisor-compat")
        self.assertIn("systemctl --no-reload disable --now supervisord.service", called)
        self.assertIn("systemctl --no-reload disable --now svd.socket svd.service", called)
        self.assertIn("systemctl stop svd@*.service", called)
        self.assertFalse([call for call in called if "kill" in call], called)
        left = {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                if path not in before and path.is_file() and "var/lib/rpm" not in str(path)}
        self.assertEqual(left, {"etc/svd/svd.conf.rpmsave"})


if __name__ == "__main__":
    REASON = unusable()
    if REASON:
        print("skipped: " + REASON)
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
