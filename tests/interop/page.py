# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The web app's page in a real Chromium beside the window, on one screen. PORCH_PICTURES names a folder
for a picture of both."""
import os
import pathlib
import shutil

import harness
import interop


def find_texts(accessible):
    """All names below an accessible, as a screen reader would find them."""
    if accessible is None:
        return
    yield accessible.get_name() or ""
    for index in range(accessible.get_child_count()):
        yield from find_texts(accessible.get_child_at_index(index))


class Reader:
    """Reads the window over AT-SPI."""

    def __init__(self, place):
        # The library connects to the session bus of its own process.
        os.environ.update(place.environment)
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        self.atspi, self.error = Atspi, GLib.Error
        Atspi.init()

    def shows(self, wanted):
        """Whether something in the window begins so."""
        desktop = self.atspi.get_desktop(0)
        try:
            return any(text.startswith(wanted)
                       for index in range(desktop.get_child_count())
                       for text in find_texts(desktop.get_child_at_index(index)))
        except self.error:
            # What was there when the walk began may be gone.
            return False


def let_in(port):
    """The configuration of a porchlightd that a page of this port may use."""
    return {"server": {"allowed-origins": f"http://127.0.0.1:{port}"}}


def put_beside(place):
    """Without a window manager all windows open in one corner."""
    window = place.call("xdotool", "search", "--onlyvisible", "--class", "porchlight").split()[0]
    place.call("xdotool", "windowmove", window, "600", "0")


def take_picture(place, name):
    folder = os.environ.get("PORCH_PICTURES")
    if folder is None:
        return
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    place.call("import", "-window", "root", pathlib.Path(folder) / f"{name}.png")


def check_side_by_side(place, ann, bea, folder, page_address, picture):
    place.need("chromium", "xdotool", "import")
    reader = Reader(place)
    place.start(place.programs["porchlight-window"])
    harness.wait_for(lambda: reader.shows(f"{bea.name}, "), 20, "her row")
    put_beside(place)

    page = interop.LineReader(place, "node", folder / "drive-page.mjs", shutil.which("chromium"),
                              place.path / "chromium", f"{page_address}/#{ann.id}", name="chromium")
    page.tell(email=bea.email, password=harness.PASSWORD)
    page.wait_for(lambda said: said["text"] == "Signed in", 60, "the page to sign in")
    page.wait_for(lambda said: said["text"] == f"{ann.name}: Online", 20, "the desktop on the page")
    harness.wait_for(lambda: reader.shows(f"{bea.name}, online"), 20, "the page in the window")
    take_picture(place, picture)

    place.call(place.programs["porchlight"], "idle", "on")
    page.wait_for(lambda said: said["text"] == f"{ann.name}: Offline", 20, "the desktop gone")
    page.process.stdin.close()
    harness.wait_for(lambda: reader.shows(f"{bea.name}, active just now"), 30, "the page closed")
