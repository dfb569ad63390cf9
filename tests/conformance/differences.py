"""The reviewed table of intended differences (differences.toml)."""

import fnmatch
import json
import tomllib

FIELDS = {"checks", "with", "oracle", "svd", "reason", "expect", "sometimes"}


class Row:
    """One intended difference. It covers checks whose name matches one of its patterns."""

    def __init__(self, entry):
        unknown = set(entry) - FIELDS
        missing = {"checks", "oracle", "svd", "reason"} - set(entry)
        if unknown or missing:
            raise ValueError(f"row {entry.get('checks')}: unknown {unknown}, missing {missing}")
        self.patterns = entry["checks"]
        self.subjects = entry.get("with")
        self.oracle, self.svd, self.reason = entry["oracle"], entry["svd"], entry["reason"]
        self.expect = json.loads(entry["expect"]) if "expect" in entry else None
        self.sometimes = entry.get("sometimes", False)
        self.seen = set()
        self.used = set()

    def covers(self, check, subject):
        """The first pattern that matches, or None."""
        if self.subjects and subject not in self.subjects:
            return None
        return next((p for p in self.patterns if matches(check, p)), None)


def matches(name, pattern):
    # fnmatch would read [ ] in check names as a set; the table spells only * as a wildcard.
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


class Table:
    def __init__(self, rows):
        self.rows = rows

    @classmethod
    def load(cls, path):
        with open(path, "rb") as stream:
            return cls([Row(entry) for entry in tomllib.load(stream).get("difference", [])])

    def judge(self, check, subject, oracle, other):
        """None when the pair is as it should be, else the reason why it is not."""
        row, pattern = next(((r, p) for r in self.rows if (p := r.covers(check, subject))), (None, None))
        if row:
            row.seen.add(pattern)
        if oracle == other:
            return None
        if not row:
            return "differs and is not listed"
        if row.expect is not None and row.expect != other:
            return "is listed, but is not what the row expects of svd"
        row.used.add(pattern)
        return None

    def stale(self):
        """Patterns whose checks ran and none of them differs."""
        return [(pattern, row) for row in self.rows if not row.sometimes
                for pattern in row.patterns if pattern in row.seen - row.used]

    def stale_scenarios(self):
        """Those whose checks the stale patterns name."""
        return {pattern.split("/")[0] for pattern, _ in self.stale()}

    def never_seen(self):
        return [(pattern, row) for row in self.rows for pattern in row.patterns if pattern not in row.seen]
