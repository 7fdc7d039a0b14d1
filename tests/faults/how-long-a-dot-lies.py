# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How long a dot may lie: breaks things under real agents and a real porchlightd, and measures how
many seconds others see what is no longer true. Prints the table that README.md shows, and fails where
a bound is exceeded. The scenarios run side by side: most of the time is waiting."""
import concurrent.futures
import contextlib
import signal
import sys
import time

import harness
from computer import Computer, Network, open_server

ONLINE, OFFLINE, UNKNOWN = "online", "offline", "unknown"

# What system.md promises, in seconds.
AT_ONCE = 1
KILLED = 16
VANISHED = 75
OWN_CABLE = 45
RECOVERED = 3
# How much longer is waited than what is allowed, to measure a lie rather than give up on it.
PATIENCE = 45
# The longest wait between two tries, with its spread.
RECONNECT = 60
# So long nothing may change after a clock was set.
CLOCK_SECONDS = 5

ROWS = ["quits", "logs out", "locks", "unlocks", "sleeps", "woke up", "killed", "two machines",
        "frozen", "thawed", "their cable", "their cable back", "our cable", "our cable back",
        "our plug", "our plug back", "server", "server back", "clock"]


class Table:
    def __init__(self):
        self.rows = {}

    def add(self, row, what, seconds, bound):
        assert row in ROWS, row
        self.rows[row] = (what, seconds, bound)

    def print(self):
        """Returns whether everything kept its bound."""
        for row in ROWS:
            if row in self.rows:
                what, seconds, bound = self.rows[row]
                harness.figure(what, f"{seconds:.1f} s", f"≤ {bound} s", seconds <= bound)
        return all(seconds <= bound for _, seconds, bound in self.rows.values())


def watch_others(stack, programs, n_people, network=None):
    """A server, and everybody but the first on the list of the first, who is not signed in yet."""
    server = stack.enter_context(open_server(programs, n_people, network))
    return server, server.people[0], server.people[1:]


def wait_until_seen(watcher, person, status):
    harness.wait_for(lambda: watcher.sees(person) == status, PATIENCE,
                     f"{person.email} to be {status}")


def wait_for_recovery(computer, connects, right, seconds=RECONNECT + PATIENCE):
    """Returns how many seconds it takes from the accepted socket until right() is so."""
    harness.wait_for(lambda: computer.count_connects() > connects, seconds, "the socket")
    accepted = time.monotonic()
    harness.wait_for(right, PATIENCE, "all to be right")
    return time.monotonic() - accepted


def measure_session(stack, programs, table):
    server, bob, [ann] = watch_others(stack, programs, 2)
    anns = Computer(stack, server, ann, [bob], has_logind=True)
    bobs = Computer(stack, server, bob, [ann])
    wait_until_seen(bobs, ann, ONLINE)
    wait_until_seen(anns, bob, ONLINE)

    def measure(row, what, act, status):
        time.sleep(1.2)  # an update a second is all that leaves
        began = time.monotonic()
        act()
        table.add(row, what, bobs.watch.wait(ann, status, began, PATIENCE), AT_ONCE)

    measure("locks", "they lock the screen", lambda: anns.set_locked(True), OFFLINE)
    measure("unlocks", "they unlock it", lambda: anns.set_locked(False), ONLINE)

    harness.wait_for(anns.holds_sleep_back, PATIENCE, "the inhibitor")
    measure("sleeps", "their computer is suspended", lambda: anns.set_asleep(True), OFFLINE)
    harness.wait_for(lambda: not anns.holds_sleep_back(), PATIENCE, "sleep")
    began = time.monotonic()
    anns.set_asleep(False)
    back = bobs.watch.wait(ann, ONLINE, began, PATIENCE)
    wait_until_seen(anns, bob, ONLINE)
    table.add("woke up", "it wakes up: all is right again, on both sides",
              max(back, time.monotonic() - began), RECOVERED)

    measure("quits", "they quit", lambda: anns.run("quit"), OFFLINE)
    began = time.monotonic()
    anns.start_agent()
    bobs.watch.wait(ann, ONLINE, began, PATIENCE)
    measure("logs out", "they log out", anns.end_session, OFFLINE)


def measure_silence(stack, programs, table):
    server, bob, [ann, carl, dora] = watch_others(stack, programs, 4)
    bobs = Computer(stack, server, bob, [ann, carl, dora])
    anns = Computer(stack, server, ann, [bob])
    carls = Computer(stack, server, carl, [bob])
    laptop = Computer(stack, server, dora, [bob])
    tower = Computer(stack, server, dora, [bob])
    for person in (ann, carl, dora):
        wait_until_seen(bobs, person, ONLINE)
    laptop.run("idle", "on")
    time.sleep(2)

    began = time.monotonic()
    for computer in (anns, tower):
        computer.signal(signal.SIGKILL)
    carls.signal(signal.SIGSTOP)
    table.add("killed", "their program is killed",
              bobs.watch.wait(ann, OFFLINE, began, KILLED + PATIENCE), KILLED)
    table.add("two machines", "the same, at one of their two machines; they are idle at the other",
              bobs.watch.wait(dora, OFFLINE, began, KILLED + PATIENCE), KILLED)
    table.add("frozen", "their machine freezes",
              bobs.watch.wait(carl, OFFLINE, began, VANISHED + PATIENCE), VANISHED)

    connects = carls.count_connects()
    began = time.monotonic()
    carls.signal(signal.SIGCONT)
    recovered = wait_for_recovery(
        carls, connects, lambda: bobs.watch.find(carl, ONLINE, began) and carls.sees(bob) == ONLINE)
    table.add("thawed", "it goes on: right again after the accepted socket", recovered, RECOVERED)


def measure_their_cable(stack, programs, table):
    network = Network(stack, "theirs")
    server, bob, [ann] = watch_others(stack, programs, 2, network)
    bobs = Computer(stack, server, bob, [ann], inside=network.add_computer("bob", 2))
    anns = Computer(stack, server, ann, [bob], inside=network.add_computer("ann", 3))
    wait_until_seen(bobs, ann, ONLINE)

    began = time.monotonic()
    network.cut("ann")
    table.add("their cable", "their cable is pulled",
              bobs.watch.wait(ann, OFFLINE, began, VANISHED + PATIENCE), VANISHED)

    connects = anns.count_connects()
    began = time.monotonic()
    network.join("ann")
    recovered = wait_for_recovery(
        anns, connects, lambda: bobs.watch.find(ann, ONLINE, began) and anns.sees(bob) == ONLINE)
    table.add("their cable back", "it is back: right again after the accepted socket", recovered,
              RECOVERED)


def measure_our_cable(stack, programs, table):
    network = Network(stack, "ours")
    server, bob, [ann] = watch_others(stack, programs, 2, network)
    bobs = Computer(stack, server, bob, [ann], inside=network.add_computer("bob", 2))
    Computer(stack, server, ann, [bob], inside=network.add_computer("ann", 3))
    wait_until_seen(bobs, ann, ONLINE)

    for row, what, take_away, give_back in (
            ("our cable", "our cable is pulled somewhere on the way: dots turn unknown",
             network.cut, network.join),
            ("our plug", "our cable is pulled at our computer: the same", network.unplug,
             network.plug_in)):
        began = time.monotonic()
        take_away("bob")
        table.add(row, what, bobs.watch.wait(ann, UNKNOWN, began, OWN_CABLE + PATIENCE), OWN_CABLE)
        connects = bobs.count_connects()
        give_back("bob")
        table.add(f"{row} back", "it is back: right again after the accepted socket",
                  wait_for_recovery(bobs, connects, lambda: bobs.sees(ann) == ONLINE), RECOVERED)


def measure_server(stack, programs, table):
    server, bob, [ann] = watch_others(stack, programs, 2)
    bobs = Computer(stack, server, bob, [ann])
    anns = Computer(stack, server, ann, [bob])
    wait_until_seen(bobs, ann, ONLINE)
    wait_until_seen(anns, bob, ONLINE)

    began = time.monotonic()
    server.kill()
    table.add("server", "the server is killed: dots turn unknown",
              bobs.watch.wait(ann, UNKNOWN, began, OWN_CABLE + PATIENCE), OWN_CABLE)
    time.sleep(3)
    connects = bobs.count_connects()
    server.start_again()
    recovered = wait_for_recovery(bobs, connects, lambda: bobs.sees(ann) == ONLINE)
    table.add("server back", "it is back: right again after the accepted socket", recovered,
              RECOVERED)


def measure_clock(stack, programs, table):
    server, bob, [ann] = watch_others(stack, programs, 2)
    anns = Computer(stack, server, ann, [bob], has_clock=True)
    bobs = Computer(stack, server, bob, [ann], has_clock=True)
    wait_until_seen(bobs, ann, ONLINE)
    wait_until_seen(anns, bob, ONLINE)

    # No dot moves, and what happens is seen as quickly as ever.
    slowest = 0
    for computer in (anns, bobs):
        for offset in ("+3h", "-3h", "+0"):
            began = time.monotonic()
            computer.set_clock(offset)
            time.sleep(CLOCK_SECONDS)
            changes = bobs.watch.count(began) + anns.watch.count(began)
            if changes != 0:
                slowest = max(slowest, time.monotonic() - began)
            for idle, status in (("on", OFFLINE), ("off", ONLINE)):
                time.sleep(1.2)
                began = time.monotonic()
                anns.run("idle", idle)
                slowest = max(slowest, bobs.watch.wait(ann, status, began, PATIENCE))
    table.add("clock", "a clock is set by 3 hours, theirs or ours, on or back", slowest, AT_ONCE)


def run_scenario(measure, programs, table):
    with contextlib.ExitStack() as stack:
        measure(stack, programs, table)


def main():
    programs = dict(argument.split("=", 1) for argument in sys.argv[1:])
    table = Table()
    scenarios = [measure_session, measure_silence, measure_their_cable, measure_our_cable,
                 measure_server, measure_clock]
    failures = []

    with concurrent.futures.ThreadPoolExecutor(len(scenarios)) as pool:
        jobs = {pool.submit(run_scenario, scenario, programs, table): scenario.__name__
                for scenario in scenarios}
        for job in concurrent.futures.as_completed(jobs):
            try:
                job.result()
            except harness.Skipped as reason:
                print(f"skipped: {jobs[job]}: {reason}", flush=True)
            except Exception as error:
                failures.append(f"{jobs[job]}: {error!r}")

    holds = table.print()
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(0 if holds and not failures else 1)


main()
