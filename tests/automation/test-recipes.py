#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The recipes of docs/automation.md, run as they stand: the real scripts, agent and server."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RECIPES = HERE.parent.parent / "docs" / "automation"
sys.path.insert(0, str(HERE.parent))
sys.dont_write_bytecode = True
import harness  # noqa: E402

NOBODY = 5


def read_last_line(place, name):
    lines = place.read_log(name).splitlines()
    return json.loads(lines[-1]) if lines else {}


def check_wait_for(place, server, ann):
    script = RECIPES / "wait-for"
    unknown = subprocess.run([script, "Nobody"], env=place.environment, capture_output=True,
                             check=False, timeout=30)
    assert unknown.returncode == NOBODY, unknown

    waiting = place.start(script, ann.name, name="wait-for")
    harness.wait_for(lambda: place.read_log("wait-for") == "" and waiting.poll() is None, 1,
                     "the script to wait")
    harness.StatusSetter(server, ann).set("online")
    assert waiting.wait(20) == 0
    assert place.read_log("wait-for").strip() == ann.name

    # Who is online already is not waited for.
    assert place.call(script, ann.name, timeout=30).strip() == ann.name
    print("wait-for waits until somebody is online")


def check_genmon(place, ann):
    shown = place.call(RECIPES / "genmon-porchlight")
    assert shown.startswith(f"<txt>1 online</txt><tool>{ann.name}</tool>"), shown
    print("genmon-porchlight says who is online")


def check_waybar(place, server, ben):
    place.start(RECIPES / "waybar-porchlight", name="waybar-porchlight")
    harness.wait_for(lambda: read_last_line(place, "waybar-porchlight").get("text") == "1", 20,
                     "the module to show one")
    harness.StatusSetter(server, ben).set("online")
    harness.wait_for(lambda: read_last_line(place, "waybar-porchlight").get("text") == "2", 20,
                     "the module to show two")
    line = read_last_line(place, "waybar-porchlight")
    assert line["class"] == "online" and ben.name.replace("'", "&#39;") in line["tooltip"], line
    server.stop()
    harness.wait_for(lambda: read_last_line(place, "waybar-porchlight")["class"] == "disconnected",
                     20, "the module to show that there is no connection")
    print("waybar-porchlight follows each change")


def body(place):
    place.need("jq", "bash")
    folder = os.path.dirname(place.programs["porchlight"])
    place.environment["PATH"] = f"{folder}:{place.environment['PATH']}"
    place.start_session()
    server = harness.Server(place, 3)
    me, ann, ben = server.people[:3]
    place.start_agent()
    place.sign_in(server, me)
    place.import_contacts([ann, ben])
    check_wait_for(place, server, ann)
    check_genmon(place, ann)
    check_waybar(place, server, ben)


harness.run(body)
