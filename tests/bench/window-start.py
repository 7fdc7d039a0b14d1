# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How long the window takes from the start of its process to the first frame that shows the first
screen of the list, with 200 and with 10,000 contacts that come over D-Bus from the agent, next to a
libadwaita window with nothing in it. The three take turns."""
import harness
from desktop import Window, sign_in_with_contacts

N_ROUNDS = 15
FEW, MANY = 200, 10_000
GOAL_EMPTY, GOAL_MANY = 1.3, 1.2
# Fewer on the screen, and it was not the list that was timed.
ROWS_MIN = 6


def time_empty(place):
    window = Window(place, "empty-window")
    window.wait_until_still()
    took_us = window.frames()[0][1] - window.started_us
    window.close()
    return took_us


def time_list(place):
    """Up to the first frame with as many rows on the screen as there are in the end."""
    window = Window(place, "porchlight-window", rows=True)
    window.wait_until_still()
    counts = [(int(words[1]), int(words[2])) for words in window.read() if words[0] == "rows"]
    in_the_end = counts[-1][1]
    if in_the_end < ROWS_MIN:
        raise RuntimeError(f"the window shows {in_the_end} rows: {window.read()[-20:]}")
    first_us = next(ended_us for ended_us, count in counts if count >= in_the_end)
    window.close()
    return first_us - window.started_us


def start_world(place, n_contacts):
    place.start_session()
    server = harness.Server(place, n_contacts + 1, pictures=True)
    sign_in_with_contacts(place, server, n_contacts)


def benchmark(few_place):
    few_place.start_display()
    with harness.Place(few_place.programs) as many_place:
        many_place.use_display_of(few_place)
        start_world(few_place, FEW)
        start_world(many_place, MANY)

        empty_us, few_us, many_us = [], [], []
        for number in range(N_ROUNDS + 1):
            took_us = time_empty(few_place), time_list(few_place), time_list(many_place)
            # The first round reads the programs from the disk.
            if number > 0:
                for times, took in zip((empty_us, few_us, many_us), took_us):
                    times.append(took)

    empty, few, many = map(harness.median, (empty_us, few_us, many_us))
    harness.figure("an empty libadwaita window: process start to first frame",
                   f"{empty / 1000:.0f} ms")
    harness.figure("window, 200 contacts: process start to the first frame with the list",
                   f"{few / 1000:.0f} ms, {few / empty:.2f} ×", f"≤ {GOAL_EMPTY} ×",
                   few <= GOAL_EMPTY * empty)
    harness.figure("window, 10,000 contacts: the same, against 200",
                   f"{many / 1000:.0f} ms, {many / few:.2f} ×", f"≤ {GOAL_MANY} ×",
                   many <= GOAL_MANY * few)


harness.run(benchmark)
