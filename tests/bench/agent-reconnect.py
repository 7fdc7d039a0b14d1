# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""How soon everybody's state is right again after the server was restarted, and what that costs the
server: the agent talks to it through a go-between that counts requests."""
import datetime
import re
import socket
import threading
import time

import harness
from desktop import sign_in_with_contacts

N_CONTACTS = 200
N_ONLINE = 20
N_RESTARTS = 8
SECONDS_GOAL = 1.5
REQUESTS_GOAL = 210
AT_ONCE_GOAL = 8
# So long nothing more comes after all is right.
QUIET_SECONDS = 1
REQUEST = re.compile(rb"^(?:GET|POST) \S+ HTTP/1\.1\r\n", re.M)
CONNECTED = re.compile(r"(\d\d:\d\d:\d\d\.\d+): Socket: PORCH_PUSHER_HANDSHAKING"
                       r" -> PORCH_PUSHER_CONNECTED")


class GoBetween:
    """Passes on what goes between the agent and the server. A request is under way from its first
    byte to the first byte of its answer."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.server_port = free.getsockname()[1]
        self.lock = threading.Lock()
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self):
        with self.lock:
            self.n_requests = 0
            self.n_under_way = 0
            self.most_under_way = 0

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            exchange = {"under_way": 0, "is_socket": False}
            threading.Thread(target=self._pass_on, daemon=True,
                             args=(client, server, lambda data: self._asked(exchange, data))).start()
            threading.Thread(target=self._pass_on, daemon=True,
                             args=(server, client, lambda data: self._told(exchange, data))).start()

    def _pass_on(self, source, sink, note):
        try:
            while data := source.recv(1 << 16):
                note(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _asked(self, exchange, data):
        with self.lock:
            if exchange["is_socket"]:
                return
            n_requests = len(REQUEST.findall(data))
            exchange["under_way"] += n_requests
            self.n_requests += n_requests
            self.n_under_way += n_requests
            self.most_under_way = max(self.most_under_way, self.n_under_way)

    def _told(self, exchange, data):
        with self.lock:
            exchange["is_socket"] |= data.startswith(b"HTTP/1.1 101")
            self.n_under_way = max(0, self.n_under_way - exchange["under_way"])
            exchange["under_way"] = 0


def read_accepted(place):
    """When the socket was accepted last, by the agent's log."""
    moments = CONNECTED.findall(place.read_log("agent"))
    if not moments:
        return None
    today = datetime.datetime.utcnow().strftime("%Y-%m-%d")
    moment = datetime.datetime.strptime(f"{today} {moments[-1]}", "%Y-%m-%d %H:%M:%S.%f")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def restart(place, server, between, watch):
    """Returns how many seconds passed from the accepted socket to the last state."""
    server.kill()
    harness.wait_for(lambda: set(place.read_states().values()) == {"unknown"}, 20, "the loss")
    between.reset()
    began = time.monotonic()
    server.start_again()

    def all_are_known():
        states = list(place.read_states().values())
        return states.count("online") == N_ONLINE and "unknown" not in states

    harness.wait_for(all_are_known, 60, "everybody's state")
    time.sleep(QUIET_SECONDS)
    right = max(moment for moment, _, _ in watch.changes if moment >= began)
    # The two clocks as they are now: what is read is the time of day.
    right += time.time() - time.monotonic()
    return right - read_accepted(place)


def benchmark(place):
    place.environment["G_MESSAGES_DEBUG"] = "porch-client"
    place.start_session()
    between = GoBetween()
    server = harness.Server(place, N_CONTACTS + 1, port=between.server_port,
                            config={"server": {"public-url": between.address}})
    for person in server.people[1:N_ONLINE + 1]:
        harness.StatusSetter(server, person).set("online")
    sign_in_with_contacts(place, server, N_CONTACTS)
    watch = harness.Watch(place)
    time.sleep(QUIET_SECONDS)

    seconds, requests, at_once = [], [], []
    for _ in range(N_RESTARTS):
        seconds.append(restart(place, server, between, watch))
        requests.append(between.n_requests)
        at_once.append(between.most_under_way)

    worst = harness.percentile(seconds, 99)
    harness.figure("server restarted, 200 contacts: accepted socket to everybody's state, p99",
                   f"{worst:.2f} s (p50 {harness.median(seconds):.2f} s)", f"≤ {SECONDS_GOAL} s",
                   worst <= SECONDS_GOAL)
    harness.figure("the same: HTTP requests", f"{max(requests)}", f"≤ {REQUESTS_GOAL}",
                   max(requests) <= REQUESTS_GOAL)
    harness.figure("the same: requests under way at a time", f"{max(at_once)}",
                   f"≤ {AT_ONCE_GOAL}", max(at_once) <= AT_ONCE_GOAL)


harness.run(benchmark)
