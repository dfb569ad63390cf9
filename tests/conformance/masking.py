"""Replaces what must differ between two runs (pids, times, paths, ports) by fixed words."""

import re

RULES = [
    (re.compile(r"uptime (\d+ days?, )?\d+:\d\d:\d\d"), "uptime <time>"),
    (re.compile(r"\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M\b"), "<when>"),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b"), "<ctime>"),
    (re.compile(r"\bpid \d+"), "pid <pid>"),
    (re.compile(r"pid:(?!0\b)\d+"), "pid:<pid>"),
    (re.compile(r"(killing '[^']+' )\(\d+\)"), r"\1(<pid>)"),
    (re.compile(r"---([\w.-]+?)-[a-z0-9_]{8}\.log"), r"---\1-<id>.log"),
    (re.compile(r"file: /\S+ line: \d+"), "file: <file> line: <n>"),
    (re.compile(r"(<class '[^']+'>), (.*): file: <file> line: <n>"), r"\1, \2: file: <file> line: <n>"),
]


class Mask:
    """Masks strings, lists and dicts; `words` maps literal text (paths, ports) to its stand-in."""

    def __init__(self, words):
        self.words = sorted(words.items(), key=lambda item: -len(item[0]))

    def __call__(self, value):
        if isinstance(value, bytes):
            value = value.decode("utf-8", "backslashreplace")
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (list, tuple)):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {self._text(str(key)): self(item) for key, item in value.items()}
        return value

    def _text(self, text):
        for word, stand_in in self.words:
            text = text.replace(word, stand_in)
        for pattern, stand_in in RULES:
            text = pattern.sub(stand_in, text)
        return text


TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")


def log_lines(text):
    """Main-log lines without their timestamp; a line that has none is kept and shows as it is."""
    return [TIMESTAMP.sub("", line) for line in text.splitlines()]
