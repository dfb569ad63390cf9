#!/usr/bin/env python3
"""Builds the Debian packages and looks at them: lintian, contents, dependencies, the same bytes twice.

    deb_test.py PROJECT_DIR OUTPUT_DIR [Class.test]

Leaves OUTPUT_DIR/deb/current and OUTPUT_DIR/deb/higher, which is the same tree with a higher version: what the
guests install (tests/system/package_*.sh). Exit status 77 where packages cannot be built; it says why.

Where there is ccache, the second build takes its objects from the first one's. What a compiler does differently
from one run to the next is not seen then; that a path of a build got into the bytes is, because every file of
the packages is searched for it, and all that follows the compiler is done twice.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SKIPPED = 77
TOOLS = ("dpkg-buildpackage", "dpkg-checkbuilddeps", "dh", "lintian", "xz")
PROJECT = pathlib.Path(sys.argv[1]).resolve()
OUTPUT = pathlib.Path(sys.argv[2]).resolve()
# Folders of different depth, so that no path can be the same by chance.
CURRENT, AGAIN, HIGHER = OUTPUT / "deb/current", OUTPUT / "deb-again/in/another", OUTPUT / "deb/higher"
PACKAGES = ("svd", "svd-supervisor-compat", "svd-dbgsym")
LIBRARIES = {"libc6", "libcrypt1", "libedit2", "libfmt9", "libgcc-s1", "libinih1", "libpugixml1v5",
             "libsdbus-c++1", "libstdc++6", "libsystemd0"}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True,
                          **options).stdout


def unusable():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return "not installed: " + ", ".join(missing)
    depends = subprocess.run(["dpkg-checkbuilddeps", "-P", "nocheck", str(PROJECT / "packaging/debian/control")],
                             capture_output=True, text=True)
    return depends.stderr.strip() if depends.returncode else ""


def build(folder, *version):
    """The packages in FOLDER by name. The unit tests are a suite of their own, and a quick compile does. Other
    suites run beside it, and wait for nothing longer than they must."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["nice", PROJECT / "packaging/deb.sh", folder, *version], check=True, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, DEB_BUILD_OPTIONS="nocheck", SVD_OPTIMISE="-O1 -g1"))
    return {path.name.split("_")[0]: path for path in folder.glob("*.deb")}


def field(deb, name):
    return run("dpkg-deb", "-f", deb, name).strip()


def names(relations):
    """Of packages in a Depends line, without versions and alternatives."""
    return {re.match(r"[a-z0-9+.-]+", word.strip())[0] for word in relations.split(",") if word.strip()}


def contents(deb):
    """path -> (mode, owner), as tar has them."""
    found = {}
    for line in run("dpkg-deb", "-c", deb).splitlines():
        mode, owner, _, _, _, path = line.split(None, 5)
        found[path.split(" -> ")[0].removeprefix(".")] = (mode, owner)
    return found


