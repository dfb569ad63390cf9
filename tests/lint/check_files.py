#!/usr/bin/env python3
"""Plain rules for every text file of the project: length, line ends, and no path of one machine.

    check_files.py [PROJECT_DIR]         prints one line for each broken rule; exit 1 if there is one

A file over MAX_LINES says why near its top, in a comment holding `long-file: <reason>`.
"""
import pathlib
import re
import subprocess
import sys

MAX_LINES = 450
TEXT = (".h", ".cc", ".c", ".py", ".sh", ".cmake", ".txt", ".md", ".json", ".conf", ".yml", ".in")
SCRIPTS = ("dev", ".ci/run")
# Long by nature, or not ours to shape.
NOT_COUNTED = re.compile(r"^(CHANGELOG\.md|.*\.md|tests/(fuzz/corpus|golden)/.*|.*/golden/.*)$")
MACHINE_PATH = re.compile(r"/wo[r]k/|/tm[p]/b-|/ro[o]t/\.")
REASON = re.compile(r"long-file: \S.{10,}")


def project_files(project):
    """Tracked files; in a tree without git (an unpacked archive), every file outside build folders."""
    git = ["git", "-c", f"safe.directory={project.resolve()}", "-C", str(project), "ls-files", "-z"]
    try:
        listed = subprocess.run(git, capture_output=True, check=True).stdout.decode().split("\0")
        return [name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        names = (p.relative_to(project).as_posix() for p in project.rglob("*") if p.is_file())
        return [n for n in names if not n.startswith(("build", ".git/"))]


def check_text(name, text):
    lines = text.split("\n")
    if text and not text.endswith("\n"):
        yield f"{name}: does not end with a newline"
    if len(lines) - 1 > MAX_LINES and not NOT_COUNTED.match(name):
        if not REASON.search("\n".join(lines[:15])):
            yield f"{name}: {len(lines) - 1} lines (at most {MAX_LINES}, or a `long-file:` reason)"
    for number, line in enumerate(lines, 1):
        if line.endswith("\r"):
            yield f"{name}:{number}: carriage return at the end of the line"
        elif line != line.rstrip() and not name.endswith(".md"):
            yield f"{name}:{number}: blanks at the end of the line"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: names a path of one machine"


def main():
    project = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems, files = [], 0
    for name in sorted(project_files(project)):
        path = project / name
        if not (name.endswith(TEXT) or name in SCRIPTS) or "/corpus/" in name or not path.is_file():
            continue
        files += 1
        problems += check_text(name, path.read_bytes().decode("utf-8", "replace"))
    print("\n".join(problems + [f"{files} files, {len(problems)} broken rules"]))
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
