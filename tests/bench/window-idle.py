# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the window paints while it is open and nobody comes or goes. Its labels ("Last active 5m
ago") grow older meanwhile, which is the frame that a minute may cost."""
import time

import harness
from desktop import Window, sign_in_with_contacts

N_CONTACTS = 200
N_ONLINE = 5
SECONDS = 120
GOAL = 1


def benchmark(place):
    place.start_display()
    place.start_session()
    server = harness.Server(place, N_CONTACTS + 1, pictures=True)
    harness.keep_online(server, server.people[1:N_ONLINE + 1])
    sign_in_with_contacts(place, server, N_CONTACTS)
    window = Window(place, "porchlight-window")
    window.wait_until_still()

    before = len(window.frames())
    cpu_before = harness.read_cpu_seconds(window.process.pid)
    time.sleep(SECONDS)
    a_minute = (len(window.frames()) - before) * 60 / SECONDS
    cpu = harness.read_cpu_seconds(window.process.pid) - cpu_before

    harness.figure("window open, nothing changing: frames drawn a minute", f"{a_minute:g}",
                   f"≤ {GOAL}", a_minute <= GOAL)
    harness.figure("window open, nothing changing: CPU a minute",
                   f"{cpu * 1000 * 60 / SECONDS:.1f} ms")


harness.run(benchmark)