class Built(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.version = re.search(r"^project\(svd VERSION (\S+)", (PROJECT / "CMakeLists.txt").read_text(), re.M)[1]
        shutil.rmtree(OUTPUT / "deb", ignore_errors=True)
        cls.current = build(CURRENT)
        cls.again = build(AGAIN)
        major, minor, patch = cls.version.split(".")
        cls.higher = build(HIGHER, f"{major}.{minor}.{int(patch) + 1}")
        cls.tree = CURRENT / "unpacked"
        cls.tree.mkdir()
        for name, deb in cls.current.items():
            run("dpkg-deb", "-R", deb, cls.tree / name)

    @classmethod
    def tearDownClass(cls):
        for folder in (cls.tree, OUTPUT / "deb-again"):
            shutil.rmtree(folder, ignore_errors=True)

    def test_packages_AreThree(self):
        self.assertEqual(set(self.current), set(PACKAGES))
        for deb in self.current.values():
            self.assertEqual(field(deb, "Version"), self.version)

    def test_lintian_HasNothingToSay(self):
        changes = next(CURRENT.glob("*.changes"))
        said = subprocess.run(["lintian", "--allow-root", "--pedantic", "--display-info", "--tag-display-limit", "0",
                               "--fail-on", "none", str(changes)], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout, "")

    def test_twoBuilds_SameBytes(self):
        self.assertEqual(set(self.again), set(self.current))
        for name, deb in self.current.items():
            self.assertEqual(deb.read_bytes(), self.again[name].read_bytes(), name)
        for name in ("svd_*.dsc", "svd_*.tar.xz"):
            one, other = next(CURRENT.glob(name)), next(AGAIN.glob(name))
            self.assertEqual(one.read_bytes(), other.read_bytes(), one.name)

    def test_bytes_HaveNoPathOfTheBuild(self):
        for name in self.current:
            for path in (self.tree / name).rglob("*"):
                if path.is_file() and not path.is_symlink():
                    if path.suffix == ".debug":
                        run("objcopy", "--decompress-debug-sections", path)
                    data = path.read_bytes()
                    for folder in (PROJECT, OUTPUT):
                        self.assertNotIn(os.fsencode(folder), data, path)

    def test_higherVersion_IsHigherAndSaidByTheProgram(self):
        version = field(self.higher["svd"], "Version")
        subprocess.run(["dpkg", "--compare-versions", version, "gt", self.version], check=True)
        run("dpkg-deb", "-R", self.higher["svd"], self.tree / "higher")
        self.assertEqual(run(self.tree / "higher/usr/bin/svd", "--version").strip(), version)
        self.assertEqual(run(self.tree / "svd/usr/bin/svd", "--version").strip(), self.version)

    def test_dependencies_AreTheLibraries(self):
        depends = names(field(self.current["svd"], "Depends"))
        self.assertLessEqual(depends, LIBRARIES | {"systemd", "init-system-helpers"})
        self.assertIn("libsystemd0", depends)
        compat = self.current["svd-supervisor-compat"]
        self.assertEqual(names(field(compat, "Depends")), {"svd"})
        for relation in ("Provides", "Conflicts", "Replaces"):
            self.assertEqual(names(field(compat, relation)), {"supervisor"}, relation)

    def test_contents_BelongToRootAndNobodyElseWrites(self):
        for name, deb in self.current.items():
            for path, (mode, owner) in contents(deb).items():
                self.assertEqual(owner, "root/root", path)
                self.assertTrue(mode.startswith("l") or mode[5] == mode[8] == "-", f"{name}: {path} is {mode}")
                self.assertNotIn("s", mode[1:], path)

    def test_svd_HasWhatPeopleCall(self):
        found = contents(self.current["svd"])
        for path in ("/usr/bin/svd", "/usr/bin/svctl", "/usr/bin/svd-pidproxy", "/usr/bin/echo_svd_conf",
                     "/lib/systemd/system/svd.service", "/lib/systemd/system/svd@.service",
                     "/lib/systemd/system/svd.socket", "/usr/lib/systemd/user/svd.service",
                     "/usr/lib/sysusers.d/svd.conf", "/usr/lib/tmpfiles.d/svd.conf",
                     "/usr/share/dbus-1/system.d/org.svd1.conf", "/usr/share/polkit-1/actions/org.svd1.policy",
                     "/usr/share/man/man8/svd.8.gz", "/usr/share/man/man1/svctl.1.gz",
                     "/usr/share/man/man5/svd.conf.5.gz", "/etc/svd/svd.conf", "/etc/svd/conf.d/sample.conf"):
            self.assertIn(path, found)

    def test_compat_NamesLeadToFiles(self):
        links = [path for path in (self.tree / "svd-supervisor-compat").rglob("*") if path.is_symlink()]
        named = {path.name for path in links}
        self.assertLessEqual({"supervisord", "supervisorctl", "supervisorctl.fish", "pidproxy", "echo_supervisord_conf", "supervisord.1.gz",
                              "supervisor.service"}, named)
        for link in links:
            there = pathlib.Path(os.path.normpath(link.parent / os.readlink(link)))
            inside = there.relative_to(self.tree / "svd-supervisor-compat")
            homes = [self.tree / name / inside for name in ("svd", "svd-supervisor-compat")]
            self.assertTrue(any(home.exists() for home in homes), f"{link.name} leads to /{inside}")

    def test_filesBelowEtc_AreConffiles(self):
        for name in ("svd", "svd-supervisor-compat"):
            etc = {str(path.relative_to(self.tree / name)) for path in (self.tree / name / "etc").rglob("*")
                   if path.is_file()}
            listed = self.tree / name / "DEBIAN/conffiles"
            conffiles = set(listed.read_text().split()) if listed.exists() else set()
            self.assertEqual({"/" + path for path in etc}, conffiles)

    def test_debugInformation_IsThatOfThePrograms(self):
        notes = run("readelf", "-n", self.tree / "svd/usr/bin/svd")
        build_id = re.search(r"Build ID: (\w+)", notes)[1]
        path = self.tree / f"svd-dbgsym/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
        self.assertIn(".debug_info", run("readelf", "-S", "-W", path))


if __name__ == "__main__":
    REASON = unusable()
    if REASON:
        print("skipped: " + REASON)
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
