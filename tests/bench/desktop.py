# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""A signed-in agent with contacts, and windows that are watched while they paint."""
import pathlib
import time

import harness


def sign_in_with_contacts(place, server, n_contacts):
    """Starts the agent, signs the first person in and lists the next n_contacts."""
    agent = place.start_agent(server.ca_certificate)
    place.sign_in(server, server.people[0])
    contacts = server.people[1:n_contacts + 1]
    place.import_contacts(contacts)

    def all_are_known():
        states = place.read_states()
        return len(states) == n_contacts and "unknown" not in states.values()

    harness.wait_for(all_are_known, 120, "everybody's state")
    return agent


class Window:
    """A program with a window, started with the probe."""

    def __init__(self, place, program, *, rows=False, scroll=False):
        self.place = place
        self.report = place.path / f"probe-{time.monotonic_ns()}"
        environment = dict(place.environment, LD_PRELOAD=place.programs["frame-probe"],
                           PORCH_PROBE=str(self.report))
        if rows:
            environment["PORCH_PROBE_ROWS"] = "1"
        if scroll:
            environment["PORCH_PROBE_SCROLL"] = "1"
        self.started_us = now_us()
        self.process = place.start(place.programs[program], name=program, env=environment)

    def read(self):
        """What the probe has told so far, a list of words a line."""
        try:
            text = self.report.read_text()
        except FileNotFoundError:
            return []
        return [line.split(" ", 2) for line in text.splitlines(keepends=True)
                if line.endswith("\n")]

    def frames(self):
        """When each frame began and ended."""
        return [(int(words[1]), int(words[2])) for words in self.read() if words[0] == "frame"]

    def wait_until_still(self, seconds=60, still_seconds=1.5):
        """Waits for a first frame, and until none has come for a while."""
        def is_still():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args} has ended: "
                                   + self.place.read_log(pathlib.Path(self.process.args[0]).name))
            frames = self.frames()
            return frames and now_us() - frames[-1][1] > still_seconds * 1e6
        harness.wait_for(is_still, seconds, "a window that has finished painting")

    def close(self):
        self.place.end(self.process)
        self.report.unlink(missing_ok=True)


def now_us():
    return time.monotonic_ns() // 1000
