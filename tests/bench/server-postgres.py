# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What a heartbeat costs porchlightd on PostgreSQL, next to SQLite, and what three instances on one
database take against one: the same clients each time, on the same cores, with everything durable."""
import pathlib
import subprocess
import tempfile

import harness
import interop

N_PEOPLE = 600
N_LOADS = 3
N_CONNECTIONS = 170  # of each load
WARM_UP_SECONDS = 2
SECONDS = 3
ROUNDS = 4  # of each in turn, so that whatever else the machine does befalls all alike
CPU_GOAL_US = 90
RATE_GOAL = 1.0
CPU_RATIO_GOAL = 1.1
NODE_CONNECTIONS = 8


class Instance(harness.Server):
    """One of several porchlightd on one database, with the secrets of the first."""

    def __init__(self, place, postgres, first=None):
        self.place = place
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="instance.", dir=place.path))
        self.log = self.data.name
        if first is not None:
            (self.data / "secrets").write_bytes((first.data / "secrets").read_bytes())
        config = self.data / "porchlightd.conf"
        config.write_text(f"[store]\nbackend=postgres\npostgres={postgres.conninfo}\n")
        self.process = place.start(place.programs["porchlightd"], "--config", config, "--data",
                                   self.data, "--listen", "127.0.0.1:0", name=self.log)
        self.address = harness.wait_for(self._read_address, 30, "porchlightd's address")
        self.port = int(self.address.rsplit(":", 1)[1])
        self._read_secrets()


def add_people(postgres):
    people = [harness.Person(number) for number in range(N_PEOPLE)]
    rows = ",".join(f"('{person.id}','{person.email}','*','{person.first_name}',"
                    f"'{person.last_name}','{person.name.lower()}',0)" for person in people)
    postgres.run("INSERT INTO porchlight.users (id, email, password_hash, first_name, last_name,"
                 f" folded_name, created_at) VALUES {rows}")
    return people


def load(place, servers, people, seconds):
    """Heartbeats of everybody, spread over the servers: how many were answered, and the CPU that
    they cost the servers, in seconds."""
    # Each load has people of its own, as each of their programs has its connection.
    tokens = ["".join(servers[0].make_token(person) + "\n" for person in people[number::N_LOADS])
              for number in range(N_LOADS)]
    pids = [server.process.pid for server in servers]
    before = sum(map(harness.read_cpu_seconds, pids))
    loads = [subprocess.Popen([place.programs["heartbeat-load"],
                               str(servers[number % len(servers)].port), str(N_CONNECTIONS),
                               str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True)
             for number in range(N_LOADS)]
    for number, process in enumerate(loads):
        process.stdin.write(tokens[number])
        process.stdin.close()
    results = [tuple(map(int, process.stdout.read().split())) for process in loads]
    if any(process.wait(60) for process in loads):
        raise RuntimeError("a load ended early")
    if sum(result[1] for result in results):
        raise RuntimeError("heartbeats were refused")
    return (sum(result[0] for result in results),
            sum(map(harness.read_cpu_seconds, pids)) - before)


def measure(place, people_of):
    """For each list of servers: heartbeats a second, and the CPU of each in microseconds."""
    totals = [(0, 0.0)] * len(people_of)
    for servers, people in people_of:
        load(place, servers, people, WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        for number, (servers, people) in enumerate(people_of):
            answered, cpu = load(place, servers, people, SECONDS)
            totals[number] = (totals[number][0] + answered, totals[number][1] + cpu)
    return [(answered / ROUNDS / SECONDS, cpu / answered * 1e6) for answered, cpu in totals]


def measure_node_api(place, postgres, server):
    """What a heartbeat costs the web app's API, in microseconds of its own CPU: it asks who that is,
    writes to the same PostgreSQL and triggers the event, each at a porchlightd."""
    app = interop.WebApp(place, interop.install_packages(), postgres, interop.Broker(server), server,
                         server.people)
    tokens = "".join(server.make_token(person) + "\n" for person in server.people)

    def run(seconds):
        before = harness.read_cpu_seconds(app.server.process.pid)
        result = place.call(place.programs["heartbeat-load"], app.port, NODE_CONNECTIONS, seconds,
                            input=tokens)
        answered, refused = map(int, result.split()[:2])
        if refused:
            raise RuntimeError("heartbeats were refused")
        return (harness.read_cpu_seconds(app.server.process.pid) - before) / answered * 1e6

    run(WARM_UP_SECONDS)
    return run(ROUNDS * SECONDS)


def benchmark(place):
    place.need("psql")
    postgres = interop.Postgres(place, durable=True)
    sqlite = harness.Server(place, N_PEOPLE)
    instances = [Instance(place, postgres)]
    instances += [Instance(place, postgres, instances[0]) for _ in range(2)]
    people = add_people(postgres)
    (sqlite_rate, sqlite_cpu), (one_rate, one_cpu), (three_rate, three_cpu) = measure(
        place, [([sqlite], sqlite.people), (instances[:1], people), (instances, people)])
    for server in instances:
        server.stop()

    harness.figure("porchlightd on PostgreSQL on the same machine: CPU of porchlightd a heartbeat",
                   f"{one_cpu:.1f} µs (on SQLite {sqlite_cpu:.1f} µs)", f"≤ {CPU_GOAL_US} µs",
                   one_cpu <= CPU_GOAL_US)
    harness.figure("porchlightd on PostgreSQL: heartbeats a second, two cores for all of it",
                   f"{one_rate:,.0f} (on SQLite {sqlite_rate:,.0f})")
    harness.figure("three instances on one PostgreSQL, on the same cores, against one: heartbeats a"
                   " second", f"{three_rate / one_rate:.2f} × ({three_rate:,.0f})",
                   f"≥ {RATE_GOAL} ×", three_rate >= RATE_GOAL * one_rate)
    harness.figure("three instances against one: CPU of porchlightd a heartbeat",
                   f"{three_cpu / one_cpu:.2f} × ({three_cpu:.1f} µs)", f"≤ {CPU_RATIO_GOAL} ×",
                   three_cpu <= CPU_RATIO_GOAL * one_cpu)
    try:
        node_cpu = measure_node_api(place, postgres, sqlite)
    except harness.Skipped as reason:
        print(f"skipped: the web app's API in Node: {reason}")
    else:
        harness.figure("the web app's API in Node, on the same PostgreSQL: CPU of Node a heartbeat",
                       f"{node_cpu:,.0f} µs")


harness.run(benchmark)
