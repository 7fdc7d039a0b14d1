# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""Supabase Auth itself in a place, with all that it needs around it on the loopback: PostgreSQL, a
mail server that catches what is sent, an OpenID provider, and a gateway that stands where a project's
own does. The gateway is also the server that a person types the address of, and can lose answers."""
import base64
import contextlib
import email
import email.policy
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import re
import secrets
import socketserver
import struct
import subprocess
import threading
import time
import urllib.parse

import harness
import interop

ANON_KEY = "anon"
# A used refresh token is taken again for so long.
REUSE_SECONDS = 2
TEMPLATE = b"<p>Your code is {{ .Token }}.</p>"


def find_program():
    program = os.environ.get("SUPABASE_AUTH_BIN")
    if not program:
        raise harness.Skipped("SUPABASE_AUTH_BIN names no Supabase Auth")
    return pathlib.Path(program).resolve()


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Mailbox:
    """What was sent: messages, each the recipient and the text."""

    messages = ()

    def wait_for_code(self, address, n_before):
        """The code in the next message to somebody."""
        def find():
            for recipient, text in self.messages[n_before:]:
                found = re.search(r"Your code is (\w+)", text)
                if recipient == address and found:
                    return found[1]
            return None
        return harness.wait_for(find, 15, f"a message to {address}")


class MailSink(Mailbox, socketserver.ThreadingTCPServer):
    """Takes every message, and delivers none."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.messages = []
        serve(self)

    @property
    def port(self):
        return self.server_address[1]


class MailHandler(socketserver.StreamRequestHandler):
    def reply(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def read_message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        return message.get_body(("html", "plain")).get_content()

    def handle(self):
        recipient = None
        self.reply("220 sink")
        for line in self.rfile:
            verb = line.decode().strip()
            if verb.upper().startswith(("EHLO", "HELO")):
                self.reply("250 sink")
            elif verb.upper().startswith("RCPT"):
                recipient = re.search(r"<([^>]+)>", verb)[1]
                self.reply("250 yes")
            elif verb.upper() == "DATA":
                self.reply("354 go on")
                self.server.messages.append((recipient, self.read_message()))
                self.reply("250 yes")
            elif verb.upper() == "QUIT":
                self.reply("221 bye")
                return
            else:
                self.reply("250 yes")


class QuietHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", content_type="application/json", headers=()):
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        # The agent may have gone, which is what some of the tests are about.
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))


class OpenIdProvider(http.server.ThreadingHTTPServer):
    """A provider as Keycloak is one. It asks nobody anything: whoever comes is this person."""

    daemon_threads = True

    def __init__(self, address):
        super().__init__(("127.0.0.1", 0), OpenIdHandler)
        self.person = {"sub": "42", "email": address, "email_verified": True, "name": "Pia Kay"}
        serve(self)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class OpenIdHandler(QuietHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path.endswith("/userinfo"):
            self.answer(200, self.server.person)
            return
        query = dict(urllib.parse.parse_qsl(url.query))
        back = query["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": "pia", "state": query["state"]})
        self.answer(302, headers=[("Location", back)])

    def do_POST(self):
        self.read_body()
        self.answer(200, {"access_token": "pia", "token_type": "bearer", "expires_in": 300})


class Gateway(http.server.ThreadingHTTPServer):
    """What a project's gateway and its web app's API do, no more. refuses is how many more calls of
    the API are answered 401; loses_refresh is whether the next refresh is done and not answered."""

    daemon_threads = True

    def __init__(self, anon_key=ANON_KEY, auth_base=""):
        """auth_base is where the service has its routes, and anon_key what it knows itself by."""
        super().__init__(("127.0.0.1", 0), GatewayHandler)
        self.anon_key = anon_key
        self.auth_base = auth_base
        self.auth_port = None
        self.refuses = 0
        self.loses_refresh = False
        self.n_refreshes = 0
        self.refresh_tokens = []  # those that were spent, in order
        serve(self)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def describe(self):
        return {
            "version": 1,
            "name": "A real project",
            "supabase": {"url": self.address, "anonKey": self.anon_key},
            "api": {"url": self.address},
            "pusher": {"key": "key", "host": "127.0.0.1", "port": self.server_port, "tls": False,
                       "authEndpoint": "/api/pusher/auth"},
        }

    def ask_auth(self, method, path, body=None, headers=None):
        """Status, headers and body of an answer of Supabase Auth."""
        connection = http.client.HTTPConnection("127.0.0.1", self.auth_port, timeout=30)
        try:
            connection.request(method, self.auth_base + path, body,
                               {**(headers or {}), "apikey": self.anon_key})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


