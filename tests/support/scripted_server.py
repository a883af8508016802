"""A real server on loopback that plays a script: exact bytes out, a record of what came in.

    with ScriptedServer(Reply(json={"id": 7})) as server:
        ...a request to server.url...
    assert server.requests[0].line == "GET /api/segments/7/ HTTP/1.1"

Each step of the script answers one request, in the order in which requests arrive, on whatever connection. In place of
a script, ``answer=`` takes a function from a request to its step, for tests where the order is not known. Nothing here
sleeps: what has to wait, waits for an event. Leaving the ``with`` block stops everything, and fails if a request came
that the script did not foresee, or if a step was never asked for.
"""

from __future__ import annotations

import contextlib
import gzip as _gzip
import hashlib
import json as _json
import select
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Union
from urllib.parse import parse_qsl, unquote, urlsplit

DEADLINE = 30.0
"""Seconds after which a server thread gives up, so that a broken test ends."""

_BLOCK = 256 * 1024


class Seen(NamedTuple):
    """A request as it arrived."""

    connection: int
    line: str
    headers: list[tuple[str, str]]
    body: bytes
    length: int
    digest: str

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def raw_path(self) -> str:
        """The path as sent, percent-encoding and all, without the query."""
        return self.target.split("?", 1)[0]

    @property
    def segments(self) -> list[str]:
        """The path's segments, split first and decoded then, as a router does."""
        return [unquote(segment, errors="strict") for segment in self.raw_path.split("/")]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query, as a server's parser reads it."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=False, errors="strict")

    @property
    def json(self) -> Any:
        return _json.loads(self.body)

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """A header's value; None without it. One that was sent twice is an error of the test's subject."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{name} was sent {len(values)} times: {values}")
        return values[0] if values else None


# What is sent: bytes as they are, an event to wait for, or a function to call in between.
Part = Union[bytes, threading.Event, Callable[[], object]]


class Raw:
    """Exact parts, one after the other.

    Args:
        parts: bytes to send, events to wait for, functions to call.
        close: end the connection afterwards (FIN).
        reset: end it with a reset (RST).
        read: what to read first: ``all`` of the request, its ``head`` only, or ``nothing`` (the step is then played
            as soon as a connection is made).
    """

    def __init__(self, *parts: Part, close: bool = True, reset: bool = False, read: str = "all") -> None:
        if read not in ("all", "head", "nothing"):
            raise ValueError(read)
        self.parts = parts
        self.close = close
        self.reset = reset
        self.read = read


class Reply(Raw):
    """A well-formed reply, unless told otherwise.

    Args:
        status: the HTTP status.
        body, text, json: the body, one of them.
        headers: further headers; one of the same name replaces a header that would be sent.
        gzip: compress the body and say so.
        chunked: send it in chunks of this many bytes.
        length: a Content-Length other than the true one; ``-1`` sends none.
        close: say ``Connection: close`` and close.
        hang_up: close without having said so.
        after: wait for this event before sending anything.
    """

    def __init__(
        self,
        status: int = 200,
        *,
        body: bytes | None = None,
        text: str | None = None,
        json: Any = None,
        headers: Iterable[tuple[str, str]] = (),
        gzip: bool = False,
        chunked: int = 0,
        length: int | None = None,
        close: bool = False,
        hang_up: bool = False,
        reset: bool = False,
        after: threading.Event | None = None,
        read: str = "all",
    ) -> None:
        content, media_type = body if body is not None else b"", ""
        if text is not None:
            content, media_type = text.encode(), "text/plain; charset=utf-8"
        elif body is None and (json is not None or status in (200, 201, 202)):
            content, media_type = _json.dumps(json).encode(), "application/json"
        if gzip:
            content = _gzip.compress(content, mtime=0)
        own = [("Content-Type", media_type)] if media_type else []
        own += [("Content-Encoding", "gzip")] if gzip else []
        own += [("Connection", "close")] if close else []
        if chunked:
            own.append(("Transfer-Encoding", "chunked"))
        elif length != -1 and status not in (204, 304):
            own.append(("Content-Length", str(len(content) if length is None else length)))
        given = {name.lower() for name, _ in headers}
        lines = [f"HTTP/1.1 {status} Scripted"]
        lines += [f"{name}: {value}" for name, value in [*[p for p in own if p[0].lower() not in given], *headers]]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        whole = head + (_chunks(content, chunked) if chunked else content)
        before = (after,) if after is not None else ()
        super().__init__(*before, whole, close=close or hang_up or length == -1, reset=reset, read=read)


class Hangup(Raw):
    """No reply at all: the connection ends after the request has been read (or its head, or nothing of it)."""

    def __init__(self, *, reset: bool = False, read: str = "all") -> None:
        super().__init__(close=True, reset=reset, read=read)


class Tunnel(Raw):
    """What a proxy does with CONNECT: says yes, and carries bytes to and fro."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.address = (host, port)


