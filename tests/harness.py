# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What tests and benchmarks of whole programs share: a place of their own, the real programs in it,
and figures.

Each runs in a temporary folder with its own XDG folders, session bus, keyring and, where it needs
one, X server. It talks over the loopback alone, and ends every process that it started, by its id.
Its command line is the list of programs that meson.build hands it, NAME=PATH each.

A test asserts. A benchmark prints its figures and never fails for a goal that is missed: figures say how things are.
It fails when it could not measure, and is skipped when a tool that it needs is not there.
"""
import base64
import configparser
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
import zlib

SKIP = 77
AGENT_BUS_NAME = "app.porchlight.Porchlight.Agent"
ACCESSIBILITY_SERVICE = "/usr/share/dbus-1/services/org.a11y.Bus.service"
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
PASSWORD = "correct horse battery staple"
AVATAR_PIXELS = 128
PICTURES_MAX = 200
LOG_LINES = 20


class Skipped(Exception):
    """A tool that this needs is missing."""


def figure(what, measured, goal="", holds=None):
    """Prints one figure. A figure without a goal is there to compare with."""
    verdict = {None: "", True: "holds", False: "falls short"}[holds]
    print(f"{what} | {measured} | {goal} | {verdict}", flush=True)


def run(body):
    """Runs body(place) in a place of its own, with the exit code that meson expects."""
    programs = dict(argument.split("=", 1) for argument in sys.argv[1:])
    try:
        with Place(programs) as place:
            try:
                body(place)
            except Exception:
                place.print_logs()
                raise
    except Skipped as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIP)


def wait_for(condition, seconds, what):
    """Waits until condition() is true and returns what it said."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"gave up waiting for {what}")
        time.sleep(0.02)
    return result


def accepts(socket_path):
    """Whether somebody listens there: a socket's file is there a moment sooner."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(socket_path) == 0


def percentile(values, percent):
    """The smallest value that at least this many percent of the values do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]


def median(values):
    return percentile(values, 50)


