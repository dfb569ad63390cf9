"""Every word of an event's header is a name, one colon and a value, for clients split it that way."""

KNOWN = ["ver", "server", "serial", "pool", "poolserial", "eventname", "len"]


def rule(s):
    s.start("[eventlistener:pool-1]\ncommand=@children@/listener.py @dir@/events\nevents=EVENT\nstartsecs=0\nbuffer_size=1000\n"
            "[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_events_enabled=true\nstdout_capture_maxbytes=1KB\n"
            "[program:die]\ncommand=@child@ exit 3\nstartsecs=0\nautorestart=false\n"
            "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n", supervisord="identifier=id-1")
    s.wait_state("cat", "RUNNING")
    s.wait_state("gone", "FATAL")
    s.rpc.sendRemoteCommEvent("type", "text: with blanks")
    s.rpc.sendProcessStdin("cat", "a: b\n<!--XSUPERVISOR:BEGIN-->c: d<!--XSUPERVISOR:END-->\n")
    s.wait_text("events", "PROCESS_COMMUNICATION_STDOUT")
    s.rpc.stopProcess("cat")
    s.rpc.removeProcessGroup("cat")
    s.wait_text("events", "PROCESS_GROUP_REMOVED")
    s.wait_text("events", "eventname:TICK_5", 12)
    lines = s.read("events").splitlines()
    s.that("there are many", len(lines) > 10, str(len(lines)))
    for line in lines:
        header, _, payload = line.partition("|")
        pairs = [word.split(":") for word in header.split()]
        s.that("one colon in each word", all(len(pair) == 2 and all(pair) for pair in pairs), header)
        s.equal("the words that Supervisor has come first", [pair[0] for pair in pairs][:7], KNOWN)
        fields = dict(pairs)
        s.equal("version, server, pool", (fields["ver"], fields["server"], fields["pool"]), ("3.0", "id-1", "pool-1"))
        s.that("numbers", all(fields[key].isdigit() for key in ("serial", "poolserial", "len")), header)
        s.equal("length", int(fields["len"]), len(payload.replace("\\n", "\n")))
