# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""What the interop tests share: packages from npm, a soketi, a PostgreSQL and the web app in web/."""
import fcntl
import hashlib
import http.client
import json
import os
import pathlib
import pwd
import queue
import secrets
import shutil
import socket
import subprocess
import threading

import harness

HERE = pathlib.Path(__file__).parent
INSTALL_SECONDS = 300
PAGE_FOLDER = "page"


def find_cache():
    """Where what is fetched is kept between runs and build folders."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "porchlight-tests"


def install_packages():
    """Installs what package.json names, once for all tests, and returns the folder."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise harness.Skipped(f"{tool} is not installed")
    manifest = HERE / "package.json"
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()[:16]
    folder = find_cache() / f"npm-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.copy(manifest, folder)
            command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
            try:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL, timeout=INSTALL_SECONDS,
                                      check=False)
            except subprocess.TimeoutExpired as error:
                raise harness.Skipped("npm did not answer in time") from error
            if done.returncode != 0:
                raise harness.Skipped("npm could not install what package.json names")
            (folder / "complete").touch()
    return folder


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find_postgres_programs():
    """The folder of initdb and postgres, which Debian keeps out of PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise harness.Skipped("PostgreSQL is not installed")
    return found[-1].parent


class Postgres:
    """A PostgreSQL of its own in the place, reached over a socket of the place alone."""

    def __init__(self, place, *, durable=False):
        programs = find_postgres_programs()
        self.place = place
        self.folder = place.path / "postgres"
        self.folder.mkdir()
        options = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            try:
                user = pwd.getpwnam("postgres")
            except KeyError as error:
                raise harness.Skipped("there is no user named postgres") from error
            options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            place.path.chmod(0o711)
        place.call(programs / "initdb", "--pgdata", self.folder / "data", "--username=postgres",
                   "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", **options)
        self.port = find_free_port()
        self.process = place.start(
            programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-p", self.port,
            "-c", "listen_addresses=127.0.0.1", "-c", f"fsync={'on' if durable else 'off'}",
            name="postgres", **options)
        harness.wait_for(lambda: accepts(self.port), 30, "PostgreSQL")
        harness.wait_for(self._answers, 30, "PostgreSQL to answer")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.conninfo = f"host={self.folder} port={self.port} user=postgres dbname=postgres"

    def _answers(self):
        try:
            self.run("SELECT 1")
        except RuntimeError:
            return False
        return True

    def run(self, sql):
        """What psql answers to a statement, a row a line."""
        return self.place.call("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h",
                               "127.0.0.1", "-p", self.port, "-U", "postgres", "-d", "postgres",
                               "-c", sql)


class Cluster:
    """A Pusher-compatible cluster that is not ours, with one app, held to the loopback."""

    def __init__(self, place, name, command, environment=None):
        """host, port, id, key and secret are known by now."""
        self.place, self.name = place, name
        self.command, self.environment = command, {**place.environment, **(environment or {})}
        self.start()

    def _make_app(self):
        self.id, self.key, self.secret = "porch", secrets.token_hex(8), secrets.token_hex(16)
        self.host, self.port = "127.0.0.1", find_free_port()

    def start(self):
        self.process = self.place.start(*self.command, name=self.name, env=self.environment)
        harness.wait_for(lambda: accepts(self.port), 30, self.name)

    def kill(self):
        """Without a word to its clients."""
        self.process.kill()
        self.place.end(self.process)


class Soketi(Cluster):
    """soketi, from npm."""

    def __init__(self, place, packages):
        self._make_app()
        config = place.path / "soketi.json"
        config.write_text(json.dumps({
            "host": self.host,
            "port": self.port,
            # It would look for others of its kind by broadcast, and offer its figures to everybody.
            "cluster.address": self.host,
            "cluster.broadcast": self.host,
            "cluster.port": find_free_port(),
            "metrics.host": self.host,
            "metrics.port": find_free_port(),
            "appManager.array.apps": [{
                "id": self.id, "key": self.key, "secret": self.secret,
                "enableClientMessages": False, "enabled": True,
                "maxConnections": -1, "maxBackendEventsPerSecond": -1,
                "maxClientEventsPerSecond": -1, "maxReadRequestsPerSecond": -1,
            }],
        }))
        super().__init__(place, "soketi", [
            "node", packages / "node_modules/@soketi/soketi/bin/server.js", "start",
            f"--config={config}"])


class Sockudo(Cluster):
    """sockudo, where SOCKUDO_BIN or PATH has it."""

    def __init__(self, place):
        program = os.environ.get("SOCKUDO_BIN") or shutil.which("sockudo")
        if program is None:
            raise harness.Skipped("sockudo is not installed, and SOCKUDO_BIN names none")
        self._make_app()
        super().__init__(place, "sockudo", [program], {
            "HOST": self.host, "PORT": str(self.port), "METRICS_ENABLED": "false",
            "RATE_LIMITER_ENABLED": "false",
            "SOCKUDO_DEFAULT_APP_ID": self.id, "SOCKUDO_DEFAULT_APP_KEY": self.key,
            "SOCKUDO_DEFAULT_APP_SECRET": self.secret,
        })


def publish_to(place, cluster):
    """The configuration of a porchlightd that publishes to a cluster."""
    secret = place.path / "pusher-secret"
    secret.write_text(cluster.secret)
    secret.chmod(0o600)
    return {
        "publisher": {"kind": "pusher"},
        "pusher": {"app-id": cluster.id, "key": cluster.key, "secret-file": secret,
                   "host": cluster.host, "port": cluster.port, "tls": "false"},
    }


class LineReader:
    """A process that says one JSON object a line: what it said, kept in order."""

    def __init__(self, place, *command, name, environment=None):
        self.said = []
        self._arrived = queue.Queue()
        log = open(place.path / f"{name}.log", "ab")
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, cwd=place.path, text=True, env=environment or place.environment)
        log.close()
        place.processes.append(self.process)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def wait_for(self, matches, seconds, what):
        """The first line, said before or still to come, that matches. It is taken out."""
        def find():
            while not self._arrived.empty():
                self.said.append(self._arrived.get())
            for index, line in enumerate(self.said):
                if matches(line):
                    return self.said.pop(index)
            if self.process.poll() is not None and self._arrived.empty():
                raise RuntimeError(f"ended while waiting for {what}; it had said {self.said}")
            return None

        try:
            return harness.wait_for(find, seconds, what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it had said {self.said}") from error


def copy_web(place, packages):
    """web/ in a folder beside what it imports from npm."""
    folder = place.path / "web"
    shutil.copytree(HERE / "web", folder)
    shutil.copy(HERE / "drive-page.mjs", folder)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return folder


def write_config(place, auth, api_base, cluster):
    """What the web client knows of a server."""
    path = place.path / "web-config.json"
    path.write_text(json.dumps({
        "supabaseUrl": auth.address,
        "supabaseAnonKey": auth.secrets["anon-key"],
        "apiBase": api_base,
        "pusherKey": cluster.key,
        "pusherHost": cluster.host,
        "pusherPort": cluster.port,
    }))
    return path


def bundle_page(place, packages, web_folder, config_path):
    """The page, with what it imports from npm in one file, as a web app's build makes it."""
    folder = place.path / PAGE_FOLDER
    folder.mkdir()
    shutil.copy(web_folder / "page/index.html", folder)
    shutil.copy(config_path, folder / "config.json")
    place.call(packages / "node_modules/.bin/esbuild", web_folder / "page/page.mjs", "--bundle",
               "--format=esm", "--log-level=error", f"--outfile={folder / 'page.js'}")
    return folder


