#!/usr/bin/env python3
"""Every known defect of Supervisor (1 to 67) has a row in tests/conformance/defects.toml, and every
test that a row names is in the tree.

A test is named `scenario/check` (conformance; * as in differences.toml), `Suite.Name` (GoogleTest) or
`path/below/tests.py::case`. A row with `open` tells why there is nothing to test yet; it is printed.
"""

import ast
import fnmatch
import os
import re
import sys
import tomllib

COUNT = 67
FIELDS = {"number", "behaviour", "tests", "open"}


def gtest_names(tests):
    """Suite.Name of every GoogleTest in the tree."""
    names = set()
    for folder, _, files in os.walk(tests):
        for name in files:
            if name.endswith(".cc"):
                with open(os.path.join(folder, name), encoding="utf-8") as stream:
                    names.update(".".join(pair) for pair in re.findall(
                        r"^TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", stream.read(), re.M))
    return names


def text_of(node):
    """The text of a string constant; of an f-string with * for what is filled in; else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    if isinstance(node, ast.BinOp):
        return (text_of(node.left) or "*") + (text_of(node.right) or "*")
    return None


def conformance_names(folder):
    """{scenario: texts in its file that may be the name of a check}."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".py"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            tree = ast.parse(stream.read())
        texts = {text for node in ast.walk(tree) if (text := text_of(node)) and text != "*"}
        for node in tree.body:
            for call in getattr(node, "decorator_list", []):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "scenario":
                    found[call.args[0].value] = texts
    return found


def matches(name, pattern):
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def telling(text):
    """Whether a text with * says anything; one that is nearly all filled in would match every name."""
    return "*" in text and len(text.replace("*", "")) >= 3


class Tree:
    def __init__(self, root):
        self.tests = os.path.join(root, "tests")
        self.gtests = gtest_names(self.tests)
        self.scenarios = conformance_names(os.path.join(self.tests, "conformance", "scenarios"))

    def missing(self, name):
        """Why there is no such test, or None."""
        if "::" in name:
            return self.missing_case(*name.split("::", 1))
        if "/" in name:
            scenario, check = name.split("/", 1)
            if scenario not in self.scenarios:
                return f"no scenario is called {scenario!r}"
            texts = self.scenarios[scenario]
            found = check in texts or any(matches(check, text) for text in texts if telling(text)) or (
                "*" in check and any(matches(text, check) for text in texts))
            return None if found else f"nothing in the scenario's file yields {check!r}"
        return None if name in self.gtests else f"no test is called {name}"

    def missing_case(self, path, case):
        try:
            with open(os.path.join(self.tests, path), encoding="utf-8") as stream:
                tree = ast.parse(stream.read())
        except FileNotFoundError:
            return f"no file tests/{path}"
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        return None if case in names else f"no {case} in tests/{path}"


def check(rows, tree):
    """(what is wrong, what is open)"""
    wrong, still_open = [], []
    seen = [row.get("number") for row in rows]
    wrong += [f"{n}: no row" for n in range(1, COUNT + 1) if n not in seen]
    wrong += [f"{n}: {seen.count(n)} rows" for n in sorted(set(seen)) if seen.count(n) > 1]
    for row in rows:
        number = row.get("number")
        if set(row) - FIELDS or not row.get("behaviour"):
            wrong.append(f"{number}: wants number, behaviour, tests and at most open, not {sorted(row)}")
        if number not in range(1, COUNT + 1):
            wrong.append(f"{number}: there is no such defect")
        if row.get("open"):
            still_open.append(f"{number}: {row['open']}")
        elif not row.get("tests"):
            wrong.append(f"{number}: names no test")
        wrong += [f"{number}: {why}" for name in row.get("tests", []) if (why := tree.missing(name))]
    return wrong, still_open


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    with open(os.path.join(root, "tests", "conformance", "defects.toml"), "rb") as stream:
        rows = tomllib.load(stream)["defect"]
    wrong, still_open = check(rows, Tree(root))
    for line in still_open:
        print("open  " + line)
    for line in wrong:
        print("wrong " + line)
    print(f"{len(rows)} rows, {len(still_open)} open, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
