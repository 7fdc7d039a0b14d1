# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What it costs porchlightd to tell a thousand subscribers of one person's change of status: the
whole of it, the person's request and the stored change included."""
import harness
from subscribers import Subscribers

N_SUBSCRIBERS = 1000
N_CHANGES = 200
GOAL_US = 8


def measure(place, tls):
    server = harness.Server(place, N_SUBSCRIBERS + 1, tls=tls)
    watched = server.people[-1]
    setter = harness.StatusSetter(server, watched)
    setter.set("offline")
    crowd = Subscribers(server)
    crowd.grow(N_SUBSCRIBERS, lambda person: f"presence-user-{watched.id}")

    cpu_before = harness.read_cpu_seconds(server.process.pid)
    for number in range(N_CHANGES):
        setter.set("offline" if number % 2 else "online")
        crowd.await_events("user-status-change", N_SUBSCRIBERS, 10)
    cpu = harness.read_cpu_seconds(server.process.pid) - cpu_before

    each_us = cpu / (N_CHANGES * N_SUBSCRIBERS) * 1e6
    if tls:
        harness.figure("porchlightd: the same over TLS", f"{each_us:.1f} µs")
    else:
        harness.figure("porchlightd: CPU a delivered message, 1,000 subscribers",
                       f"{each_us:.1f} µs", f"≤ {GOAL_US} µs", each_us <= GOAL_US)
    crowd.close()
    server.stop()


def benchmark(place):
    measure(place, False)
    measure(place, True)


harness.run(benchmark)
