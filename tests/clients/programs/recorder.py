"""A listener on supervisor.childutils that writes down what it hears, and rejects each event once."""

import os
import sys

from supervisor import childutils

refused = set()
with open(sys.argv[1], "a", encoding="utf-8") as record:
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        if headers["eventname"].startswith("PROCESS_COMMUNICATION"):
            fields, data = childutils.eventdata(payload)
        else:
            fields, data = childutils.get_headers(payload), ""
        verdict = "ok" if headers["serial"] in refused else "fail"
        refused.add(headers["serial"])
        record.write(f"{verdict} {headers['eventname']} {fields.get('processname')} "
                     f"{fields.get('from_state')} {headers['pool']} {headers['server']} {data!r}\n")
        record.flush()
        os.fsync(record.fileno())
        getattr(childutils.listener, verdict)(sys.stdout)
