# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""porchlightd as the API of a project whose people sign in at Supabase Auth itself: it takes their
tokens by the project's secret, by its public keys, and by asking it; the agent finds the project by
porchlightd's address alone."""
import base64
import http.client
import json
import re
import types

import harness
import interop
import supabase_auth

SECRET = "a secret of thirty-two letters or more"


def make_signing_keys(place):
    """An ES256 key as Supabase Auth takes it: a list of JWKs with their private half."""
    text = place.call("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform",
                      "PEM")
    path = place.path / "signing-key.pem"
    path.write_text(text)
    text = place.call("openssl", "ec", "-in", path, "-text", "-noout")

    def read(name):
        found = re.search(rf"{name}:\n((?: +[0-9a-f:]+\n)+)", text)
        return bytes.fromhex(re.sub(r"[^0-9a-f]", "", found[1]))

    def encode(number):
        number = number.rjust(32, b"\0")[-32:]
        return base64.urlsafe_b64encode(number).rstrip(b"=").decode()

    point = read("pub")[1:]
    return json.dumps([{
        "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "signing", "use": "sig",
        "key_ops": ["sign", "verify"], "x": encode(point[:32]), "y": encode(point[32:]),
        "d": encode(read("priv")),
    }])


class Project(supabase_auth.SupabaseAuth):
    """signing_keys are what it signs with; None, as at first, for its secret."""

    signing_keys = None

    def configure(self):
        # The hosted service names itself as the issuer; the program alone names nobody.
        changed = {"GOTRUE_JWT_SECRET": SECRET,
                   "GOTRUE_JWT_ISSUER": f"{self.gateway.address}/auth/v1"}
        if self.signing_keys is not None:
            changed["GOTRUE_JWT_KEYS"] = self.signing_keys
        return super().configure() | changed

    def change_keys(self, signing_keys):
        self.place.end(self.process)
        self.signing_keys = signing_keys
        self.start()


def start_server(place, project, verify):
    config = {"url": project.gateway.address, "anon-key": supabase_auth.ANON_KEY, "verify": verify}
    if verify == "secret":
        config["jwt-secret-file"] = place.path / "jwt-secret"
        config["jwt-secret-file"].write_text(SECRET)
        config["jwt-secret-file"].chmod(0o600)
    return harness.Server(place, 1, config={"supabase": config})


def ask(server, method, path, token, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def check_tokens(server, project, address):
    """Of a session of its own, and of the same after it was refreshed."""
    session = project.sign_in(address)
    token, user_id = session["access_token"], session["user"]["id"]
    online = json.dumps({"status": "online"})
    assert ask(server, "POST", "/api/user/presence", token, online)[0] == 200
    status, answer = ask(server, "GET", f"/api/user/{user_id}/status", token)
    assert (status, answer["status"]) == (200, "online"), answer

    status, session = project.refresh(session["refresh_token"])
    assert status == 200, session
    assert ask(server, "POST", "/api/user/presence", session["access_token"], online)[0] == 200

    head, payload, signature = token.split(".")
    forged = f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert ask(server, "POST", "/api/user/presence", forged, online)[0] == 401
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert ask(server, "POST", "/api/user/presence", f"{unsigned}.{payload}.", online)[0] == 401


def test(place):
    supabase_auth.find_program()
    place.need("openssl")
    place.start_session()
    project = Project(place)
    address = "pat@project.example"
    project.add_person(address)
    for verify in ("secret", "user"):
        check_tokens(start_server(place, project, verify), project, address)

    project.change_keys(make_signing_keys(place))
    check_tokens(start_server(place, project, "user"), project, address)
    server = start_server(place, project, "jwks")
    check_tokens(server, project, address)

    # The agent is told of the project by porchlightd, signs in there, and is taken here.
    session = project.sign_in(address)
    token, path = session["access_token"], f"/api/user/{session['user']['id']}/status"
    offline = json.dumps({"status": "offline"})
    assert ask(server, "POST", "/api/user/presence", token, offline)[0] == 200
    place.start_agent()
    place.sign_in(server, types.SimpleNamespace(email=address))
    harness.wait_for(lambda: ask(server, "GET", path, token)[1]["status"] == "online", 20,
                     "the agent's own person online")


harness.run(test)
