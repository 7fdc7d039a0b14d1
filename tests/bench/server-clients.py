# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What a connected client that has subscribed to its own channel costs porchlightd in memory."""
import time

import harness
from subscribers import Subscribers

CROWDS = (1000, 3000)
# What the first clients make once for all that follow is no client's cost.
N_WARM_UP = 20
SETTLE_SECONDS = 1


def own_channel(person):
    return f"presence-user-{person.id}"


def read_settled_kib(server):
    time.sleep(SETTLE_SECONDS)
    return harness.read_resident_kib(server.process.pid)


def measure(place, tls, goal_kib):
    server = harness.Server(place, max(CROWDS) + N_WARM_UP, tls=tls)
    crowd = Subscribers(server)
    crowd.grow(N_WARM_UP, own_channel)
    before_kib = read_settled_kib(server)
    for size in CROWDS:
        crowd.grow(size + N_WARM_UP, own_channel)
        crowd.check_connected()
        each_kib = (read_settled_kib(server) - before_kib) / size
        harness.figure("porchlightd: resident memory a connected, subscribed client, "
                       f"{'over TLS' if tls else 'plain'}, of {size:,}",
                       f"{each_kib:.1f} KiB", f"≤ {goal_kib} KiB", each_kib <= goal_kib)
    crowd.close()
    server.stop()


def benchmark(place):
    measure(place, False, 8)
    measure(place, True, 36)


harness.run(benchmark)
