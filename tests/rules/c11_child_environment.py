"""Children find the daemon by four variables; a user name and password are there when the user put them there."""

WANTED = ("SUPERVISOR_ENABLED", "SUPERVISOR_SERVER_URL", "SUPERVISOR_PROCESS_NAME", "SUPERVISOR_GROUP_NAME",
          "SUPERVISOR_USERNAME", "SUPERVISOR_PASSWORD")


def rule(s):
    s.start("[program:plain]\ncommand=@child@ env @dir@/env.plain\nstartsecs=0\n"
            "[program:member]\ncommand=@child@ env @dir@/env.member\nstartsecs=0\nprocess_name=m%(process_num)d\n"
            "environment=SUPERVISOR_USERNAME=\"u\",SUPERVISOR_PASSWORD=\"p\"\n[group:team]\nprograms=member\n"
            "[eventlistener:watch]\ncommand=@child@ env @dir@/env.watch\nevents=TICK_60\nstartsecs=0\n",
            inet="[inet_http_server]\nport=127.0.0.1:@port@\n",
            env={"SUPERVISOR_PROCESS_NAME": "of another daemon", "SUPERVISOR_GROUP_NAME": "of another daemon"})
    url = f"unix://{s.sock}"
    for name, process, group in (("plain", "plain", "plain"), ("member", "m0", "team"), ("watch", "watch", "watch")):
        s.wait(lambda n=name: s.read(f"env.{n}") is not None, 10, name)
        found = dict(item.split("=", 1) for item in s.read(f"env.{name}").split("\0") if "=" in item)
        wanted = dict(zip(WANTED, ("1", url, process, group)))
        if name == "member":
            wanted.update(SUPERVISOR_USERNAME="u", SUPERVISOR_PASSWORD="p")
        s.equal(f"variables of {name}", {k: v for k, v in found.items() if k.startswith("SUPERVISOR_")}, wanted)
