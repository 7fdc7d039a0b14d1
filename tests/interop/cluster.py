# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent watches a hundred people through a Pusher-compatible cluster that is not ours: all come,
all go, and all of them are right again after the cluster was restarted."""
import harness
import interop

N_CONTACTS = 100


def wait_for_everybody(place, status, seconds=20):
    harness.wait_for(lambda: set(place.read_states().values()) == {status}, seconds,
                     f"everybody {status}")


def set_all(setters, status):
    for setter in setters:
        setter.set(status)


def test(place):
    place.start_session()
    cluster = interop.Soketi(place, interop.install_packages())
    _agent, setters = interop.watch_everybody(place, cluster, N_CONTACTS)

    set_all(setters, "online")
    wait_for_everybody(place, "online")
    set_all(setters, "offline")
    wait_for_everybody(place, "offline")

    cluster.kill()
    wait_for_everybody(place, "unknown")
    cluster.start()
    set_all(setters, "online")
    wait_for_everybody(place, "online", 60)


harness.run(test)
