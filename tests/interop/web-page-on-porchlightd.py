# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The page and the window watch each other on porchlightd alone, which a page of another origin may
use because its configuration says so."""
import harness
import interop
from page import check_side_by_side, let_in


def test(place):
    packages = interop.install_packages()
    place.start_display()
    place.start_session()
    port = interop.find_free_port()
    server = harness.Server(place, 2, config=let_in(port))
    ann, bea = server.people
    folder = interop.copy_web(place, packages)
    config = interop.write_config(place, server, server.address, interop.Broker(server))
    page = interop.bundle_page(place, packages, folder, config)
    interop.serve_files(place, page, port)

    place.start_agent()
    place.sign_in(server, ann)
    place.import_contacts([bea])
    check_side_by_side(place, ann, bea, folder, f"http://127.0.0.1:{port}", "page-on-porchlightd")


harness.run(test)
