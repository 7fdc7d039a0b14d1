# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""porchlightd publishes through a Pusher-compatible cluster that is not ours, and names it to its
clients: the agent and the web client see each other there, also after the cluster was away, and
while it is away a heartbeat succeeds all the same."""
import http.client
import json

import harness
import interop


def say_online(server, person):
    """A heartbeat of a program that is not ours."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", "/api/user/presence", json.dumps({"status": "online"}),
                       {"Authorization": f"Bearer {server.make_token(person)}"})
    return connection.getresponse().status


def test(place):
    packages = interop.install_packages()
    place.start_session()
    cluster = interop.Soketi(place, packages)
    server = harness.Server(place, 2, config=interop.publish_to(place, cluster))
    ann, bea = server.people
    folder = interop.copy_web(place, packages)
    config = interop.write_config(place, server, server.address, cluster)

    place.start_agent()
    place.sign_in(server, ann)
    place.import_contacts([bea])
    web = interop.WebClient(place, folder, config, bea)
    interop.check_that_they_see_each_other(place, ann, bea, web)

    cluster.kill()
    interop.wait_for_state(place, bea, "unknown", 60)
    assert say_online(server, bea) == 200
    cluster.start()
    interop.wait_for_state(place, bea, "online", 60)
    web.tell(do="hide")
    interop.wait_for_state(place, bea, "offline", 60)


harness.run(test)
