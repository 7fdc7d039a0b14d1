# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The web app's own client, unchanged, on porchlightd alone: @supabase/auth-js signs in to it, the
hooks find its API, pusher-js its broker, and they see what they see on the web app."""
import harness
import interop


def test(place):
    packages = interop.install_packages()
    place.start_session()
    server = harness.Server(place, 2)
    ann, bea = server.people
    folder = interop.copy_web(place, packages)
    config = interop.write_config(place, server, server.address, interop.Broker(server))

    place.start_agent()
    place.sign_in(server, ann)
    place.import_contacts([bea])
    web = interop.WebClient(place, folder, config, bea)
    interop.check_that_they_see_each_other(place, ann, bea, web)

    # Who watches whom is nobody's business but theirs: she is told of the person alone.
    subscribed = web.wait_for(lambda said: said["event"] == "subscribed", 10, "the members")
    assert subscribed["members"] == [ann.id], subscribed

    place.call(place.programs["porchlight"], "quit")
    web.wait_for_status(ann, "offline")


harness.run(test)