class GatewayHandler(QuietHandler):
    def do_GET(self):
        if self.path == "/.well-known/porchlight":
            self.answer(200, self.server.describe())
        elif self.path == "/template.html":
            self.answer(200, TEMPLATE, "text/html")
        elif self.path.startswith("/auth/v1/"):
            self.pass_on("GET")
        elif self.path.startswith("/app/"):
            self.answer(404)
        else:
            self.answer_api({"userId": "", "status": "offline", "lastActive": None})

    def do_POST(self):
        if self.path.startswith("/auth/v1/"):
            self.pass_on("POST")
        else:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.answer_api({"success": True, "lastActive": now})

    def answer_api(self, answer):
        self.read_body()
        if self.server.refuses > 0:
            self.server.refuses -= 1
            self.answer(401, {"error": "Unauthorized"})
            return
        status, _, _ = self.server.ask_auth(
            "GET", "/user", headers={"Authorization": self.headers.get("Authorization", "")})
        self.answer(200, answer) if status == 200 else self.answer(401, {"error": "Unauthorized"})

    def pass_on(self, method):
        server = self.server
        body = self.read_body()
        is_refresh = "grant_type=refresh_token" in self.path
        if not self.path.startswith(("/auth/v1/authorize", "/auth/v1/callback",
                                     "/auth/v1/.well-known/")):
            assert self.headers["apikey"] == self.server.anon_key, self.path
        kept = {name: value for name, value in self.headers.items()
                if name.lower() not in ("host", "connection", "content-length", "apikey")}
        status, headers, answer = server.ask_auth(method, self.path.removeprefix("/auth/v1"), body,
                                                  kept)
        if is_refresh:
            server.n_refreshes += 1
            server.refresh_tokens.append(json.loads(body)["refresh_token"])
            if server.loses_refresh:
                server.loses_refresh = False
                self.close_connection = True
                self.connection.close()
                return
        passed = [(name, value) for name, value in headers
                  if name.lower() in ("location", "x-sb-error-code", "retry-after")]
        self.answer(status, answer, dict(headers).get("Content-Type", "application/json"), passed)


