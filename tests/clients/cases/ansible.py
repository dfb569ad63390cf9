"""Ansible's community.general.supervisorctl, from Debian's package `ansible`.

The same playbooks with Debian's supervisorctl and with svctl underneath; a second run changes nothing.
"""

import json

from harness import PASSWORD, USER, check, equal
from registry import case

PROGRAM = """[program:app]
command=/bin/sh -c 'trap "echo got-hup" HUP; while :; do sleep 0.05; done'
startsecs=0
stopasgroup=true
stdout_logfile={dir}/app.out

[program:pair]
command=/bin/cat
numprocs=2
process_name=pair_%(process_num)d
startsecs=0
"""

PLAY = """- hosts: localhost
  connection: local
  gather_facts: false
  module_defaults:
    community.general.supervisorctl:
      supervisorctl_path: %(client)s
      %(server)s
  tasks:
"""

TASK = "    - community.general.supervisorctl: {name: '%s', state: %s%s}\n"

DEPLOY = [("app", "present", ""), ("app", "started", ""), ("pair:", "started", "")]
OPERATE = [("app", "restarted", ""), ("app", "signalled", ", signal: HUP"), ("pair:", "stopped", ""),
           ("pair:", "stopped", ""), ("pair:", "started", "")]
REMOVE = [("app", "stopped", ""), ("app", "stopped", ""), ("app", "absent", ""), ("app", "absent", "")]


def playbook(s, client, server, tasks):
    """The `changed` of every task."""
    head = PLAY % {"client": client, "server": server}
    path = s.write("play.yml", head + "".join(TASK % task for task in tasks))
    done = s.run(["/usr/bin/ansible-playbook", "-i", "localhost,", path], env={
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3", "ANSIBLE_HOME": f"{s.dir}/ansible",
        "ANSIBLE_LOCAL_TEMP": f"{s.dir}/ansible/tmp", "ANSIBLE_REMOTE_TMP": f"{s.dir}/ansible/remote",
        "ANSIBLE_RETRY_FILES_ENABLED": "false", "ANSIBLE_DEPRECATION_WARNINGS": "false", "HOME": s.dir})
    check(done.code == 0, f"ansible: {done.out}\n{done.err}\nsvd:\n{s.read('svd.log')}")
    report = json.loads(done.out)
    answers = [task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]]
    equal(report["stats"]["localhost"]["changed"], sum(answer["changed"] for answer in answers), "the sum")
    return [answer["changed"] for answer in answers]


def life(s, client, server):
    s.start("[include]\nfiles={dir}/conf.d/*.conf\n")
    s.write("conf.d/app.conf", PROGRAM)
    equal(s.rpc.reloadConfig(), [[["app", "pair"], [], []]], "reread")
    equal(s.rpc.addProcessGroup("pair"), True, "add")
    s.wait_state("pair:pair_1", "RUNNING")
    # `present` starts the program, as autostart says; the rest is as it is to be.
    equal(playbook(s, client, server, DEPLOY), [True, False, False], "deploy")
    s.wait_state("app", "RUNNING")
    equal(playbook(s, client, server, DEPLOY), [False, False, False], "deploy again")
    before = s.pid("app")
    equal(playbook(s, client, server, OPERATE), [True, True, True, False, True], "operate")
    check(s.pid("app") != before, "restarted: another process")
    s.wait_in_file("app.out", "got-hup\n")
    equal(playbook(s, client, server, REMOVE), [True, False, True, False], "remove")
    equal([info["name"] for info in s.rpc.getAllProcessInfo()], ["pair_0", "pair_1"], "what is left")
    equal(playbook(s, client, server, [REMOVE[2]]), [False], "remove again")


@case("ansible: community.general.supervisorctl over the unix socket", "ansible", "supervisor")
def over_unix(s):
    life(s, "/usr/bin/supervisorctl", f"config: {s.conf}")


@case("ansible: community.general.supervisorctl with svctl underneath, over TCP", "ansible")
def over_tcp(s):
    life(s, s.tools.svctl, f"server_url: {s.url}\n      username: {USER}\n      password: '{PASSWORD}'")
