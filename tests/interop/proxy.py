# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent behind a proxy that wants to know who asks: everything goes by HTTP CONNECT with
credentials, requests and the WebSocket alike, and without the credentials nothing does."""
import subprocess

import harness
import interop

USER, PASSWORD = "porch", "light"


def start_proxy(place, server):
    """A tinyproxy that lets through, to the server, whoever knows the password."""
    place.need("tinyproxy")
    port = interop.find_free_port()
    config = place.path / "tinyproxy.conf"
    config.write_text(f"""Port {port}
Listen 127.0.0.1
Timeout 600
MaxClients 50
Allow 127.0.0.1
BasicAuth {USER} {PASSWORD}
ConnectPort {server.port}
LogLevel Connect
""")
    place.start("tinyproxy", "-d", "-c", config, name="tinyproxy")
    harness.wait_for(lambda: interop.accepts(port), 10, "the proxy")
    return port


def use_proxy(place, url):
    """The environment is what a session without a desktop's own settings has."""
    for name in ("http_proxy", "https_proxy"):
        place.environment[name] = url
    place.environment["GIO_USE_PROXY_RESOLVER"] = "libproxy"


def count_tunnels(place):
    return place.read_log("tinyproxy").count("CONNECT 127.0.0.1")


def test(place):
    place.start_session()
    server = harness.Server(place, 2, tls=True)
    port = start_proxy(place, server)
    ann, bea = server.people

    use_proxy(place, f"http://127.0.0.1:{port}")
    agent = place.start_agent(server.ca_certificate)
    refused = subprocess.run([place.programs["porchlight"], "sign-in", server.address, ann.email],
                             input=harness.PASSWORD + "\n", env=place.environment,
                             capture_output=True, text=True, check=False)
    assert refused.returncode == 7 and "proxy" in refused.stderr, refused
    print("without credentials: not reached, and said so")
    place.end(agent)

    use_proxy(place, f"http://{USER}:{PASSWORD}@127.0.0.1:{port}")
    before = count_tunnels(place)
    place.start_agent(server.ca_certificate)
    place.sign_in(server, ann)
    place.import_contacts([bea])
    interop.wait_for_state(place, bea, "offline", 20)
    assert count_tunnels(place) - before >= 2, place.read_log("tinyproxy")
    harness.wait_for(lambda: '"state" : "connected"' in place.call(
        place.programs["porchlight"], "status", "--json"), 20, "the WebSocket")
    print("with credentials: requests and the WebSocket go through CONNECT")


harness.run(test)
