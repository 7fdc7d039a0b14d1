# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the agent does at a service where people sign in, whichever it is: the same bodies run at Supabase
Auth itself and at porchlightd, so that the two cannot drift apart."""
import json
import subprocess
import time

import harness
import supabase_auth

ANN = "ann@project.example"
BEA = "bea@project.example"
NEW = "new@project.example"
FRIEND = "0b000000-0000-4000-8000-000000000002"


def porchlight(place, *arguments, **options):
    return place.call(place.programs["porchlight"], *arguments, **options)


def run(place, *arguments, said=None):
    """Runs porchlight, which may fail."""
    return subprocess.run([place.programs["porchlight"], *arguments], capture_output=True, text=True,
                          input=said, env=place.environment, check=False)


def read_status(place):
    """The account, or an empty one where nobody ever signed in, and the ids on the list."""
    done = run(place, "status", "--json")
    status = json.loads(done.stdout) if done.stdout else {"account": {"state": "signed-out"}}
    return status["account"], [contact["id"] for contact in status.get("contacts", [])]


def read_account(place):
    return read_status(place)[0]


def is_signed_out(place):
    return read_account(place)["state"] == "signed-out"


def sign_out(place):
    porchlight(place, "sign-out")
    assert is_signed_out(place)


def provoke_heartbeat(place):
    run(place, "idle", "on")
    run(place, "idle", "off")


def talk(place, *arguments):
    """Starts a sign-in that is going to be asked something."""
    return subprocess.Popen([place.programs["porchlight"], "sign-in", *arguments],
                            env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def finish(process, said=None):
    output, _ = process.communicate(said, timeout=60)
    assert process.returncode == 0, output
    return output


def check_password(place, auth):
    place.call(place.programs["porchlight"], "sign-in", auth.gateway.address, ANN,
               input=harness.PASSWORD + "\n")
    assert read_account(place)["email"] == ANN
    porchlight(place, "add", FRIEND)
    sign_out(place)

    wrong = run(place, "sign-in", auth.gateway.address, ANN, said="wrong\n")
    assert wrong.returncode == 6 and "wrong" in wrong.stderr, wrong
    print("password: signed in, signed out, and refused with a wrong one")


def check_code(place, auth):
    n_before = len(auth.mail.messages)
    process = talk(place, "--code", auth.gateway.address, ANN)
    code = auth.mail.wait_for_code(ANN, n_before)
    finish(process, f"{code[:3]} {code[3:]}\n")
    assert read_account(place)["email"] == ANN
    sign_out(place)

    # Who has no account hears the same, and gets no message.
    n_before = len(auth.mail.messages)
    process = talk(place, "--code", auth.gateway.address, "nobody@project.example")
    output, _ = process.communicate("123456\n", timeout=60)
    assert process.returncode == 6, output
    assert len(auth.mail.messages) == n_before
    print("code by email: signed in, and nobody learns who has an account")


def check_second_step(place, auth):
    secret = auth.add_authenticator(BEA)
    process = talk(place, auth.gateway.address, BEA)
    finish(process, f"{harness.PASSWORD}\n{supabase_auth.make_totp(secret)}\n")
    assert read_account(place)["email"] == BEA
    porchlight(place, "sign-out", "--forget")

    process = talk(place, auth.gateway.address, BEA)
    output, _ = process.communicate(f"{harness.PASSWORD}\n000000\n", timeout=60)
    assert process.returncode == 6, output
    assert is_signed_out(place)
    print("authenticator (TOTP): asked for after the password, and a wrong code lets nobody in")


def force_refresh(place, auth, n_answers=1):
    """The API refuses a token until it is renewed."""
    before = auth.gateway.n_refreshes

    def is_renewed():
        if auth.gateway.n_refreshes == before:
            auth.gateway.refuses = 1
            provoke_heartbeat(place)
        return auth.gateway.n_refreshes >= before + n_answers
    harness.wait_for(is_renewed, 30, "a refresh")
    auth.gateway.refuses = 0


def check_rotation(place, auth):
    place.call(place.programs["porchlight"], "sign-in", auth.gateway.address, ANN,
               input=harness.PASSWORD + "\n")
    for _ in range(3):
        force_refresh(place, auth)
    spent = auth.gateway.refresh_tokens
    assert len(set(spent)) == len(spent) >= 3, "a token was spent twice"
    assert not is_signed_out(place)

    auth.gateway.loses_refresh = True
    force_refresh(place, auth, 2)
    assert spent[-1] == spent[-2], "the answer was lost, so the same token is asked with again"
    force_refresh(place, auth)
    assert not is_signed_out(place)
    print("refresh tokens: rotate, and a lost answer costs nothing")


def check_parent_token(auth):
    """protocols.md: the parent of the newest token is taken again, however late."""
    first = auth.sign_in(ANN)["refresh_token"]
    status, second = auth.refresh(first)
    assert status == 200, second
    time.sleep(auth.reuse_seconds + 1)
    status, again = auth.refresh(first)
    assert status == 200, again
    print("refresh tokens: the newest one's parent is taken after the reuse interval too")


def wait_for_sign_out(place, auth):
    def try_again():
        auth.gateway.refuses = 1
        provoke_heartbeat(place)
        return is_signed_out(place)
    harness.wait_for(try_again, 30, "the end of the session")
    return read_account(place)


def check_reuse(place, auth):
    stolen = auth.gateway.refresh_tokens[0]
    time.sleep(auth.reuse_seconds + 1)
    status, answer = auth.refresh(stolen)
    assert status == 400 and answer["code"] == "refresh_token_already_used", answer
    # What it revokes at that moment is taken for the reuse interval still.
    time.sleep(auth.reuse_seconds + 1)
    wait_for_sign_out(place, auth)
    assert FRIEND in read_status(place)[1], "the list is kept"

    place.call(place.programs["porchlight"], "sign-in", auth.gateway.address, ANN,
               input=harness.PASSWORD + "\n")
    assert FRIEND in read_status(place)[1]
    print("a reused token: the session ends, the list stays, one sign-in brings it back")


def check_revoked(place, auth):
    elsewhere = auth.sign_in(ANN)
    status, answer = auth.ask("POST", "/logout?scope=others", elsewhere["access_token"])
    assert status == 204, answer
    wait_for_sign_out(place, auth)
    print("a revoked session: signed out")


def check_sign_out_others(place, auth):
    place.call(place.programs["porchlight"], "sign-in", auth.gateway.address, ANN,
               input=harness.PASSWORD + "\n")
    elsewhere = auth.sign_in(ANN)
    porchlight(place, "sign-out", "--others")
    status, answer = auth.refresh(elsewhere["refresh_token"])
    assert status == 400, answer
    assert not is_signed_out(place)
    print("others: signed out from here")


def check_all(place, auth):
    check_password(place, auth)
    check_code(place, auth)
    check_second_step(place, auth)
    check_rotation(place, auth)
    check_parent_token(auth)
    check_reuse(place, auth)
    check_revoked(place, auth)
    check_sign_out_others(place, auth)
