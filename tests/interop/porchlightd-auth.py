# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent signs in at porchlightd itself, by what runs at Supabase Auth too: see sign_in.py."""
import harness
import sign_in
import supabase_auth

# PORCH_REFRESH_REUSE_WINDOW_US
REUSE_SECONDS = 10
SENDMAIL = """#!/bin/sh
message=$(mktemp "$(dirname "$0")/part.XXXXXX") && cat > "$message" && mv "$message" "$message.sent"
"""


class MailFolder(supabase_auth.Mailbox):
    """A sendmail that keeps every message in a folder."""

    def __init__(self, place):
        self.folder = place.path / "mail"
        self.folder.mkdir()
        self.command = self.folder / "sendmail"
        self.command.write_text(SENDMAIL)
        self.command.chmod(0o700)

    @property
    def messages(self):
        sent = sorted(self.folder.glob("*.sent"), key=lambda path: path.stat().st_mtime_ns)
        return [self._read(path.read_text()) for path in sent]

    @staticmethod
    def _read(message):
        head, _, text = message.partition("\n\n")
        headers = dict(line.split(": ", 1) for line in head.splitlines())
        return headers["To"], text


class PorchlightdAuth(supabase_auth.Service):
    reuse_seconds = REUSE_SECONDS

    def __init__(self, place):
        self.place = place
        self.mail = MailFolder(place)
        self.server = harness.Server(place, 1, config={
            "mail": {"sendmail": f"'{self.mail.command}'", "from": "porchlight@project.example"},
        })
        self.gateway = supabase_auth.Gateway(self.server.secrets["anon-key"], "/auth/v1")
        self.gateway.auth_port = self.server.port

    def add_person(self, address):
        self.place.call(self.place.programs["porchlightd"], "--data", self.server.data, "user", "add",
                        address, "--name", "A Person", input=harness.PASSWORD + "\n")


def test(place):
    place.start_session()
    auth = PorchlightdAuth(place)
    auth.add_person(sign_in.ANN)
    auth.add_person(sign_in.BEA)
    place.start_agent()

    sign_in.check_all(place, auth)


harness.run(test)
