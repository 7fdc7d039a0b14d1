# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What a year of who was here when takes on the disk, and how long a person's page waits for its week."""
import harness

SIZE_GOAL_MB = 60
WEEK_GOAL_MS = 5


def benchmark(place):
    answer = place.call(place.programs["history-year"], str(place.path / "year.db"))
    size, week_us, prune_us = (int(number) for number in answer.split())
    size_mb = size / 1e6
    week_ms = week_us / 1000

    harness.figure("history of a year, 500 contacts, 8 intervals a day each: the agent's file",
                   f"{size_mb:.1f} MB", f"≤ {SIZE_GOAL_MB} MB", size_mb <= SIZE_GOAL_MB)
    harness.figure("the same: query for a week of one person, p99 of 2,000",
                   f"{week_ms:.2f} ms", f"≤ {WEEK_GOAL_MS} ms", week_ms <= WEEK_GOAL_MS)
    harness.figure("the same: deleting a day that is too old, off the main loop",
                   f"{prune_us / 1000:.0f} ms")


harness.run(benchmark)
