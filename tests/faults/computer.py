# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""Computers of several people, with what can befall them: a desktop with a real agent each, a logind
that locks and sleeps, a clock that can be set, and a cable that can be pulled."""
import contextlib
import glob
import os
import signal
import subprocess

import harness

FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"
LOGIND = "org.freedesktop.login1"
LOGIND_PATH = "/org/freedesktop/login1"
MOCK = "org.freedesktop.DBus.Mock"
SWITCH_ADDRESS = "02:00:00:00:00:01"
CONNECTED = "Socket: PORCH_PUSHER_HANDSHAKING -> PORCH_PUSHER_CONNECTED"


class Computer:
    """One person's desktop, signed in, with others on the list."""

    def __init__(self, stack, server, person, contacts, *, inside=(), has_logind=False,
                 has_clock=False):
        self.place = place = stack.enter_context(harness.Place(server.place.programs))
        self.server = server
        self.person = person
        self.inside = inside
        place.environment["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent"
        place.environment["G_MESSAGES_DEBUG"] = "porch-client"
        place.start_session()
        if has_logind:
            self._start_logind()
        if has_clock:
            self._make_clock()
        self.start_agent()
        place.sign_in(server, person)
        place.import_contacts(contacts)
        # Others may see them online a moment sooner, by their first heartbeat.
        harness.wait_for(self.is_on_own_channel, 20, f"{person.email} on their own channel")
        self.watch = harness.Watch(place)

    def start_agent(self):
        command = [self.place.programs["porchlight-agent"]]
        if self.server.ca_certificate is not None:
            command = self.place.with_certificate_store(self.server.ca_certificate, command)
        self.agent = self.place.start(*self.inside, *command, name="agent")
        self.place.wait_for_bus_name(harness.AGENT_BUS_NAME)

    def run(self, *arguments):
        return self.place.call(self.place.programs["porchlight"], *arguments)

    def count_connects(self):
        """How often its socket was accepted so far."""
        return self.place.read_log("agent").count(CONNECTED)

    def is_on_own_channel(self):
        return (f"presence-user-{self.person.id}: subscribing -> subscribed"
                in self.place.read_log("agent"))

    def sees(self, person):
        return self.place.read_states().get(person.id)

    def signal(self, number):
        self.agent.send_signal(number)

    def _start_logind(self):
        address = f"unix:path={self.place.path}/run/system-bus"
        self.place.environment.update(DBUS_SYSTEM_BUS_ADDRESS=address, XDG_SESSION_ID="c1")
        self.place.start("dbus-daemon", "--session", "--nofork", f"--address={address}")
        harness.wait_for((self.place.path / "run/system-bus").exists, 10, "the system bus")
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import dbusmock"], check=False).returncode != 0:
            raise harness.Skipped("python3-dbusmock is not installed")
        self.place.start(python, "-m", "dbusmock", "--system", "--template", "logind",
                         name="logind")
        self.place.call("gdbus", "wait", "--system", "--timeout", "20", LOGIND)
        self._call_logind(LOGIND_PATH, f"{MOCK}.AddSession", "c1", "seat0", "uint32 1000", "ann",
                          "true")

    def _call_logind(self, path, method, *arguments):
        return self.place.call("gdbus", "call", "--system", "--dest", LOGIND, "--object-path", path,
                               "--method", method, *arguments)

    def set_locked(self, locked):
        self._call_logind(f"{LOGIND_PATH}/session/c1", f"{MOCK}.UpdateProperties",
                          f"{LOGIND}.Session", "{'LockedHint': <%s>}" % str(locked).lower())

    def set_asleep(self, asleep):
        self._call_logind(LOGIND_PATH, f"{MOCK}.EmitSignal", f"{LOGIND}.Manager",
                          "PrepareForSleep", "b", "[<%s>]" % str(asleep).lower())

    def holds_sleep_back(self):
        return "'delay'" in self._call_logind(LOGIND_PATH, f"{LOGIND}.Manager.ListInhibitors")

    def end_session(self):
        """Takes the session bus away, as the end of a session does."""
        for process in self.place.processes:
            if "bus.conf" in str(process.args):
                process.send_signal(signal.SIGKILL)

    def _make_clock(self):
        libraries = glob.glob(FAKETIME)
        if not libraries:
            raise harness.Skipped("libfaketime is not installed")
        if "libasan" in self.place.call("ldd", self.place.programs["porchlight-agent"]):
            raise harness.Skipped("libfaketime cannot be before the address sanitizer")
        self.clock_file = self.place.path / "clock"
        self.inside = ["env", f"LD_PRELOAD={libraries[0]}", "FAKETIME_NO_CACHE=1",
                       f"FAKETIME_TIMESTAMP_FILE={self.clock_file}",
                       "FAKETIME_DONT_FAKE_MONOTONIC=1"]
        self.set_clock("+0")

    def set_clock(self, offset):
        """Sets the wall clock that the agent sees off by this; other clocks go on."""
        following = self.clock_file.with_suffix(".new")
        following.write_text(offset + "\n")
        following.rename(self.clock_file)


class Network:
    """A switch and the computers on it, each in a network namespace of its own."""

    def __init__(self, stack, name):
        if os.geteuid() != 0:
            raise harness.Skipped("only root may make network namespaces")
        if subprocess.run(["ip", "netns", "list"], capture_output=True, check=False).returncode:
            raise harness.Skipped("there is no `ip netns`")
        self.name = f"porch-{os.getpid()}-{name}"
        self.address = "10.201.0.1"
        self.stack = stack
        self.hub = self._add_namespace("hub")
        # An address of its own, or it takes one of a cable's: whoever is cut off would reach it.
        self._ip(self.hub, "link", "add", "switch", "address", SWITCH_ADDRESS, "type", "bridge")
        self._ip(self.hub, "link", "set", "switch", "up")
        self._ip(self.hub, "address", "add", f"{self.address}/24", "dev", "switch")
        self.inside = ["ip", "netns", "exec", self.hub]
        # Nor may it answer for the switch's address at the end of a cable that was cut.
        self._call(*self.inside, "sysctl", "--quiet", "--write", "net.ipv4.conf.all.arp_ignore=1")

    def _call(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise harness.Skipped(f"{' '.join(command)}: {done.stderr.strip()}")

    def _ip(self, namespace, *arguments):
        self._call("ip", "-netns", namespace, *arguments)

    def _add_namespace(self, name):
        namespace = f"{self.name}-{name}"
        self._call("ip", "netns", "add", namespace)
        self.stack.callback(subprocess.run, ["ip", "netns", "delete", namespace], check=False)
        self._ip(namespace, "link", "set", "lo", "up")
        return namespace

    def add_computer(self, name, number):
        namespace = self._add_namespace(name)
        self._ip(self.hub, "link", "add", name, "type", "veth", "peer", "name", "cable", "netns",
                 namespace)
        self._ip(self.hub, "link", "set", name, "up")
        self._ip(namespace, "address", "add", f"10.201.0.{number}/24", "dev", "cable")
        self._raise_link(namespace)
        self.join(name)
        return ["ip", "netns", "exec", namespace]

    def _raise_link(self, namespace):
        self._ip(namespace, "link", "set", "cable", "up")
        self._ip(namespace, "route", "replace", "default", "via", self.address)

    def cut(self, name):
        """Somewhere on the way: packets vanish, and neither end is told."""
        self._ip(self.hub, "link", "set", name, "nomaster")

    def join(self, name):
        self._ip(self.hub, "link", "set", name, "master", "switch")

    def unplug(self, name):
        """At the computer, whose system knows."""
        self._ip(f"{self.name}-{name}", "link", "set", "cable", "down")

    def plug_in(self, name):
        self._raise_link(f"{self.name}-{name}")


@contextlib.contextmanager
def open_server(programs, n_people, network=None):
    """A porchlightd of the people's own; on a network it speaks TLS."""
    with harness.Place(programs) as place:
        if network is None:
            yield harness.Server(place, n_people)
        else:
            yield harness.Server(place, n_people, tls=True, host=network.address,
                                 inside=network.inside)
