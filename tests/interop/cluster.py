# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent watches a hundred people through a Pusher-compatible cluster that is not ours, to which
first a web app publishes and then porchlightd: all come, all go, and all of them are right again
after the cluster was restarted. One more argument says which: cluster=soketi or cluster=sockudo."""
import harness
import interop

N_CONTACTS = 100


def start_cluster(place):
    packages = interop.install_packages()
    if place.programs["cluster"] == "soketi":
        return interop.Soketi(place, packages)
    return interop.Sockudo(place)


def wait_for_everybody(place, status, seconds=20):
    harness.wait_for(lambda: set(place.read_states().values()) == {status}, seconds,
                     f"everybody {status}")


def set_all(setters, status):
    for setter in setters:
        setter.set(status)


def check_that_all_come_and_go(place, cluster, setters):
    set_all(setters, "online")
    wait_for_everybody(place, "online")
    set_all(setters, "offline")
    wait_for_everybody(place, "offline")

    cluster.kill()
    wait_for_everybody(place, "unknown")
    cluster.start()
    set_all(setters, "online")
    wait_for_everybody(place, "online", 60)


def test_with_the_web_app(place):
    place.start_session()
    cluster = start_cluster(place)
    _agent, setters = interop.watch_everybody(place, cluster, N_CONTACTS)
    check_that_all_come_and_go(place, cluster, setters)


def test_with_porchlightd(place):
    place.start_session()
    cluster = start_cluster(place)
    server = harness.Server(place, N_CONTACTS + 1, config=interop.publish_to(place, cluster))
    place.start_agent()
    place.sign_in(server, server.people[0])
    place.import_contacts(server.people[1:])
    interop.wait_until_known(place, N_CONTACTS)
    check_that_all_come_and_go(place, cluster, [
        harness.StatusSetter(server, person) for person in server.people[1:]])


harness.run(test_with_the_web_app)
harness.run(test_with_porchlightd)
