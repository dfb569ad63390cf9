"""The examples of a manual page. In its source each is marked:

    .\\" example: NAME KIND [WORDS]
    .Bd -literal -offset indent
    ...
    .Ed

KIND is what the text is:
    session     commands behind "$ " or "# " and what they print. WORDS: "soon" repeats it until it
                prints that, "needs PROGRAM" skips it without that program, and "not-run: REASON" only
                has bash read it
    bus         a session with svd on a bus
    conf        a part of a configuration, or all of it; "run": the svd of the page has it
    file PATH   a file; one that ends in .py is compiled
    unit        a unit of systemd, or a part of one
    javascript  what polkit reads
"""

import dataclasses
import re

KINDS = ("session", "bus", "conf", "file", "unit", "javascript")
MARK = '.\\" example: '
LITERAL = ".Bd -literal"
NOT_RUN = "not-run: "


class PageError(Exception):
    pass


@dataclasses.dataclass
class Example:
    name: str
    kind: str
    words: str
    lines: list

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)

    @property
    def not_run(self):
        return self.words[len(NOT_RUN):] if self.words.startswith(NOT_RUN) else ""


def plain(line):
    """A line of mdoc as it is shown."""
    line = re.sub(r"\\\((.)(.)", lambda m: {"oq": "`", "cq": "'", "dq": '"'}[m[1] + m[2]], line)
    return line.replace("\\&", "").replace("\\-", "-").replace("\\e", "\\")


def take_one(lines, at, mark):
    """The example whose display begins at lines[at], and where it ends."""
    name, kind, words = (mark.split(" ", 2) + ["", ""])[:3]
    if kind not in KINDS:
        raise PageError(f"example {name}: no such kind: {kind!r}")
    if words == NOT_RUN.strip():
        raise PageError(f"example {name}: no reason")
    end = lines.index(".Ed", at)
    return Example(name, kind, words, [plain(line) for line in lines[at + 1:end]]), end


def examples_of(text):
    """Every example of a page; each display must be one."""
    found = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if lines[at].startswith(MARK):
            if at + 1 == len(lines) or not lines[at + 1].startswith(LITERAL):
                raise PageError(f"line {at + 1}: no display behind the mark")
            one, at = take_one(lines, at + 1, lines[at][len(MARK):])
            found.append(one)
        elif lines[at].startswith(LITERAL):
            raise PageError(f"line {at + 1}: a display without a mark, so nobody tries it")
        at += 1
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise PageError("two examples have one name")
    if not found:
        raise PageError("no example")
    return found


@dataclasses.dataclass
class Step:
    command: str
    shown: list


def steps_of(example):
    """The commands of a session, each with what it prints. A here-document belongs to its command."""
    steps = []
    inside = None
    for line in example.lines:
        if inside:
            steps[-1].command += "\n" + line
            inside = None if line == inside else inside
        elif line.startswith(("$ ", "# ")):
            steps.append(Step(line[2:], []))
            begin = re.search(r"<<'?(\w+)'?", line)
            inside = begin and begin[1]
        elif not steps:
            raise PageError(f"example {example.name} begins without a command")
        else:
            steps[-1].shown.append(line)
    return steps


# Numbers, and what else is in a date of svctl.
_CHANGING = r"\d+|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|AM|PM)\b"


def masked(lines):
    """Without what differs from run to run: numbers, widths, blank lines."""
    texts = (re.sub(r"\s+", " ", re.sub(_CHANGING, "N", line)).strip() for line in lines)
    return [text for text in texts if text]