class Place:
    """A temporary folder, what runs in it, and the environment that keeps it to itself."""

    def __init__(self, programs):
        self.programs = programs
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="porchlight-test."))
        self.processes = []
        self.environment = self._make_environment()

    def _make_environment(self):
        home = self.path / "home"
        runtime = self.path / "run"
        for folder in (home, runtime):
            folder.mkdir(mode=0o700)
        passed_on = {"PATH", "GSETTINGS_SCHEMA_DIR", "LD_LIBRARY_PATH"}
        environment = {k: v for k, v in os.environ.items() if k in passed_on}
        environment.update(
            HOME=str(home),
            XDG_DATA_HOME=str(home / ".local/share"),
            XDG_CONFIG_HOME=str(home / ".config"),
            XDG_CACHE_HOME=str(home / ".cache"),
            XDG_STATE_HOME=str(home / ".local/state"),
            XDG_RUNTIME_DIR=str(runtime),
            GSETTINGS_BACKEND="keyfile",
            GTK_USE_PORTAL="0",
            LC_ALL="C.UTF-8",
            TZ="UTC",
        )
        return environment

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.end(process)
        shutil.rmtree(self.path, ignore_errors=True)

    def need(self, *tools):
        """Skips unless these are installed."""
        for tool in tools:
            if shutil.which(tool) is None:
                raise Skipped(f"{tool} is not installed")

    def start(self, *command, name=None, **options):
        """Starts a process whose output goes to NAME.log, and ends it with this place."""
        name = name or pathlib.Path(command[0]).name
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("env", self.environment)
        with open(self.path / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log,
                                       cwd=self.path, **options)
        self.processes.append(process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def call(self, *command, **options):
        """Runs a command to its end and returns what it printed."""
        options.setdefault("env", self.environment)
        options.setdefault("timeout", 120)
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              cwd=self.path, check=False, **options)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
        return done.stdout

    def read_log(self, name):
        with contextlib.suppress(FileNotFoundError):
            return (self.path / f"{name}.log").read_text(errors="replace")
        return ""

    def print_logs(self):
        """What the programs said last, for whoever reads why a test failed."""
        for log in sorted(self.path.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            print(f"--- {log.name}", *lines, sep="\n", file=sys.stderr)

    def start_session(self):
        """A session bus that starts nothing but what a screen reader would talk through, as on every
        desktop, and an unlocked keyring."""
        self.need("dbus-daemon", "gnome-keyring-daemon", "gdbus")
        services = self.path / "services"
        services.mkdir()
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(ACCESSIBILITY_SERVICE, services)
        address = f"unix:path={self.path}/run/bus"
        config = self.path / "bus.conf"
        config.write_text(f"""<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
""")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        self.start("dbus-daemon", f"--config-file={config}", "--nofork")
        wait_for(lambda: accepts(str(self.path / "run/bus")), 10, "the session bus")

        keyring = self.start("gnome-keyring-daemon", "--unlock", "--foreground",
                             "--components=secrets", stdin=subprocess.PIPE)
        keyring.stdin.write(secrets.token_hex(16).encode())
        keyring.stdin.close()
        self.wait_for_bus_name("org.freedesktop.secrets")

    def start_display(self):
        """An X server of its own, and GTK told to paint with cairo."""
        self.need("Xvfb")
        reader, writer = os.pipe()
        self.start("Xvfb", "-displayfd", writer, "-screen", "0", "1280x1024x24", "-nolisten", "tcp",
                   pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as numbers:
            display = numbers.readline().strip()
        if not display:
            raise RuntimeError(f"Xvfb did not start: {self.read_log('Xvfb')}")
        self.environment.update(DISPLAY=f":{display}", GDK_BACKEND="x11", GSK_RENDERER="cairo")

    def use_display_of(self, other):
        for name in ("DISPLAY", "GDK_BACKEND", "GSK_RENDERER"):
            self.environment[name] = other.environment[name]

    def wait_for_bus_name(self, name):
        self.call("gdbus", "wait", "--session", "--timeout", "20", name)

    def start_agent(self, ca_certificate=None):
        """Starts the agent, which has to believe a certificate authority where one is given."""
        agent = [self.programs["porchlight-agent"]]
        if ca_certificate is not None:
            agent = self.with_certificate_store(ca_certificate, agent)
        process = self.start(*agent, name="agent")
        self.wait_for_bus_name(AGENT_BUS_NAME)
        return process

    def with_certificate_store(self, ca_certificate, command):
        """A command that runs the given one in place with a certificate store of its own, where the
        authority is beside the system's: what verifies, verifies as it always does."""
        self.need("unshare")
        if not os.path.exists(CA_BUNDLE):
            raise Skipped(f"{CA_BUNDLE} is not there to be bound over")
        bundle = self.path / "ca-bundle.crt"
        bundle.write_bytes(pathlib.Path(CA_BUNDLE).read_bytes() + ca_certificate.read_bytes())
        namespace = ["unshare", "--mount"]
        if os.geteuid() != 0:
            # The same user inside as outside, or the session bus refuses it.
            namespace += ["--user", "--map-current-user", "--keep-caps"]
        probe = subprocess.run([*namespace, "true"], capture_output=True, text=True, check=False)
        if probe.returncode != 0:
            raise Skipped(f"no mount namespace to be had: {probe.stderr.strip()}")
        script = 'mount --bind "$0" "$1" && shift && exec "$@"'
        return [*namespace, "sh", "-c", script, bundle, CA_BUNDLE, *command]

    def call_account(self, method, *arguments):
        """Calls a method of the signed-in person's account on the agent."""
        agent = ("gdbus", "call", "--session", "--dest", AGENT_BUS_NAME, "--object-path")
        accounts = self.call(*agent, "/app/porchlight/Agent", "--method",
                             "org.freedesktop.DBus.Properties.Get", "app.porchlight.Agent1",
                             "Accounts")
        account = re.search(r"'(/[^']+)'", accounts)[1]
        return self.call(*agent, account, "--method", f"app.porchlight.Account1.{method}",
                         *arguments)

    def sign_in(self, server, person):
        self.call(self.programs["porchlight"], "sign-in", server.address, person.email,
                  input=PASSWORD + "\n")

    def import_contacts(self, people):
        """Puts people on the signed-in person's list, as `porchlight import` does."""
        contacts = self.path / "contacts.json"
        exported = json.loads(self.call(self.programs["porchlight"], "export"))
        exported["contacts"] = [{"id": person.id, "name": person.name} for person in people]
        contacts.write_text(json.dumps(exported))
        self.call(self.programs["porchlight"], "import", contacts)

    def read_states(self):
        """The contacts' states by id, as `porchlight status --json` prints them."""
        status = json.loads(self.call(self.programs["porchlight"], "status", "--json"))
        return {contact["id"]: contact["status"] for contact in status["contacts"]}


class Person:
    def __init__(self, number, first_name=None):
        self.id = str(uuid.UUID(int=(0xBE << 120) | number, version=4))
        self.email = f"person{number}@bench.example"
        self.first_name = first_name or f"Person {number:05}"
        self.last_name = "Bench"

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}"


class Server:
    """A real porchlightd on a free port of the loopback, with people in its database."""

    def __init__(self, place, n_people, *, tls=False, core=None, pictures=False, apart=False,
                 config=None, host="127.0.0.1", port=0, inside=()):
        """core pins it to one; pictures gives the first people some; apart keeps it from sharing
        libraries with what else runs, as on another machine; config has the keys of its
        configuration file by section; inside is a command that runs it somewhere else, where it
        listens at host."""
        self.host = host
        self.listen = f"{host}:{port}"
        self.place = place
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="server.", dir=place.path))
        self.ca_certificate = None
        self.people = [Person(number) for number in range(n_people)]
        self._add_people(pictures)

        command = [*inside, place.programs["porchlightd"], "--data", self.data,
                   "--listen", self.listen]
        if config is not None:
            command += ["--config", self._write_config(config)]
        if core is not None:
            place.need("taskset")
            command = ["taskset", "--cpu-list", core, *command]
        if tls:
            certificate, key = self._make_certificates()
            command += ["--tls-cert", certificate, "--tls-key", key]
        self.log = self.data.name
        environment = dict(place.environment)
        if apart:
            environment["LD_LIBRARY_PATH"] = str(self._copy_libraries())
        self.environment = environment
        self.command = command
        self.process = place.start(*command, name=self.log, env=environment)
        self.address = wait_for(self._read_address, 30, "porchlightd's address")
        self.port = port or urllib.parse.urlsplit(self.address).port
        self.is_tls = tls
        self._read_secrets()

    def _write_config(self, config):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_dict(config)
        path = self.data / "porchlightd.conf"
        with open(path, "w") as file:
            parser.write(file)
        return path

    def _read_address(self):
        found = re.search(r"^Address: (\S+)$", self.place.read_log(self.log), re.M)
        if not found and self.process.poll() is not None:
            raise RuntimeError(f"porchlightd: {self.place.read_log(self.log)}")
        return found and found[1]

    def _read_secrets(self):
        text = (self.data / "secrets").read_text()
        self.secrets = dict(re.findall(r"^([\w-]+)=(.*)$", text, re.M))

    def _add_people(self, pictures):
        """The first through porchlightd, the others by SQL: a password hash is slow on purpose."""
        first = self.people[0]
        self.place.call(self.place.programs["porchlightd"], "--data", self.data, "user", "add",
                        first.email, "--name", first.name, input=PASSWORD + "\n")
        with contextlib.closing(sqlite3.connect(self._find_database())) as database, database:
            first.id, password_hash, created_at = database.execute(
                "SELECT id, password_hash, created_at FROM users").fetchone()
            database.executemany(
                "INSERT INTO users (id, email, password_hash, first_name, last_name, folded_name,"
                " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((person.id, person.email, password_hash, person.first_name, person.last_name,
                  person.name.lower(), created_at) for person in self.people[1:]))
            # Everybody was there once, some minutes, hours or days ago.
            now_us = time.time_ns() // 1000
            database.executemany(
                "INSERT INTO presences (user_id, client, is_online, is_person_online, last_active)"
                " VALUES (?, '', 0, 0, ?)",
                ((person.id, now_us - (6 + 7 * number) * 60_000_000)
                 for number, person in enumerate(self.people[1:])))
            if pictures:
                database.executemany(
                    "INSERT INTO avatars (user_id, content_type, version, image)"
                    " VALUES (?, 'image/png', '1', ?)",
                    ((person.id, make_picture(number))
                     for number, person in enumerate(self.people[:PICTURES_MAX])))

    def _find_database(self):
        for path in self.data.iterdir():
            with open(path, "rb") as file:
                if file.read(15) == b"SQLite format 3":
                    return path
        raise FileNotFoundError(f"no database in {self.data}")

    def _copy_libraries(self):
        folder = self.place.path / f"{self.data.name}-libraries"
        folder.mkdir()
        program = self.place.programs["porchlightd"]
        for path in re.findall(r"=> (/\S+)", self.place.call("ldd", program)):
            shutil.copy(path, folder)
        return folder

    def _make_certificates(self):
        """An authority and a certificate for the loopback from it."""
        self.place.need("openssl")
        folder = self.place.path / f"{self.data.name}-tls"
        folder.mkdir()
        authority, authority_key = folder / "ca.crt", folder / "ca.key"
        certificate, key = folder / "server.crt", folder / "server.key"
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self.place.call("openssl", "req", "-x509", *new_key, "-days", "2", "-subj",
                        "/CN=Porchlight benchmark authority", "-keyout", authority_key, "-out",
                        authority)
        self.place.call("openssl", "req", "-x509", *new_key, "-days", "1", "-subj", "/CN=127.0.0.1",
                        "-addext", f"subjectAltName=IP:{self.host}",
                        "-addext", "basicConstraints=critical,CA:FALSE",
                        "-CA", authority, "-CAkey", authority_key, "-keyout", key, "-out",
                        certificate)
        self.ca_certificate = authority
        return certificate, key

    def stop(self):
        self.place.end(self.process)

    def kill(self):
        self.process.kill()
        self.place.end(self.process)

    def start_again(self):
        """On the same port, with the same data."""
        command = [f"{self.host}:{self.port}" if word == self.listen else word
                   for word in self.command]
        self.process = self.place.start(*command, name=self.log, env=self.environment)

    def make_token(self, person, lifetime_s=3600):
        """An access token for a session of the person's, as porchlightd signs them."""
        def encode(value):
            text = json.dumps(value, separators=(",", ":")).encode()
            return base64.urlsafe_b64encode(text).rstrip(b"=")

        now = int(time.time())
        signed = encode({"alg": "HS256", "typ": "JWT"}) + b"." + encode({
            "sub": person.id, "aud": "authenticated", "role": "authenticated",
            "email": person.email, "session_id": str(uuid.uuid4()), "aal": "aal1",
            "iat": now, "exp": now + lifetime_s, "iss": f"{self.address}/auth/v1",
        })
        digest = hmac.digest(self.secrets["jwt-secret"].encode(), signed, "sha256")
        return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()

    def connect(self):
        """An HTTP connection of its own."""
        if not self.is_tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=20)
        context = ssl.create_default_context(cafile=self.ca_certificate)
        return http.client.HTTPSConnection(self.host, self.port, timeout=20, context=context)

    def publish(self, connection, events):
        """Has up to ten events, (channel, name, data) each, sent to whoever is subscribed, as a web
        application's own server would by Pusher's HTTP API."""
        path = f"/apps/{self.secrets['pusher-app-id']}/batch_events"
        body = json.dumps({"batch": [{"channel": channel, "name": name, "data": data}
                                     for channel, name, data in events]})
        query = "&".join((f"auth_key={self.secrets['pusher-key']}",
                          f"auth_timestamp={int(time.time())}", "auth_version=1.0",
                          f"body_md5={hashlib.md5(body.encode()).hexdigest()}"))
        signature = hmac.new(self.secrets["pusher-secret"].encode(),
                             f"POST\n{path}\n{query}".encode(), hashlib.sha256).hexdigest()
        connection.request("POST", f"{path}?{query}&auth_signature={signature}", body,
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the server answered {answer.status}: {text}")

    def sign_channel(self, socket_id, channel, channel_data=""):
        """What /api/pusher/auth would answer."""
        signed = f"{socket_id}:{channel}" + (f":{channel_data}" if channel_data else "")
        digest = hmac.new(self.secrets["pusher-secret"].encode(), signed.encode(), hashlib.sha256)
        return f"{self.secrets['pusher-key']}:{digest.hexdigest()}"


class StatusSetter:
    """Sets one person's status as their program would, over a connection that stays open."""

    def __init__(self, server, person):
        self.connection = server.connect()
        self.headers = {"Authorization": f"Bearer {server.make_token(person)}",
                        "Content-Type": "application/json"}

    def set(self, status):
        body = json.dumps({"status": status})
        self.connection.request("POST", "/api/user/presence", body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the server answered {answer.status}: {text}")


class Watch:
    """The changes that `porchlight watch` prints, each with the moment at which it was read."""

    def __init__(self, place):
        self.changes = []
        self.process = subprocess.Popen(
            [place.programs["porchlight"], "watch", "--json"], stdout=subprocess.PIPE, text=True,
            env=place.environment)
        place.processes.append(self.process)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            change = json.loads(line)
            self.changes.append((time.monotonic(), change["id"], change["status"]))

    def find(self, person, status, since):
        """When the person was first seen with this status since then, or None."""
        for moment, user_id, seen in list(self.changes):
            if moment >= since and user_id == person.id and seen == status:
                return moment
        return None

    def wait(self, person, status, since, seconds):
        """Returns how many seconds it took until the person was seen with this status."""
        moment = wait_for(lambda: self.find(person, status, since), seconds,
                                  f"{person.email} to be {status}")
        return moment - since

    def count(self, since):
        return sum(moment >= since for moment, _, _ in self.changes)


def keep_online(server, people, every_seconds=30):
    """Sends these people's heartbeats for as long as this runs."""
    setters = [StatusSetter(server, person) for person in people]

    def beat():
        while True:
            for setter in setters:
                setter.set("online")
            time.sleep(every_seconds)

    threading.Thread(target=beat, daemon=True).start()


def make_picture(number):
    """A PNG of two colours that are this number's own."""
    digest = hashlib.sha256(str(number).encode()).digest()
    rows = b"".join(
        b"\0" + bytes(digest[:3]) * (AVATAR_PIXELS - y) + bytes(digest[3:6]) * y
        for y in range(AVATAR_PIXELS))

    def chunk(name, content):
        return (struct.pack(">I", len(content)) + name + content
                + struct.pack(">I", zlib.crc32(name + content)))

    header = struct.pack(">IIBBBBB", AVATAR_PIXELS, AVATAR_PIXELS, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def read_proportional_kib(pid):
    """PSS: the process's own memory and its share of what it has in common with others."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1])


def read_resident_kib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", text, re.M)[1])


def read_cpu_seconds(pid):
    """Time on a core of all threads, those that have ended too, user and system."""
    # What clock_getcpuclockid(3) makes of a process id; Python offers it for threads alone.
    return time.clock_gettime((~pid << 3) | 2)


class SwitchCounter:
    """How often any thread of a process gave its core away of its own accord."""

    def __init__(self, pid):
        self.tasks = pathlib.Path(f"/proc/{pid}/task")
        self.before = self._read()
        self.latest = dict(self.before)

    def _read(self):
        switches = {}
        for status in self.tasks.glob("*/status"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                switches[status.parent.name] = int(
                    re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.M)[1])
        return switches

    def count_for(self, seconds):
        """Looks once a second: a thread that ends takes its count along."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            time.sleep(min(1, rest))
            self.latest.update(self._read())
        return sum(count - self.before.get(task, 0) for task, count in self.latest.items())
