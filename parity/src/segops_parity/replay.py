"""The replay server: it answers from a script over real connections, and writes down what arrived.

It observes the wire, so that no SDK has to be believed; it plays what no cassette can hold (a reset, silence, half a
reply); and it answers a request that the script does not expect with an explanation: where it differs from the one
that was due, as JSON Pointers.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import select
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from segops_parity.canonical import canonical_path, canonical_request, difference
from segops_parity.certificates import Certificates
from segops_parity.replies import Reply, whole_body, zipped

__all__ = ["MISMATCH", "PlaySession", "ReplayServer", "explain_mismatch"]

MISMATCH = 418  # final for every client, so that one mistake does not make three more (fetch itself repeats on 421)
_TOGETHER_SECONDS = 10.0
_SETTLED_SECONDS = 2.0
_GLANCE_SECONDS = 0.005
_ANNOUNCED = 65 * 1024 * 1024
_GREETINGS = {
    "alert": bytes.fromhex("15030300020250"),
    "refuses": bytes.fromhex("15030300020228"),
    "ancient": bytes.fromhex("160302002a020000260302" + "00" * 33 + "003500"),
}
"""What answers a greeting of TLS: that something is wrong within the server, that it shares no cipher, TLS 1.1."""
_BLOCK = 1024 * 1024
_ROOM = 64 * 1024
"""Bytes that a socket takes though nobody reads them."""


class PlaySession:
    """The script of one case, and what arrived while it was played."""

    def __init__(self, number: int, base_url: str, elsewhere: str, key: str, other_port: str = "") -> None:
        self.base_url = f"{base_url}/_c/{number}/api"
        self.number = number
        self._elsewhere = f"{elsewhere}/_e/{number}"
        self._other_port = f"{other_port}/_e/{number}"
        self._key = key
        self._lock = threading.RLock()
        self._arrived = threading.Condition(self._lock)
        self._due: list[Reply] = []
        self.seen: list[dict[str, Any]] = []
        self.mismatches: list[dict[str, Any]] = []
        self.connections: set[int] = set()
        """The numbers of those that requests have come over."""
        self.accepted = 0
        """How many connections have come to an address of its own."""
        self.released = threading.Event()
        self._finished: set[str] = set()
        self._open: set[int] = set()
        self._ending = 0
        self._parts: set[str] = set()
        """The names of parts of replies that are still to be sent."""
        self._strays = 0
        self._unsent: set[int] = set()
        """By request the raw replies that have not been sent yet."""
        self._is_between = False
        self.sent = 0
        """How many replies have been played to their end."""

    def begin(self, replies: Sequence[Reply]) -> None:
        """Load the replies of a step; forget what came before. A connection that was to be closed has been.

        What is to come between two steps has come, too.
        """
        with self._arrived:
            self._is_between = True
            self._arrived.notify_all()
            self._arrived.wait_for(lambda: not self._ending and not self._strays, timeout=60)
            self._is_between = False
            self._due = list(replies)
            self.seen, self.mismatches = [], []
            self._unsent.clear()

    def finish(self, name: str) -> None:
        """Answer what the call of that name has asked for; of a reply in parts, the part has been sent."""
        with self._arrived:
            self._finished.add(name)
            self._arrived.notify_all()
            self._arrived.wait_for(lambda: name not in self._parts or self.released.is_set(), timeout=60)

    @property
    def met(self) -> int:
        """How many requests have come and, where their replies are raw, have been sent those."""
        with self._lock:
            return len(self.seen) - len(self._unsent)

    def raw_sent(self, request: dict[str, Any]) -> None:
        """The raw reply to a request has been sent, or cannot be."""
        with self._lock:
            self._unsent.discard(id(request))

    def part_sent(self, name: str) -> None:
        """The part of that name has been sent, or cannot be."""
        with self._arrived:
            self._parts.discard(name)
            self._arrived.notify_all()

    def hold_stray(self) -> None:
        """Wait until the step is over."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._is_between or self.released.is_set(), timeout=60)

    def stray_sent(self) -> None:
        """What nobody asked for has been sent, or cannot be."""
        with self._arrived:
            self._strays -= 1
            self._arrived.notify_all()

    def hold(self, name: str, *, closes: bool) -> None:
        """Wait until the call of that name is to be finished, or the case has ended."""
        with self._arrived:
            self._arrived.wait_for(lambda: name in self._finished or self.released.is_set(), timeout=60)
            self._ending += closes

    def came(self, connection: int) -> None:
        """A connection is open that is the case's."""
        with self._arrived:
            self._open.add(connection)

    def went(self, connection: int) -> None:
        """A connection is closed, on either side."""
        with self._arrived:
            self._open.discard(connection)
            self._arrived.notify_all()

    def still_open(self, wanted: int) -> int:
        """How many of its connections are open; those that are being closed get a moment for it."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._open) == wanted, timeout=_SETTLED_SECONDS)
            return len(self._open)

    @property
    def counts(self) -> bool:
        """Whether the body of the next request is not to be kept."""
        return bool(self._due) and self._due[0].counted

    @property
    def is_early(self) -> bool:
        """Whether the next request is answered before its body is read."""
        return bool(self._due) and self._due[0].early

    @property
    def unplayed(self) -> int:
        """How many replies were not asked for."""
        return len(self._due)

    def answer(self, request: dict[str, Any]) -> Reply:
        """The reply that is due, or an explanation why there is none for this request."""
        with self._lock:
            self.seen.append(request)
            place = self._place(request)
            due = self._due[place] if self._due else None
            lines = explain_mismatch(due, request)
            if due is None or any(line["at"] in ("/method", "/path") for line in lines):
                told = {"expected": due.request if due else None, "differences": lines}
                self.mismatches.append({"request": len(self.seen) - 1, **told})
                body = json.dumps({"detail": "This request was not due.", **told}, default=str).encode()
                headers = (("Content-Type", "application/json"), ("X-Parity-Mismatch", "not due"))
                return Reply(MISMATCH, headers, body)
            reply = self._filled(self._due.pop(place))
            self._ending += reply.closes and not reply.held
            self._parts |= {name for name, _ in (*reply.then, *reply.takes)}
            if reply.raw is not None and len(reply.raw) <= _ROOM:
                if reply.held:
                    self._parts.add(reply.held)
                else:
                    self._unsent.add(id(request))
            self._strays += reply.stray is not None
            self._arrived.notify_all()
        if reply.together:
            self.gather(reply.together)
        return reply

    def ended(self) -> None:
        """A connection that was to be closed after its reply has been."""
        with self._arrived:
            self._ending -= 1
            self._arrived.notify_all()

    def _place(self, request: dict[str, Any]) -> int:
        """Which reply answers a request: of those that are asked for side by side the one that fits it."""
        for place, due in enumerate(self._due):
            if not due.together:
                return 0
            if not explain_mismatch(due, request):
                return place
        return 0

    def gather(self, number: int) -> None:
        """Wait until that many requests of the step are there: they have to be under way at the same time."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.seen) >= number, timeout=_TOGETHER_SECONDS)
            if len(self.seen) < number:
                self.mismatches.append({"request": len(self.seen) - 1, "expected": f"{number} requests side by side"})

    def _filled(self, reply: Reply) -> Reply:
        """Placeholders of headers and body with this session's addresses."""
        path = "/" + self.base_url.split("/", 3)[3]
        names = (
            ("{base}", self.base_url),
            ("{origin}", self.base_url.split("/_c/")[0]),
            ("{path}", path),
            ("{elsewhere}", self._elsewhere),
            ("{host}", self.base_url.split("/")[2]),
            ("{other-port}", self._other_port),
            ("{other-scheme}", self.base_url.replace("http:", "https:", 1)),
            ("{key}", self._key),
        )
        headers = []
        for name, value in reply.headers:
            for placeholder, text in names if "{" in value else ():
                value = value.replace(placeholder, text)
            headers.append((name, value))
        body = whole_body(reply)
        body = body.replace(b"{key}", self._key.encode()) if b"{key}" in body else body
        raw = reply.raw
        for placeholder, text in names:
            raw = raw.replace(placeholder.encode(), text.encode()) if raw is not None else None
        filled = replace(reply, headers=tuple(headers), body=body, raw=raw)
        return zipped(filled) if reply.gzip else filled


