"""Configurations of public projects (tests/data/corpus): svd --check reads every one.

What it may complain of is what the machine of the tests lacks: users and directories. How each option is
understood is compared with Supervisor's parser in tests/unit/config/corpus_test.cc.
"""

import json
import pathlib

from harness import check, equal
from registry import case

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "data" / "corpus"
OF_THIS_MACHINE = ("(a user name or user id of this machine)", "(user or user:group of this machine)",
                   "(a directory that exists)", "(a path in a directory that exists)",
                   "(NONE, AUTO, or a path in a directory that exists)")


@case("svd --check on the configurations of public projects")
def corpus(s):
    entries = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))
    check(len(entries) >= 29, f"{len(entries)} configurations")
    for entry in entries:
        done = s.run([s.tools.svd, "--check", "-c", CORPUS / entry["name"] / entry["main"]], env=entry["env"])
        errors = [line for line in (done.out + done.err).splitlines() if ": error: " in line]
        ours = [line for line in errors if not line.endswith(OF_THIS_MACHINE)]
        name = f"{entry['name']}: exit {done.code}\n{done.out}{done.err}"
        equal(done.code, 2 if errors else 0, name)
        equal(bool(ours), entry["refused"], f"{name}\nwhat is not this machine's: {ours}")
