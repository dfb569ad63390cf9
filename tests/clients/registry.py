"""The cases, and which Debian packages each of them needs."""

import importlib
import os
import pathlib
import pkgutil

# Package -> a file of it whose presence means that it is installed.
PACKAGES = {
    "ansible": "/usr/lib/python3/dist-packages/ansible_collections/community/general/plugins/modules/"
               "supervisorctl.py",
    "curl": "/usr/bin/curl",
    "libxmlrpc-lite-perl": "/usr/share/perl5/XMLRPC/Lite.pm",
    "librpc-xml-perl": "/usr/share/perl5/RPC/XML/Client.pm",
    "logrotate": "/usr/sbin/logrotate",
    "ruby": "/usr/bin/ruby",
    "ruby-xmlrpc": "/usr/lib/ruby/vendor_ruby/xmlrpc/client.rb",
    "supervisor": "/usr/bin/supervisorctl",
}
CASES = []


class Case:
    def __init__(self, name, needs, run):
        self.name, self.needs, self.run = name, needs, run

    def missing(self):
        return [package for package in self.needs if not os.path.exists(PACKAGES[package])]


def case(name, *needs):
    """Registers a function of a Subject under a name, with the packages it cannot do without."""
    def register(function):
        CASES.append(Case(name, needs, function))
        return function
    return register


def load():
    import cases
    for module in pkgutil.iter_modules([str(pathlib.Path(cases.__file__).parent)]):
        importlib.import_module(f"cases.{module.name}")
    return CASES
