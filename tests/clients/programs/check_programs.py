"""A plug-in as Nagios runs them: one line, and 0, 1 or 2 for fine, worrying or bad.

    check_programs.py URL
"""

import sys
import xmlrpc.client

BAD, WORRYING = {"FATAL", "BACKOFF", "UNKNOWN"}, {"STARTING", "STOPPING", "EXITED"}


def main():
    try:
        infos = xmlrpc.client.ServerProxy(sys.argv[1]).supervisor.getAllProcessInfo()
    except (OSError, xmlrpc.client.Error) as error:
        print(f"PROGRAMS CRITICAL - {error}")
        return 2
    bad = [f"{i['group']}:{i['name']} {i['statename']}" for i in infos if i["statename"] in BAD]
    odd = [f"{i['group']}:{i['name']} {i['statename']}" for i in infos if i["statename"] in WORRYING]
    running = sum(i["statename"] == "RUNNING" for i in infos)
    code, word = (2, "CRITICAL") if bad else (1, "WARNING") if odd else (0, "OK")
    print(f"PROGRAMS {word} - {', '.join(bad + odd) or 'all well'} | running={running} all={len(infos)}")
    return code


sys.exit(main())
