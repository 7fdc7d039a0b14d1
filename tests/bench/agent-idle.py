# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the agent costs all day: its memory, signed in over TLS that it verifies itself, and how often
it wakes while nothing changes. Next to it, a program that does the least with libsoup."""
import time

import harness
from desktop import sign_in_with_contacts

N_CONTACTS = 200
# All is said, and the first heartbeat that goes over the connection that stays has gone.
SETTLE_SECONDS = 20
PLAIN_SETTLE_SECONDS = 2
WATCH_SECONDS = 120
MEMORY_GOAL_MIB = 22
SWITCHES_GOAL = 12


def measure_plain_client(place, server):
    command = place.with_certificate_store(server.ca_certificate, [
        place.programs["soup-client"], f"{server.address}/.well-known/porchlight",
        f"wss://127.0.0.1:{server.port}/app/{server.secrets['pusher-key']}?protocol=7"])
    client = place.start(*command, name="soup-client")
    harness.wait_for(lambda: "ready" in place.read_log("soup-client"), 10, "the plain client")
    time.sleep(PLAIN_SETTLE_SECONDS)
    memory_mib = harness.read_proportional_kib(client.pid) / 1024
    place.end(client)
    return memory_mib


def benchmark(place):
    place.start_session()
    server = harness.Server(place, N_CONTACTS + 1, tls=True, pictures=True, apart=True)
    plain_mib = measure_plain_client(place, server)
    agent = sign_in_with_contacts(place, server, N_CONTACTS)
    time.sleep(SETTLE_SECONDS)

    memory_mib = harness.read_proportional_kib(agent.pid) / 1024
    switches = harness.SwitchCounter(agent.pid).count_for(WATCH_SECONDS)
    later_mib = harness.read_proportional_kib(agent.pid) / 1024
    a_minute = switches * 60 / WATCH_SECONDS

    harness.figure("agent, signed in over TLS, 200 contacts: PSS",
                   f"{max(memory_mib, later_mib):.1f} MiB", f"≤ {MEMORY_GOAL_MIB} MiB",
                   max(memory_mib, later_mib) <= MEMORY_GOAL_MIB)
    harness.figure("a plain libsoup client, one HTTPS request and one WebSocket: PSS",
                   f"{plain_mib:.1f} MiB")
    harness.figure("agent, 30 s heartbeat, nothing changing: voluntary context switches a minute",
                   f"{a_minute:.1f}", f"≤ {SWITCHES_GOAL}", a_minute <= SWITCHES_GOAL)


harness.run(benchmark)