def _chunks(content: bytes, size: int) -> bytes:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class ScriptedServer:
    """See the module's docstring.

    Args:
        script: the steps.
        answer: in place of a script, gives the step for each request; called in the connection's thread.
        tls: a server-side TLS context.
        host: where to listen.
        name: the host name in ``url``.
        keep_bodies: False drains bodies and keeps their length and SHA-256 only.

    Attributes:
        requests: what arrived, in order of arrival.
        connections: how many connections were made.
        handshake_failures: TLS handshakes that came to nothing.
    """

    def __init__(
        self,
        *script: Raw,
        answer: Callable[[Seen], Raw] | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        name: str | None = None,
        keep_bodies: bool = True,
    ) -> None:
        self.requests: list[Seen] = []
        self.connections = 0
        self.handshake_failures: list[Exception] = []
        self._script = deque(script)
        self._answer = answer
        self._tls = tls
        self._keep_bodies = keep_bodies
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._sockets: dict[int, socket.socket] = {}
        self._ended: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._faults: list[BaseException] = []
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
        self.port: int = self._listener.getsockname()[1]
        shown = name or (f"[{host}]" if ":" in host else host)
        self.origin = f"{'https' if tls else 'http'}://{shown}:{self.port}"
        self.url = f"{self.origin}/api"

    def __enter__(self) -> ScriptedServer:
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.stop()
        if kind is not None:
            return
        if self._faults:
            raise self._faults[0]
        if self._script:
            raise AssertionError(f"{len(self._script)} steps of the script were never asked for.")

    def stop(self) -> None:
        """Ends every connection and waits for every thread."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._changed:
            for sock in self._sockets.values():
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(DEADLINE)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Waits until something that this server notices has come about."""
        with self._changed:
            if not self._changed.wait_for(condition, DEADLINE):
                raise AssertionError(f"not within {DEADLINE:g} s; seen: {[seen.line for seen in self.requests]}")

    def wait_for_requests(self, count: int) -> None:
        """Waits until that many requests have arrived."""
        self.wait_for(lambda: len(self.requests) >= count)

    def wait_for_end(self, connection: int) -> None:
        """Waits until a connection (1 = the first) has ended, on whoever's side."""
        self.wait_for(lambda: connection in self._ended)

    @property
    def open_connections(self) -> int:
        """How many connections have not ended."""
        return self.connections - len(self._ended)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=self._guard, args=(target, *args), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guard(self, target: Callable[..., None], *args: Any) -> None:
        try:
            target(*args)
        except (ConnectionError, ssl.SSLError):
            pass  # the client disconnected, which is for the test to judge
        except Exception as error:  # noqa: BLE001 -- kept for the test, which raises it
            if not self._stopping.is_set():
                self._faults.append(error)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections += 1
                number = self.connections
                self._sockets[number] = sock
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            sock.settimeout(DEADLINE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._play_on_connect(sock, number):
                return
            if self._tls is not None:
                try:
                    sock = self._tls.wrap_socket(sock, server_side=True)
                except (OSError, ssl.SSLError) as error:
                    self.handshake_failures.append(error)
                    return
                with self._changed:
                    self._sockets[number] = sock
            with sock.makefile("rb") as stream:
                while self._exchange(sock, stream, number):
                    pass
        finally:
            with self._changed:
                self._sockets.pop(number).close()
                self._ended.add(number)
                self._changed.notify_all()

    def _play_on_connect(self, sock: socket.socket, number: int) -> bool:
        with self._changed:
            if not self._script or self._script[0].read != "nothing":
                return False
            step = self._script.popleft()
        self._play(sock, step)
        return True

    def _exchange(self, sock: socket.socket, stream: Any, number: int) -> bool:
        """One request and its answer; False when the connection is over."""
        line = stream.readline(65537)
        if not line:
            return False
        headers: list[tuple[str, str]] = []
        while True:
            header = stream.readline(65537)
            if header in (b"\r\n", b""):
                break
            name, _, value = header.rstrip(b"\r\n").decode("latin-1").partition(":")
            headers.append((name, value.lstrip(" ")))
        request_line = line.rstrip(b"\r\n").decode("latin-1")
        with self._changed:
            early = bool(self._script) and self._script[0].read == "head"
        body, length, digest = (b"", 0, "") if early else self._read_body(stream, headers)
        seen = Seen(number, request_line, headers, body, length, digest)
        with self._changed:
            self.requests.append(seen)
            step = self._script.popleft() if self._answer is None and self._script else None
            self._changed.notify_all()
        if self._answer is not None:
            step = self._answer(seen)
        if step is None:
            raise AssertionError(f"The script does not foresee {request_line!r} on connection {number}.")
        self._play(sock, step)
        return not (step.close or step.reset or isinstance(step, Tunnel))

    def _read_body(self, stream: Any, headers: list[tuple[str, str]]) -> tuple[bytes, int, str]:
        left = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
        if any(name.lower() == "transfer-encoding" for name, _ in headers):
            raise AssertionError("A request of known length was sent in chunks.")
        blocks: list[bytes] = []
        length, digest = 0, hashlib.sha256()
        while left:
            block = stream.read(min(left, _BLOCK))
            if not block:
                raise ConnectionResetError("the client left in the middle of its body")
            left -= len(block)
            length += len(block)
            digest.update(block)
            if self._keep_bodies:
                blocks.append(block)
        return b"".join(blocks), length, digest.hexdigest()

    def _play(self, sock: socket.socket, step: Raw) -> None:
        for part in step.parts:
            if isinstance(part, bytes):
                sock.sendall(part)
            elif isinstance(part, threading.Event):
                self._wait(part, sock)
            else:
                part()
        if isinstance(step, Tunnel):
            self._tunnel(sock, step.address)
        if step.reset:
            # A lingering time of zero makes close() send RST in place of FIN.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _wait(self, event: threading.Event, sock: socket.socket) -> None:
        for _ in range(int(DEADLINE / 0.02)):
            if event.wait(0.02) or self._stopping.is_set():
                return
            if self._tls is None and select.select([sock], [], [], 0)[0] and not sock.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError("the client has left")
        raise AssertionError("An event that a reply waits for was never set.")

    def _tunnel(self, near: socket.socket, address: tuple[str, int]) -> None:
        with socket.create_connection(address, DEADLINE) as far:
            other = {near: far, far: near}
            while not self._stopping.is_set():
                for ready in select.select([near, far], [], [], 0.1)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)
