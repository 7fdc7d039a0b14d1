# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""Pusher's own library for servers publishes through porchlightd's broker and asks it who is there,
and pusher-js gets what it published."""
import shutil

import harness
import interop


def test(place):
    packages = interop.install_packages()
    server = harness.Server(place, 1)
    broker = interop.Broker(server)
    script = place.path / "pusher-library.mjs"
    shutil.copy(interop.HERE / "pusher-library.mjs", script)
    (place.path / "node_modules").symlink_to(packages / "node_modules")
    library = interop.LineReader(place, "node", script, broker.host, broker.port, broker.id,
                                 broker.key, broker.secret, name="pusher-library")

    def expect(name):
        return library.wait_for(lambda said: said["event"] == name, 20, name)

    assert expect("received hello")["data"] == {"text": "Ärlig \"a\""}
    assert expect("triggered")["status"] == 200
    assert expect("received second")["data"] == 2
    assert expect("counted")["answer"] == {"channels": {"news": {"subscription_count": 1},
                                                        "other": {"subscription_count": 0}}}
    assert expect("batch")["status"] == 200
    assert expect("received third")["data"] == {"n": 3}
    assert expect("channels")["answer"] == {"channels": {"news": {}}}
    assert expect("channel")["answer"] == {"occupied": True, "subscription_count": 1}
    assert expect("users")["answer"] == {"users": []}
    assert expect("wrong secret")["status"] == 401
    assert expect("too large")["status"] == 413
    # What was published for others than its sender did not come.
    assert expect("end")["received"] == ["hello", "second", "third"]


harness.run(test)
