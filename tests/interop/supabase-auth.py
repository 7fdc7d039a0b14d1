# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""The agent signs in at Supabase Auth itself, in every way that it has, and stays signed in as long as
Supabase Auth says so: the program that SUPABASE_AUTH_BIN names, run with its own migrations."""
import re
import urllib.request

import harness
import supabase_auth
from sign_in import (ANN, BEA, NEW, check_all, finish, porchlight, read_account, talk)


def check_new_account(place, auth):
    n_before = len(auth.mail.messages)
    process = talk(place, "--new-account", auth.gateway.address, NEW)
    process.stdin.write(harness.PASSWORD + "\n")
    process.stdin.flush()
    code = auth.mail.wait_for_code(NEW, n_before)
    finish(process, code + "\n")
    assert read_account(place)["email"] == NEW
    porchlight(place, "sign-out", "--forget")
    print("new account: made, confirmed by the code of its message, signed in")


def check_browser(place, auth):
    process = talk(place, "--provider", "keycloak", auth.gateway.address)
    address = None
    while address is None:
        line = process.stdout.readline()
        assert line, "no address to open"
        found = re.search(r"http://\S+", line)
        address = found and found[0]
    page = urllib.request.urlopen(address, timeout=30)
    assert page.url.startswith("http://127.0.0.1:"), page.url
    assert "close this page" in page.read().decode()
    finish(process)
    assert read_account(place)["email"] == "pia@project.example"
    porchlight(place, "sign-out", "--forget")
    print("browser (PKCE): signed in by an OpenID provider")


def test(place):
    supabase_auth.find_program()
    place.start_session()
    auth = supabase_auth.SupabaseAuth(place)
    auth.add_person(ANN)
    auth.add_person(BEA)
    place.start_agent()

    check_new_account(place, auth)
    check_browser(place, auth)
    check_all(place, auth)


harness.run(test)
