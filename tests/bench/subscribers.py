# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Porchlight developers
"""WebSocket clients in great number, as cheap as they can be: RFC 6455 and Pusher protocol 7, no
more than subscribing to one channel and counting what arrives takes."""
import base64
import json
import os
import selectors
import socket
import ssl
import struct

CONNECTIONS_PER_ADDRESS = 16
OPCODE_TEXT = 1


class Subscriber:
    """One client, connected and subscribed when it has been made."""

    def __init__(self, server, number, person, channel, context=None):
        self.received = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # 127.0.0.0/8 is all this machine: porchlightd bounds the connections of one address.
        address = number // CONNECTIONS_PER_ADDRESS + 2
        self.socket.bind((f"127.0.{address >> 8}.{address & 255}", 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", server.port))
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._upgrade(server.secrets["pusher-key"])
        self._subscribe(server, person, channel)

    def _read_until(self, end):
        while end not in self.received:
            more = self.socket.recv(4096)
            if not more:
                raise ConnectionError(f"the server ended the connection after {self.received}")
            self.received += more
        before, self.received = self.received.split(end, 1)
        return before

    def _upgrade(self, key):
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET /app/{key}?protocol=7&client=bench&version=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {nonce}\r\n\r\n").encode())
        answer = self._read_until(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(f"no WebSocket: {answer}")

    def _subscribe(self, server, person, channel):
        established = json.loads(self._read_frame())
        if established["event"] != "pusher:connection_established":
            raise ConnectionError(f"not accepted: {established}")
        socket_id = json.loads(established["data"])["socket_id"]
        data = {"channel": channel}
        if channel.startswith("presence-"):
            data["channel_data"] = json.dumps(
                {"user_id": person.id, "user_info": {"name": person.name}})
        data["auth"] = server.sign_channel(socket_id, channel, data.get("channel_data", ""))
        self._send_frame(json.dumps({"event": "pusher:subscribe", "data": data}).encode())
        answer = json.loads(self._read_frame())
        if answer["event"] != "pusher_internal:subscription_succeeded":
            raise ConnectionError(f"not subscribed: {answer}")

    def _read_frame(self):
        def read(length):
            while len(self.received) < length:
                more = self.socket.recv(4096)
                if not more:
                    raise ConnectionError("the server ended the connection")
                self.received += more
            taken, self.received = self.received[:length], self.received[length:]
            return taken

        length = read(2)[1] & 127
        if length == 126:
            [length] = struct.unpack(">H", read(2))
        return read(length)

    def _send_frame(self, payload):
        """Masked, with a key of zeros: it hides nothing on the loopback either way."""
        head = bytes([0x80 | OPCODE_TEXT])
        head += bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack(
            ">BH", 0x80 | 126, len(payload))
        self.socket.sendall(head + bytes(4) + payload)


class Subscribers:
    """A growing crowd of them."""

    def __init__(self, server):
        self.server = server
        self.members = []
        self.selector = selectors.DefaultSelector()
        self.context = None
        if server.is_tls:
            self.context = ssl.create_default_context(cafile=server.ca_certificate)

    def grow(self, n_members, get_channel):
        """Connects until there are n_members, each a different person. get_channel(person) names
        what they subscribe to."""
        for number in range(len(self.members), n_members):
            person = self.server.people[number]
            member = Subscriber(self.server, number, person, get_channel(person), self.context)
            member.socket.setblocking(False)
            self.selector.register(member.socket, selectors.EVENT_READ)
            self.members.append(member)

    def await_events(self, event, count, seconds):
        """Reads until an event with this name has arrived so many times in all."""
        name = f'"{event}"'.encode()
        arrived = 0
        while arrived < count:
            ready = self.selector.select(seconds)
            if not ready:
                raise TimeoutError(f"{arrived} of {count} arrived")
            for key, _ in ready:
                try:
                    arrived += key.fileobj.recv(1 << 16).count(name)
                except (BlockingIOError, ssl.SSLWantReadError):
                    continue

    def check_connected(self):
        """Takes what is there to read, and fails if the server has let anybody go."""
        for key, _ in self.selector.select(0):
            try:
                if not key.fileobj.recv(1 << 16):
                    raise ConnectionError("the server ended a connection")
            except (BlockingIOError, ssl.SSLWantReadError):
                continue

    def close(self):
        for member in self.members:
            member.socket.close()
        self.members = []
