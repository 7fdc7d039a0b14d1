# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The page and the window watch each other on the web app that both come from."""
import harness
import interop
from page import check_side_by_side, let_in


def test(place):
    packages = interop.install_packages()
    place.start_display()
    place.start_session()
    port = interop.find_free_port()
    auth = harness.Server(place, 2, config=let_in(port))
    ann, bea = auth.people
    app = interop.WebApp(place, packages, interop.Postgres(place),
                         interop.Soketi(place, packages), auth, auth.people, port)
    interop.bundle_page(place, packages, app.folder, app.config_path)

    place.start_agent()
    interop.set_up(place, app, ann)
    place.import_contacts([bea])
    check_side_by_side(place, ann, bea, app.folder, app.address, "page-on-web-app")


harness.run(test)
