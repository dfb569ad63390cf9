"""The API calls itself 3.0, under both names, and the product's version has the form that agents match."""

import re


def rule(s):
    s.start()
    s.equal("API", [s.rpc.getAPIVersion(), s.rpc.getVersion()], ["3.0", "3.0"])
    version = s.rpc.getSupervisorVersion()
    s.that("form of the version", re.fullmatch(r"\d+\.\d+(\.\d+)?(a\d+)?", version), version)
    s.equal("svctl shows the same", s.ctl("version"), {"code": 0, "out": version + "\n"})
    s.that("a real client works", s.rpc.getIdentification() == "supervisor")
