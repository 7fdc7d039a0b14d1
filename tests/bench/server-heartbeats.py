# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How many heartbeats a second porchlightd takes on one core, each stored before it is answered, and
what one costs. The load comes from the other core, over connections that stay open."""
import os
import subprocess

import harness

N_PEOPLE = 600
N_CONNECTIONS = 512
WARM_UP_SECONDS = 2
SECONDS = 10
GOAL = 10_000


def load(place, server, tokens, core, seconds):
    done = subprocess.run(
        ["taskset", "--cpu-list", core, place.programs["heartbeat-load"], str(server.port),
         str(N_CONNECTIONS), str(seconds)],
        input=tokens, capture_output=True, text=True, check=False, timeout=seconds + 60)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    answered, failed, p50_us, p99_us = map(int, done.stdout.split())
    if failed:
        raise RuntimeError(f"{failed} heartbeats were refused: {done.stderr}")
    return answered, p50_us, p99_us


def benchmark(place):
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise harness.Skipped("a core for the server and another for the load are needed")
    own_core, load_core = map(str, cores[:2])
    server = harness.Server(place, N_PEOPLE, core=own_core)
    tokens = "".join(server.make_token(person) + "\n" for person in server.people)

    load(place, server, tokens, load_core, WARM_UP_SECONDS)
    cpu_before = harness.read_cpu_seconds(server.process.pid)
    answered, p50_us, p99_us = load(place, server, tokens, load_core, SECONDS)
    cpu = harness.read_cpu_seconds(server.process.pid) - cpu_before

    rate = answered / SECONDS
    harness.figure("porchlightd: heartbeats a second on one core, each stored before it is answered",
                   f"{rate:,.0f}", "≥ 10,000", rate >= GOAL)
    harness.figure(f"porchlightd: time to the answer with {N_CONNECTIONS} heartbeats under way",
                   f"p50 {p50_us / 1000:.1f} ms, p99 {p99_us / 1000:.1f} ms")
    harness.figure("porchlightd: CPU a heartbeat", f"{cpu / answered * 1e6:.1f} µs")


harness.run(benchmark)
