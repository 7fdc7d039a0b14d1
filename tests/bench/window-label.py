# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How long after somebody's status changes on the server the new label is painted in the window,
through the real server, agent and window. The clock starts when the changed person's request is
sent, before the server has stored it and triggers the event."""
import random
import time

import harness
from desktop import Window, now_us, sign_in_with_contacts

N_CONTACTS = 200
N_ONLINE = 3
N_CHANGES = 200
GOAL_MS = 25
# Changes come at any moment of the frame clock, and not on the heels of each other.
PAUSE_SECONDS = (0.1, 0.15)


def find_painted(window, name, is_online, since_us):
    """When a row of this name was first painted with the label that was waited for."""
    for words in window.read():
        if words[0] == "row" and int(words[1]) > since_us and name in words[2]:
            if ("Online" in words[2]) == is_online:
                return int(words[1])
    return None


def benchmark(place):
    place.start_display()
    place.start_session()
    server = harness.Server(place, N_CONTACTS + 1, pictures=True)
    # First of those online by name, and of the others by time: on the screen either way.
    watched = server.people[1]
    setter = harness.StatusSetter(server, watched)
    setter.set("offline")
    harness.keep_online(server, server.people[2:2 + N_ONLINE])
    sign_in_with_contacts(place, server, N_CONTACTS)
    window = Window(place, "porchlight-window", rows=True)
    window.wait_until_still()

    took_ms = []
    for number in range(N_CHANGES):
        is_online = number % 2 == 0
        since_us = now_us()
        setter.set("online" if is_online else "offline")
        painted_us = harness.wait_for(
            lambda: find_painted(window, watched.name, is_online, since_us), 5,
            "the label, which was not painted")
        took_ms.append((painted_us - since_us) / 1000)
        time.sleep(random.uniform(*PAUSE_SECONDS))

    p50, p99 = harness.percentile(took_ms, 50), harness.percentile(took_ms, 99)
    harness.figure(f"server trigger to the label painted in the window, p99 of {N_CHANGES}",
                   f"{p99:.1f} ms (p50 {p50:.1f} ms)", f"≤ {GOAL_MS} ms", p99 <= GOAL_MS)


harness.run(benchmark)
