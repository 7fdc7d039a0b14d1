# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How long a frame takes while a list of 10,000 contacts is scrolled: as with a wheel, page by page,
and as if its scrollbar were dragged from end to end (the script is the probe's). Painted with
cairo, as on a machine without a GPU."""
import harness
from desktop import Window, sign_in_with_contacts

N_CONTACTS = 10_000
P50_GOAL_MS, P99_GOAL_MS = 8, 33
SCRIPT_SECONDS = 120


def benchmark(place):
    place.start_display()
    place.start_session()
    server = harness.Server(place, N_CONTACTS + 1, pictures=True)
    sign_in_with_contacts(place, server, N_CONTACTS)
    window = Window(place, "porchlight-window", scroll=True)
    harness.wait_for(lambda: ["scrolled\n"] in window.read(), SCRIPT_SECONDS, "the script's end")

    report = window.read()
    began = report.index(["scrolling\n"])
    times_ms = [(int(words[2]) - int(words[1])) / 1000
                for words in report[began:] if words[0] == "frame"]
    p50, p99 = harness.percentile(times_ms, 50), harness.percentile(times_ms, 99)
    harness.figure(f"window, 10,000 contacts: time a frame while scrolling, {len(times_ms)} frames",
                   f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
                   f"p50 ≤ {P50_GOAL_MS} ms, p99 ≤ {P99_GOAL_MS} ms",
                   p50 <= P50_GOAL_MS and p99 <= P99_GOAL_MS)


harness.run(benchmark)
