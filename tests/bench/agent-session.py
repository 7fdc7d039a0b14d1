# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the agent costs in a session that shows its tray icon and its notifications and keeps a
history: its memory and its wake-ups all day, and what a burst of changes does."""
import contextlib
import json
import sqlite3
import subprocess
import time

import harness
from desktop import sign_in_with_contacts

N_CONTACTS = 200
N_CHANGES = 10_000
BATCH = 10
SETTLE_SECONDS = 20
WATCH_SECONDS = 120
# Longer than the agent waits before it writes what it has learnt.
QUIET_SECONDS = 8
MEMORY_GOAL_MIB = 24
SWITCHES_GOAL = 16
CPU_GOAL_SECONDS = 0.6

LOST = "The socket is lost"
PYTHON = "/usr/bin/python3"
WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
MOCK = "org.freedesktop.DBus.Mock"


class MockedDesktop:
    """The panel that shows the icon, and the server that shows the notifications."""

    def __init__(self, place):
        if subprocess.run([PYTHON, "-c", "import dbusmock"], check=False).returncode != 0:
            raise harness.Skipped("python3-dbusmock is not installed")
        self.place = place
        place.start(PYTHON, "-m", "dbusmock", WATCHER, "/StatusNotifierWatcher", WATCHER,
                    name="watcher")
        place.wait_for_bus_name(WATCHER)
        self._call(WATCHER, "/StatusNotifierWatcher", f"{MOCK}.AddProperty", WATCHER,
                   "IsStatusNotifierHostRegistered", "<true>")
        self._call(WATCHER, "/StatusNotifierWatcher", f"{MOCK}.AddMethod", WATCHER,
                   "RegisterStatusNotifierItem", "s", "", "")
        place.start(PYTHON, "-m", "dbusmock", "--template", "notification_daemon",
                    name="notifications")
        place.wait_for_bus_name(NOTIFICATIONS)

    def _call(self, name, path, method, *arguments):
        return self.place.call("gdbus", "call", "--session", "--dest", name, "--object-path", path,
                               "--method", method, "--", *arguments)

    def has_icon(self):
        calls = self._call(WATCHER, "/StatusNotifierWatcher", f"{MOCK}.GetMethodCalls",
                           "RegisterStatusNotifierItem")
        return "[]" not in calls

    def show_icon(self):
        """Reads what a panel reads to show the icon and its menu."""
        agent = harness.AGENT_BUS_NAME
        self._call(agent, "/StatusNotifierItem", "org.freedesktop.DBus.Properties.GetAll",
                   "org.kde.StatusNotifierItem")
        self._call(agent, "/StatusNotifierItem/Menu", "com.canonical.dbusmenu.GetLayout", "0", "-1",
                   "[]")

    def count_notifications(self):
        calls = self._call(NOTIFICATIONS, "/org/freedesktop/Notifications",
                           f"{MOCK}.GetMethodCalls", "Notify")
        return calls.count("Porchlight")


def measure_day(agent):
    time.sleep(SETTLE_SECONDS)
    before_mib = harness.read_proportional_kib(agent.pid) / 1024
    switches = harness.SwitchCounter(agent.pid).count_for(WATCH_SECONDS)
    memory_mib = max(before_mib, harness.read_proportional_kib(agent.pid) / 1024)
    a_minute = switches * 60 / WATCH_SECONDS

    harness.figure("agent with tray, notifications and history, 200 contacts, TLS: PSS",
                   f"{memory_mib:.1f} MiB", f"≤ {MEMORY_GOAL_MIB} MiB",
                   memory_mib <= MEMORY_GOAL_MIB)
    harness.figure("the same, nothing changing: voluntary context switches a minute",
                   f"{a_minute:.1f}", f"≤ {SWITCHES_GOAL}", a_minute <= SWITCHES_GOAL)


def make_changes(people, statuses):
    """Everybody changes to each of the statuses, all to one before anybody to the next."""
    now_ms = time.time_ns() // 1_000_000
    for number, status in enumerate(statuses):
        # The server's clock has seen them all; a later one is later.
        seconds, milliseconds = divmod(now_ms - (len(statuses) - number) * 10, 1000)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        for person in people:
            yield (f"presence-user-{person.id}", "user-status-change", json.dumps({
                "userId": person.id, "status": status,
                "lastActive": f"{moment}.{milliseconds:03}Z",
                "user": {"id": person.id, "firstName": person.first_name,
                         "lastName": person.last_name, "avatar": None}}))


def push(server, statuses):
    events = list(make_changes(server.people[1:N_CONTACTS + 1], statuses))
    connection = server.connect()
    for start in range(0, len(events), BATCH):
        server.publish(connection, events[start:start + BATCH])


def wait_until_quiet(agent):
    """Returns the CPU time at which it had no more to do."""
    used = harness.read_cpu_seconds(agent.pid)
    while True:
        time.sleep(QUIET_SECONDS)
        now = harness.read_cpu_seconds(agent.pid)
        if now - used < 0.02:
            return now
        used = now


def count_intervals(place):
    path = next(place.path.glob("home/.local/share/porchlight/agent.db"))
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute("SELECT COUNT(*) FROM history").fetchone()[0]


def measure_burst(place, server, agent, desktop):
    # Given everybody there, and told of.
    push(server, ["online"])
    harness.wait_for(desktop.count_notifications, 20, "a notification")
    wait_until_quiet(agent)

    shown = desktop.count_notifications()
    written = count_intervals(place)
    before = harness.read_cpu_seconds(agent.pid)
    push(server, ["offline", "online"] * (N_CHANGES // N_CONTACTS // 2))
    cpu_seconds = wait_until_quiet(agent) - before
    if LOST in place.read_log("agent"):
        raise RuntimeError("the agent got too little of the machine to keep up with the server")
    n_shown = desktop.count_notifications() - shown
    n_written = count_intervals(place) - written

    harness.figure("10,000 status changes pushed in one burst: CPU of the agent",
                   f"{cpu_seconds:.2f} s", f"≤ {CPU_GOAL_SECONDS} s",
                   cpu_seconds <= CPU_GOAL_SECONDS)
    harness.figure("the same: notifications shown", f"{n_shown}", "≤ 1", n_shown <= 1)
    harness.figure("the same: written to the history", f"{n_written:,}", f"{N_CHANGES:,}",
                   n_written == N_CHANGES)


def benchmark(place):
    place.start_session()
    desktop = MockedDesktop(place)
    server = harness.Server(place, N_CONTACTS + 1, tls=True, pictures=True, apart=True)
    agent = sign_in_with_contacts(place, server, N_CONTACTS)
    place.call_account("SetNotifyDefault", "everybody")
    place.call_account("SetHistoryKeep", "forever")
    harness.wait_for(desktop.has_icon, 10, "the icon")
    desktop.show_icon()

    measure_day(agent)
    measure_burst(place, server, agent, desktop)


harness.run(benchmark)