def explain_mismatch(due: Reply | None, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a request differs from the one that is due, the gravest difference first."""
    if due is None:
        return [{"at": "", "found": f"{request['method']} {request['path']}", "absent": "expected"}]
    if due.request is None:
        return []
    expected = {**due.request, "path": canonical_path(due.request["path"])}
    found = {name: request[name] for name in ("method", "path", "query", "body")}
    order = {"method": 0, "path": 1, "query": 2, "body": 3}
    lines = difference(expected, found)
    return sorted(lines, key=lambda line: order.get(line["at"].split("/")[1] if line["at"] else "", 9))


class _Handler(socketserver.BaseRequestHandler):
    """One connection: requests one after the other, until the client or a fault ends it."""

    server: ReplayServer

    def setup(self) -> None:
        self.number = next(self.server.numbers)
        self.session: PlaySession | None = None
        self.tunneled = False
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.request.makefile("rb")
        port = self.request.getsockname()[1]
        own, kind = self.server.own(port), self.server.tls_of(port)
        if own is not None:
            self._belongs(own)
            own.accepted += 1
        try:
            if kind == "closed":
                raise ConnectionAbortedError
            if kind in _GREETINGS:
                self.request.recv(65536)
                self.request.sendall(_GREETINGS[kind])
                raise ConnectionAbortedError
            if kind == "silent" and own is not None:
                self._stall(own)
                raise ConnectionAbortedError
            if kind:
                self._secure(kind)
        except OSError:  # then nobody calls `finish`
            if own is not None:
                own.went(self.number)
            raise

    def _belongs(self, session: PlaySession) -> None:
        if self.session is not session:
            if self.session is not None:
                self.session.went(self.number)
            self.session = session
            session.came(self.number)

    def _stall(self, session: PlaySession) -> None:
        """Say nothing until the case has ended, or the client has closed the connection."""
        ends = select.poll()
        ends.register(self.request, getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR)
        while not session.released.wait(_GLANCE_SECONDS) and not ends.poll(0):
            pass

    def _secure(self, kind: str) -> None:
        """Speak TLS from now on."""
        self.input.close()
        context = self.server.certificates.context(kind)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError:
            self.request.close()
            raise
        self.input = self.request.makefile("rb")

    def finish(self) -> None:
        self.input.close()
        self._end("notify" if isinstance(self.request, ssl.SSLSocket) else "close")
        if self.session is not None:
            self.session.went(self.number)

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while self._one():
                pass

    def _one(self) -> bool:
        if self.input.peek(1)[:1] == b"\x16":  # a greeting of TLS, which need not hold the end of a line
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return False
        line = self.input.readline(65536)
        if not line.strip():
            return False
        method, target, version = line.decode("latin-1").split(" ", 2)
        headers: list[tuple[str, str]] = []
        while (line := self.input.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.strip(), value.strip()))
        port = self.request.getsockname()[1]
        session, below, elsewhere = self.server.find(target, port)
        counted = session is not None and session.counts
        early = session is not None and session.is_early
        size, body = (0, b"") if early else self._body({name.lower(): value for name, value in headers}, not counted)
        body = self._ahead() if method == "CONNECT" else body
        if session is None:
            self._send(Reply(404, (), b"no such case"), method)
            return True
        seen = canonical_request(method, below, headers, body)
        seen["raw"] = {"headers": headers, "body": body, "target": below, "elsewhere": elsewhere}
        seen |= {"body": {"mebibytes": size >> 20}} if counted else {"body": {"unread": True}} if early else {}
        seen["raw"] |= {"version": version.strip(), "tunneled": self.tunneled, "port": port}
        self._belongs(session)
        session.connections.add(self.number)
        self.asked = seen
        reply = session.answer(seen)
        try:
            goes_on = self._play(reply, method, session)
            if early and goes_on:
                self._body({name.lower(): value for name, value in headers}, kept=False)
            session.sent += 1
        finally:
            if reply.closes:
                session.ended()
        return goes_on

    def _body(self, headers: dict[str, str], kept: bool) -> tuple[int, bytes]:
        """The size of a body, and the body itself if it is kept."""
        blocks, total = [], 0
        for block in self._blocks(headers):
            total += len(block)
            if kept:
                blocks.append(block)
        return total, b"".join(blocks)

    def _ahead(self) -> bytes:
        """What a client has sent into a tunnel before it was told that there is one."""
        self.request.settimeout(0)
        try:
            return bytes(self.input.peek(1))
        finally:
            self.request.settimeout(None)

    def _blocks(self, headers: dict[str, str]) -> Iterator[bytes]:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self.input.readline(1024).split(b";")[0], 16):
                yield self.input.read(size)
                self.input.readline(1024)
            self.input.readline(1024)
            return
        left = int(headers.get("content-length") or 0)
        while left and (block := self.input.read(min(left, _BLOCK))):
            yield block
            left -= len(block)

    def _play(self, reply: Reply, method: str, session: PlaySession) -> bool:
        if reply.held:
            session.hold(reply.held, closes=reply.closes)
        if reply.raw is not None:
            try:
                for part in zip(reply.raw) if reply.apart else [reply.raw]:
                    self.request.sendall(bytes(part))
            finally:
                session.raw_sent(self.asked)
                session.part_sent(reply.held)
            self._follow(reply, session)
            if reply.fault == "stall":
                self._stall(session)
                return False
            if reply.tunnel == "silent":
                self._stall(session)
                return False
            if reply.tunnel:
                self.tunneled = True
                self._secure(reply.tunnel)
            return self._end(reply.end)
        if reply.fault == "reset":
            return self._end("reset")
        if reply.fault in ("stall", "deaf"):
            for name, size in reply.takes:
                session.hold(name, closes=False)
                self.input.read(size)
                session.part_sent(name)
            self._stall(session)
            return False
        if reply.fault == "truncate":
            self.request.sendall(_head(reply, len(reply.body)) + reply.body[: len(reply.body) // 2])
            return False
        if reply.fault == "announce-65MiB":
            self.request.sendall(_head(reply, _ANNOUNCED) + reply.body)
            blank = b" " * 65536
            with contextlib.suppress(OSError):
                for _ in range((_ANNOUNCED - len(reply.body)) // len(blank)):
                    self.request.sendall(blank)
            return False
        if reply.fault == "unannounced":
            with contextlib.suppress(OSError):
                self.request.sendall(_head(reply, None) + reply.body)
            return self._end("close")
        self._send(reply, method)
        if reply.fault == "close-after":
            return self._end("close")
        return True

    def _follow(self, reply: Reply, session: PlaySession) -> None:
        """Send the further parts of a reply, and what nobody asked for."""
        for name, part in reply.then:
            session.hold(name, closes=False)
            try:
                self.request.sendall(part)
            finally:
                session.part_sent(name)
        if reply.stray is not None:
            try:
                session.hold_stray()
                self.request.sendall(reply.stray)
            finally:
                session.stray_sent()

    def _end(self, how: str) -> bool:
        """End the connection in a way, if it is to end; whether it goes on."""
        if how == "open":
            return True
        with contextlib.suppress(OSError, ValueError):
            if how == "garbage":
                socket.socket.sendall(self.request, b"\x00" * 64)  # below TLS, if that is spoken
            if how == "reset":
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif how == "notify":
                self.request.settimeout(0)  # what the client says to it is not waited for
                with contextlib.suppress(OSError):
                    self.request.unwrap()
            if how != "reset":
                socket.socket.shutdown(self.request, socket.SHUT_RDWR)  # of an SSLSocket, it would send more
        self.input.close()
        self.request.close()
        return False

    def _send(self, reply: Reply, method: str) -> None:
        bare = method == "HEAD" or reply.status in (204, 304)
        self.request.sendall(_head(reply, None if bare else len(reply.body)) + (b"" if bare else reply.body))


def _head(reply: Reply, length: int | None) -> bytes:
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    skipped = ("content-length", "transfer-encoding", "connection", "date", "keep-alive")
    lines += [f"{name}: {value}" for name, value in reply.headers if name.lower() not in skipped]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class ReplayServer(socketserver.ThreadingTCPServer):
    """Plays any number of cases at once, each below a path of its own. Use it as a context manager."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, key: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._key = key
        self._sessions: dict[int, PlaySession] = {}
        self._ports: dict[int, PlaySession] = {}
        self._opened = 0
        self._listeners: list[socket.socket] = []
        self._tls: dict[int, str] = {}
        self.numbers = itertools.count(1)
        self.certificates = Certificates()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def open(self, *, fresh: bool = False, tls: str = "") -> PlaySession:
        """A new case to play.

        Args:
            fresh: give it an address of its own: no client has a connection to that yet.
            tls: speak TLS there, with a certificate of that kind (`certificates.KINDS`), or plain HTTP where a client
                is told to speak TLS (`none`).
        """
        self._opened += 1
        number = self._opened
        elsewhere = self.url.replace("127.0.0.1", "localhost")
        url = self._further(tls) if fresh or tls else self.url
        session = PlaySession(number, url, elsewhere, self._key, self.url)
        self._sessions[number] = session
        if fresh or tls:
            self._ports[int(url.rpartition(":")[2])] = session
        return session

    def forget(self, session: PlaySession) -> None:
        """A case that has been played: whatever is asked of it from now on is not found."""
        session.released.set()
        self._sessions.pop(session.number, None)
        self._ports.pop(int(session.base_url.split(":")[2].split("/")[0]), None)

    def own(self, port: int) -> PlaySession | None:
        """The case that a port belongs to."""
        return self._ports.get(port)

    def tls_of(self, port: int) -> str:
        """The kind of certificate with which TLS is spoken at a port, if it is."""
        return self._tls.get(port, "")

    def _further(self, tls: str) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        self._listeners.append(listener)
        port = listener.getsockname()[1]
        self._tls[port] = "" if tls == "none" else tls
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener has been closed
            while True:
                self.process_request(*listener.accept())

    def close_further(self) -> None:
        """Forget the cases so far: stop listening on their own addresses, end connections that are kept waiting."""
        for session in self._sessions.values():
            session.released.set()
        self._sessions.clear()
        self._ports.clear()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._listeners.clear()

    def find(self, target: str, port: int = 0) -> tuple[PlaySession | None, str, bool]:
        """The case that an address belongs to, what is left of the address, and whether it is the other origin's.

        Every address of a port that a case has of its own is that case's.
        """
        parts = target.split("/", 3)
        if len(parts) < 4 or parts[1] not in ("_c", "_e") or not parts[2].isdigit():
            return self._ports.get(port), target, False
        _, kind, number, rest = parts
        below = "/" + rest
        return self._sessions.get(int(number)), below.removeprefix("/api") if kind == "_c" else below, kind == "_e"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is a client's doing, or a fault's."""

    def __enter__(self) -> ReplayServer:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close_further()
        self.shutdown()
        self.server_close()
        self.certificates.close()