def serve_files(place, folder, port):
    place.start("/usr/bin/python3", "-m", "http.server", port, "--bind", "127.0.0.1",
                "--directory", folder, name=f"files-{port}")
    harness.wait_for(lambda: accepts(port), 10, "the files")


class Broker:
    """The Pusher-compatible cluster that a porchlightd is by itself."""

    def __init__(self, server):
        self.id, self.key = server.secrets["pusher-app-id"], server.secrets["pusher-key"]
        self.secret = server.secrets["pusher-secret"]
        self.host, self.port = "127.0.0.1", server.port


class WebApp:
    """The web app of web/, on PostgreSQL and a Pusher-compatible cluster, with Supabase Auth's part
    played by a porchlightd whose people these are."""

    def __init__(self, place, packages, postgres, cluster, auth, people, port=None):
        self.folder = copy_web(place, packages)
        self.port = port or find_free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.cluster, self.auth = cluster, auth
        self._make_users(postgres, people)
        self.config_path = write_config(place, auth, self.address, cluster)
        environment = dict(
            place.environment,
            SUPABASE_URL=auth.address, SUPABASE_ANON_KEY=auth.secrets["anon-key"],
            DATABASE_URL=postgres.url, PUSHER_APP_ID=cluster.id, PUSHER_KEY=cluster.key,
            PUSHER_SECRET=cluster.secret, PUSHER_HOST=cluster.host, PUSHER_PORT=str(cluster.port))
        self.server = LineReader(place, "node", self.folder / "server.mjs", self.port,
                                 place.path / PAGE_FOLDER, name="web-app", environment=environment)
        self.server.wait_for(lambda said: said["event"] == "listening", 20, "the web app")

    def _make_users(self, postgres, people):
        postgres.run('CREATE TABLE "User" (id text PRIMARY KEY, "firstName" text, "lastName" text,'
                     ' avatar text, "lastActive" timestamptz)')
        rows = ", ".join(f"('{person.id}', '{person.first_name}', '{person.last_name}')"
                         for person in people)
        postgres.run(f'INSERT INTO "User" (id, "firstName", "lastName") VALUES {rows}')

    def connect(self):
        """An HTTP connection of its own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def make_token(self, person):
        return self.auth.make_token(person)

    def answer(self, how):
        """Makes the API answer so from now on: None as it should, a status, "html" or "nothing"."""
        self.server.tell(answer=how)
        self.server.wait_for(lambda said: said["event"] == "answers", 10, "the web app's word")

    def describe(self):
        """What somebody who sets a program up by hand is told, as a discovery document has it."""
        return {
            "version": 1,
            "name": "The web app",
            "supabase": {"url": self.auth.address, "anonKey": self.auth.secrets["anon-key"]},
            "api": {"url": self.address},
            "pusher": {"key": self.cluster.key, "host": self.cluster.host, "cluster": None,
                       "port": self.cluster.port, "tls": False,
                       "authEndpoint": "/api/pusher/auth"},
        }


class WebClient(LineReader):
    """The web client of web/ in Node, signed in as a person."""

    def __init__(self, place, folder, config_path, person):
        super().__init__(place, "node", folder / "node-client.mjs", config_path,
                         name=f"web-client-{person.first_name}")
        self.tell(do="sign-in", email=person.email, password=harness.PASSWORD)
        self.wait_for(lambda said: said["event"] == "signed-in", 20, "the web client to sign in")

    def watch(self, person):
        self.tell(do="watch", userId=person.id)

    def wait_for_status(self, person, status, seconds=10):
        return self.wait_for(
            lambda said: (said["event"] == "status" and said["userId"] == person.id
                          and said["status"] == status), seconds, f"{person.name} {status}")


def set_up(place, app, person):
    """Signs the agent in to a web app that knows nothing of Porchlight, by the file that its
    administrator hands out."""
    setup = place.path / "set-up.json"
    setup.write_text(json.dumps(app.describe()))
    place.call(place.programs["porchlight"], "set-up", setup, person.email,
               input=harness.PASSWORD + "\n")


def wait_for_state(place, person, status, seconds=10):
    harness.wait_for(lambda: place.read_states().get(person.id) == status, seconds,
                     f"{person.name} {status} in the agent")


def check_that_they_see_each_other(place, ann, bea, web):
    """A person of the desktop and one of the page, both ways."""
    web.watch(ann)
    web.wait_for_status(ann, "online")
    wait_for_state(place, bea, "online")

    place.call(place.programs["porchlight"], "idle", "on")
    web.wait_for_status(ann, "offline")
    place.call(place.programs["porchlight"], "idle", "off")
    web.wait_for_status(ann, "online")

    web.tell(do="hide")
    wait_for_state(place, bea, "offline")
    web.tell(do="show")
    wait_for_state(place, bea, "online")


def watch_everybody(place, cluster, n_contacts):
    """An agent that is signed in to a web app on a cluster, and watches this many people there.
    Returns the agent, and a StatusSetter for each of them."""
    auth = harness.Server(place, n_contacts + 1)
    app = WebApp(place, install_packages(), Postgres(place), cluster, auth, auth.people)
    agent = place.start_agent()
    set_up(place, app, auth.people[0])
    place.import_contacts(auth.people[1:])
    wait_until_known(place, n_contacts)
    return agent, [harness.StatusSetter(app, person) for person in auth.people[1:]]


def wait_until_known(place, n_contacts):
    def all_are_known():
        states = place.read_states()
        return len(states) == n_contacts and "unknown" not in states.values()

    harness.wait_for(all_are_known, 60, "everybody's first state")
