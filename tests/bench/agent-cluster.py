# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the original web app's habit of an event at every heartbeat costs the agent, which watches a
hundred people through a soketi and learns nothing new from any of them."""
import threading
import time

import harness
import interop

N_CONTACTS = 100
HEARTBEAT_SECONDS = 30
SETTLE_SECONDS = 20
WATCH_SECONDS = 60
GOAL_MS = 30


def keep_beating(setters):
    """Each person's heartbeat in its turn, spread over the interval."""
    while True:
        for setter in setters:
            setter.set("online")
            time.sleep(HEARTBEAT_SECONDS / len(setters))


def benchmark(place):
    place.start_session()
    cluster = interop.Soketi(place, interop.install_packages())
    agent, setters = interop.watch_everybody(place, cluster, N_CONTACTS)
    threading.Thread(target=keep_beating, args=[setters], daemon=True).start()
    time.sleep(HEARTBEAT_SECONDS + SETTLE_SECONDS)

    before = harness.read_cpu_seconds(agent.pid)
    time.sleep(WATCH_SECONDS)
    used_ms = (harness.read_cpu_seconds(agent.pid) - before) * 1000
    harness.figure("agent, 100 contacts over soketi, an event at every heartbeat: CPU a minute",
                   f"{used_ms:.0f} ms", f"≤ {GOAL_MS} ms", used_ms <= GOAL_MS)


harness.run(benchmark)
