# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent and the web app's own client watch each other through the original web app: its API
routes, PostgreSQL and a Pusher-compatible cluster, set up by hand, without a line of the web app
changed. Then its API answers as a broken one does, and nobody's dot lies or leaves for it."""
import harness
import interop


def check_a_broken_api(place, bea, web, app):
    """An API that fails ends nothing: what comes over the socket still counts, and the session
    stays signed in."""
    for how in (401, 429, 500, "html", "nothing"):
        app.answer(how)
        place.call(place.programs["porchlight"], "idle", "on")
        place.call(place.programs["porchlight"], "idle", "off")
        app.answer(None)
        web.tell(do="hide")
        interop.wait_for_state(place, bea, "offline", 20)
        web.tell(do="show")
        interop.wait_for_state(place, bea, "online", 20)
        print(f"the API answering {how}: still signed in, and right again")


def test(place):
    packages = interop.install_packages()
    place.start_session()
    postgres = interop.Postgres(place)
    cluster = interop.Soketi(place, packages)
    auth = harness.Server(place, 2)
    ann, bea = auth.people
    app = interop.WebApp(place, packages, postgres, cluster, auth, auth.people)

    place.start_agent()
    interop.set_up(place, app, ann)
    place.import_contacts([bea])
    interop.wait_for_state(place, bea, "offline")
    web = interop.WebClient(place, app.folder, app.config_path, bea)

    interop.check_that_they_see_each_other(place, ann, bea, web)
    check_a_broken_api(place, bea, web, app)

    place.call(place.programs["porchlight"], "quit")
    web.wait_for_status(ann, "offline")


harness.run(test)
