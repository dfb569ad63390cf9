"""A D-Bus client and a bus for tests: libsystemd's sd-bus, and a dbus-daemon of one's own."""

import ctypes
import os
import subprocess
import time

BOUND = 30  # seconds

_sd = ctypes.CDLL("libsystemd.so.0")
_sd.sd_bus_error_get_errno.restype = ctypes.c_int
for _name in ("sd_bus_message_get_member", "sd_bus_message_get_path", "sd_bus_message_get_sender",
              "sd_bus_message_get_interface", "sd_bus_message_get_signature"):
    getattr(_sd, _name).restype = ctypes.c_char_p
_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_BASIC = {"y": ctypes.c_uint8, "b": ctypes.c_int, "n": ctypes.c_int16, "q": ctypes.c_uint16,
          "i": ctypes.c_int32, "u": ctypes.c_uint32, "x": ctypes.c_int64, "t": ctypes.c_uint64,
          "d": ctypes.c_double, "s": ctypes.c_char_p, "o": ctypes.c_char_p, "g": ctypes.c_char_p}

SVD = "org.svd1"
ROOT = "/org/svd1"
MANAGER = "org.svd1.Manager"
PROPERTIES = "org.freedesktop.DBus.Properties"

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
  {more}
</busconfig>
"""


class BusError(Exception):
    def __init__(self, name, text):
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


class _Error(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("message", ctypes.c_char_p), ("need_free", ctypes.c_int)]


def _check(result, what):
    if result < 0:
        raise OSError(-result, f"{what}: {os.strerror(-result)}")
    return result


def _read(message):
    """All values that are left in the container at hand."""
    values = []
    kind, contents = ctypes.c_char(), ctypes.c_char_p()
    while _check(_sd.sd_bus_message_peek_type(message, ctypes.byref(kind), ctypes.byref(contents)),
                 "peek") > 0:
        code = kind.value.decode()
        if code in _BASIC:
            value = _BASIC[code]()
            _check(_sd.sd_bus_message_read_basic(message, kind, ctypes.byref(value)), "read")
            plain = value.value
            values.append(plain.decode() if isinstance(plain, bytes) else
                          bool(plain) if code == "b" else plain)
            continue
        inside = contents.value
        _check(_sd.sd_bus_message_enter_container(message, kind, inside), "enter")
        members = _read(message)
        _check(_sd.sd_bus_message_exit_container(message), "exit")
        if code == "v":
            values.append(members[0])
        elif code == "a" and inside.startswith(b"{"):
            values.append(dict(members))
        elif code in "re":
            values.append(tuple(members))
        else:
            values.append(members)
    return values


class Message:
    """A signal or a call that came in."""

    def __init__(self, raw):
        text = lambda call: (call(raw) or b"").decode()
        raw = ctypes.c_void_p(raw)
        self.path = text(_sd.sd_bus_message_get_path)
        self.interface = text(_sd.sd_bus_message_get_interface)
        self.member = text(_sd.sd_bus_message_get_member)
        self.sender = text(_sd.sd_bus_message_get_sender)
        self.values = _read(raw)

    def __repr__(self):
        return f"{self.path} {self.member}{tuple(self.values)}"


class Bus:
    """One client of the bus at an address."""

    def __init__(self, address):
        self.bus = ctypes.c_void_p()
        self.kept = []
        _check(_sd.sd_bus_new(ctypes.byref(self.bus)), "new")
        _check(_sd.sd_bus_set_address(self.bus, address.encode()), "address")
        _check(_sd.sd_bus_set_bus_client(self.bus, 1), "client")
        _check(_sd.sd_bus_start(self.bus), "start")

    def close(self):
        if self.bus:
            _sd.sd_bus_close(self.bus)
            _sd.sd_bus_unref(self.bus)
            self.bus = None

    def unique_name(self):
        name = ctypes.c_char_p()
        _check(_sd.sd_bus_get_unique_name(self.bus, ctypes.byref(name)), "name")
        return name.value.decode()

    def _new_call(self, path, interface, member, signature, args, dest, interactive=False):
        call = ctypes.c_void_p()
        _check(_sd.sd_bus_message_new_method_call(
            self.bus, ctypes.byref(call), dest.encode(), path.encode(), interface.encode(),
            member.encode()), "call")
        for code, value in zip(signature, args, strict=True):
            plain = value.encode() if isinstance(value, str) else ctypes.byref(_BASIC[code](value))
            _check(_sd.sd_bus_message_append_basic(call, ctypes.c_char(code.encode()), plain), "append")
        if interactive:
            _sd.sd_bus_message_set_allow_interactive_authorization(call, 1)
        return call

    def call(self, path, interface, member, signature="", *args, dest=SVD, interactive=False,
             seconds=BOUND):
        """The values of the answer; BusError for an error."""
        call = self._new_call(path, interface, member, signature, args, dest, interactive)
        error, answer = _Error(), ctypes.c_void_p()
        try:
            result = _sd.sd_bus_call(self.bus, call, ctypes.c_uint64(seconds * 1000000),
                                     ctypes.byref(error), ctypes.byref(answer))
            if result < 0:
                name, text = (error.name or b"").decode(), (error.message or b"").decode()
                raise BusError(name or os.strerror(-result), text)
            return _read(answer)
        finally:
            _sd.sd_bus_error_free(ctypes.byref(error))
            _sd.sd_bus_message_unref(call)
            if answer:
                _sd.sd_bus_message_unref(answer)

    def begin(self, path, interface, member, signature="", *args, dest=SVD, interactive=False):
        """The same without waiting: a list that holds the answer, or the error, when it is there."""
        call = self._new_call(path, interface, member, signature, args, dest, interactive)
        answers = []

        def came(raw, _userdata, _error):
            message = ctypes.c_void_p(raw)
            _sd.sd_bus_message_get_error.restype = ctypes.POINTER(_Error)
            if _sd.sd_bus_message_is_method_error(message, None) > 0:
                error = _sd.sd_bus_message_get_error(message).contents
                answers.append(BusError(error.name.decode(), (error.message or b"").decode()))
            else:
                answers.append(_read(message))
            return 0

        handler = _HANDLER(came)
        self.kept.append(handler)
        _check(_sd.sd_bus_call_async(self.bus, None, call, handler, None,
                                     ctypes.c_uint64(BOUND * 1000000)), "begin")
        _sd.sd_bus_message_unref(call)
        return answers

    def get(self, path, interface, name):
        return self.call(path, PROPERTIES, "Get", "ss", interface, name)[0]

    def get_all(self, path, interface):
        return self.call(path, PROPERTIES, "GetAll", "s", interface)[0]

    def collect(self, match):
        """A list that signals are added to while this client runs."""
        found = []

        def came(raw, _userdata, _error):
            found.append(Message(raw))
            return 0

        handler = _HANDLER(came)
        self.kept.append(handler)
        _check(_sd.sd_bus_add_match(self.bus, None, match.encode(), handler, None), "match")
        return found

    def serve(self, path, answer):
        """Calls of PATH go to answer(MESSAGE), which gives (signature, write(append)) or BusError.
        None: no answer."""

        def came(raw, _userdata, _error):
            message = Message(raw)
            self._reply(ctypes.c_void_p(raw), answer(message))
            return 1

        handler = _HANDLER(came)
        self.kept.append(handler)
        _check(_sd.sd_bus_add_object(self.bus, None, path.encode(), handler, None), "serve")

    @staticmethod
    def _reply(call, answer):
        if answer is None:
            return
        if isinstance(answer, BusError):
            error = _Error(answer.name.encode(), answer.text.encode(), 0)
            _sd.sd_bus_reply_method_error(call, ctypes.byref(error))
        else:
            allowed, challenge = answer
            _check(_sd.sd_bus_reply_method_return(call, b"(bba{ss})", ctypes.c_int(allowed),
                                                  ctypes.c_int(challenge), ctypes.c_uint(0)), "reply")

    def request_name(self, name):
        _check(_sd.sd_bus_request_name(self.bus, name.encode(), ctypes.c_uint64(0)), "name")

    def run(self, seconds=0.01):
        """Handles what has come, and waits so long for more."""
        end = time.monotonic() + seconds
        while True:
            if _check(_sd.sd_bus_process(self.bus, None), "process") > 0:
                continue
            left = end - time.monotonic()
            if left <= 0:
                return
            _check(_sd.sd_bus_wait(self.bus, ctypes.c_uint64(int(left * 1000000))), "wait")


class Daemon:
    """A dbus-daemon with its socket in FOLDER."""

    def __init__(self, folder, more=""):
        self.path = os.path.join(folder, "bus")
        self.address = "unix:path=" + self.path
        self.config = os.path.join(folder, "bus.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(path=self.path, more=more))
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["dbus-daemon", "--config-file=" + self.config, "--nofork", "--nopidfile", "--print-address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdout.readline()  # it listens

    def stop(self):
        self.process.kill()
        self.process.wait(BOUND)
        self.process.stdout.close()
        if os.path.exists(self.path):
            os.unlink(self.path)