class Service:
    """Where people sign in, behind the gateway. Has mail, which keeps what was sent."""

    def ask(self, method, path, bearer=None, **body):
        """What a program that is not Porchlight asks. Returns the status and the answer."""
        headers = {"Content-Type": "application/json", "X-Supabase-Api-Version": "2024-01-01"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        status, _, answer = self.gateway.ask_auth(
            method, path, json.dumps(body) if method == "POST" else None, headers)
        return status, json.loads(answer) if answer else {}

    def sign_in(self, address):
        """A session of the same person elsewhere."""
        status, answer = self.ask("POST", "/token?grant_type=password", email=address,
                                  password=harness.PASSWORD)
        assert status == 200, answer
        return answer

    def refresh(self, refresh_token):
        return self.ask("POST", "/token?grant_type=refresh_token", refresh_token=refresh_token)

    def add_authenticator(self, address):
        """Gives a person a second factor, and returns its secret."""
        token = self.sign_in(address)["access_token"]
        status, factor = self.ask("POST", "/factors", token, factor_type="totp")
        assert status == 200, factor
        secret = factor["totp"]["secret"]
        status, challenge = self.ask("POST", f"/factors/{factor['id']}/challenge", token)
        assert status == 200, challenge
        status, answer = self.ask("POST", f"/factors/{factor['id']}/verify", token,
                                  challenge_id=challenge["id"], code=make_totp(secret, -1))
        assert status == 200, answer
        return secret


class SupabaseAuth(Service):
    """Supabase Auth on a PostgreSQL of its own, with its own migrations."""

    reuse_seconds = REUSE_SECONDS

    def __init__(self, place):
        self.program = find_program()
        self.place = place
        self.postgres = interop.Postgres(place)
        for statement in (
                "CREATE ROLE supabase_auth_admin NOINHERIT CREATEROLE LOGIN",
                "CREATE ROLE anon", "CREATE ROLE authenticated", "CREATE ROLE service_role",
                "CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin",
                "GRANT CREATE ON DATABASE postgres TO supabase_auth_admin",
                "ALTER USER supabase_auth_admin SET search_path = 'auth'"):
            self.postgres.run(statement)
        self.mail = MailSink()
        self.provider = OpenIdProvider("pia@project.example")
        self.gateway = Gateway()
        self.start()

    def start(self):
        self.gateway.auth_port = interop.find_free_port()
        environment = dict(self.place.environment, **self.configure())
        done = subprocess.run([self.program, "migrate"], env=environment, capture_output=True,
                              text=True, cwd=self.place.path, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"Supabase Auth cannot migrate: {done.stderr[-2000:]}")
        self.process = self.place.start(self.program, "serve", name="supabase-auth",
                                        env=environment)
        harness.wait_for(lambda: interop.accepts(self.gateway.auth_port), 30, "Supabase Auth")

    def configure(self):
        gateway = self.gateway.address
        return {
            "GOTRUE_DB_DRIVER": "postgres",
            "DB_NAMESPACE": "auth",
            "DATABASE_URL": "postgres://supabase_auth_admin@127.0.0.1:"
                            f"{self.postgres.port}/postgres?sslmode=disable",
            "GOTRUE_JWT_SECRET": secrets.token_hex(32),
            "GOTRUE_JWT_EXP": "3600",
            "GOTRUE_JWT_AUD": "authenticated",
            "GOTRUE_API_HOST": "127.0.0.1",
            "PORT": str(self.gateway.auth_port),
            "API_EXTERNAL_URL": f"{gateway}/auth/v1",
            "GOTRUE_SITE_URL": "https://project.example",
            "GOTRUE_DISABLE_SIGNUP": "false",
            "GOTRUE_EXTERNAL_EMAIL_ENABLED": "true",
            "GOTRUE_MAILER_AUTOCONFIRM": "false",
            "GOTRUE_MAILER_TEMPLATES_MAGIC_LINK": f"{gateway}/template.html",
            "GOTRUE_MAILER_TEMPLATES_CONFIRMATION": f"{gateway}/template.html",
            "GOTRUE_MAILER_TEMPLATES_RECOVERY": f"{gateway}/template.html",
            "GOTRUE_SMTP_HOST": "127.0.0.1",
            "GOTRUE_SMTP_PORT": str(self.mail.port),
            "GOTRUE_SMTP_ADMIN_EMAIL": "admin@project.example",
            "GOTRUE_SMTP_MAX_FREQUENCY": "1s",
            "GOTRUE_RATE_LIMIT_EMAIL_SENT": "1000",
            "GOTRUE_EXTERNAL_KEYCLOAK_ENABLED": "true",
            "GOTRUE_EXTERNAL_KEYCLOAK_CLIENT_ID": "porchlight",
            "GOTRUE_EXTERNAL_KEYCLOAK_SECRET": secrets.token_hex(16),
            "GOTRUE_EXTERNAL_KEYCLOAK_REDIRECT_URI": f"{gateway}/auth/v1/callback",
            "GOTRUE_EXTERNAL_KEYCLOAK_URL": self.provider.url,
            "GOTRUE_MFA_TOTP_ENROLL_ENABLED": "true",
            "GOTRUE_MFA_TOTP_VERIFY_ENABLED": "true",
            "GOTRUE_SECURITY_REFRESH_TOKEN_ROTATION_ENABLED": "true",
            "GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL": str(REUSE_SECONDS),
        }

    def add_person(self, address):
        """An account whose email address is confirmed."""
        n_before = len(self.mail.messages)
        status, answer = self.ask("POST", "/signup", email=address, password=harness.PASSWORD)
        assert status == 200, answer
        code = self.mail.wait_for_code(address, n_before)
        status, answer = self.ask("POST", "/verify", type="email", email=address, token=code)
        assert status == 200, answer


def make_totp(secret, steps=0):
    """RFC 6238, six digits of half a minute: of this one, or of one before it or after. A code counts
    once, so who needs two takes the one before first."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
