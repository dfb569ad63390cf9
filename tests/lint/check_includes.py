#!/usr/bin/env python3
"""Holds the arrows between the rooms of src/: who may include whom, and who makes no system call.

    check_includes.py [PROJECT_DIR]      prints one line for each broken rule; exit 1 if there is one
"""
import pathlib
import re
import sys

# room: what it may include besides itself. A name with a slash allows that one header only.
ARROWS = {
    "base": [],
    "config": ["base"],
    "process": ["base", "config/model.h"],
    "event": ["base"],
    "log": ["base"],
    "linux": ["base"],
    "wire": ["base"],
    "control": ["base", "config", "process", "event", "log"],
    "http": ["control", "wire", "base", "linux", "log", "config/model.h"],
    "dbus": ["control", "event", "base", "linux", "log", "config/model.h"],
    "cli": ["base", "wire", "config"],
    "state": ["base", "config", "process", "event", "log"],
}
ARROWS["daemon"] = list(ARROWS)
ARROWS["pidproxy"] = ["base"]

# These rooms decide and never act: no system call, no clock, no environment.
PURE_ROOMS = ("config", "process", "event", "wire", "state")
# The files of a pure room that ask the machine, behind an interface, and do nothing else.
READERS = ("src/config/host.cc",)
IMPURE = [
    (re.compile(r"#\s*include\s*<(unistd|fcntl|signal|poll|pwd|grp|netdb|dirent|glob|syslog|spawn|"
                r"dlfcn|pthread)\.h>"), "includes <{0}.h>"),
    (re.compile(r"#\s*include\s*<((?!sys/types\.h)(?:sys|netinet|arpa|linux|systemd)/[^>]+)>"), "includes <{0}>"),
    (re.compile(r"#\s*include\s*<(csignal|fstream|filesystem|thread|mutex|cstdio)>"), "includes <{0}>"),
    (re.compile(r"#\s*include\s*\"(base/fd\.h)\""), "includes {0}: it holds no descriptor"),
    (re.compile(r"(\w*::now)\("), "calls {0}: take the time as an argument"),
    (re.compile(r"\b(read_clocks|getenv|setenv|getpwnam|getuid|gethostname)\s*\("), "calls {0}"),
    (re.compile(r"\b(errno)\b"), "reads {0}"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
COMMENT = re.compile(r"//.*")


def check_file(path, name, room):
    allowed = ARROWS[room] + [room]
    pure = room in PURE_ROOMS and name not in READERS
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{name}:{number}"
        found = INCLUDE.match(line)
        if found:
            header = found.group(1)
            if "/" not in header:
                yield f'{where}: "{header}" is not spelled "room/file.h"'
            elif header.split("/")[0] not in allowed and header not in allowed:
                yield f"{where}: {room} may not include {header}"
        if pure:
            code = COMMENT.sub("", line)
            for pattern, text in IMPURE:
                for match in pattern.finditer(code):
                    yield f"{where}: {room} is pure but {text.format(match.group(1))}"


def main():
    project = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems, files = [], 0
    for path in sorted((project / "src").glob("*/**/*")):
        if path.suffix not in (".h", ".cc"):
            continue
        name = path.relative_to(project).as_posix()
        room = name.split("/")[1]
        files += 1
        if room in ARROWS:
            problems += check_file(path, name, room)
        else:
            problems.append(f"{name}: {room} is not a room; add it to ARROWS")
    print("\n".join(problems + [f"{files} files, {len(problems)} broken rules"]))
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
