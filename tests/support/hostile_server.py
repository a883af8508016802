"""A server that answers the first request of a row with the row's bytes, and every other one with ``[2]``."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from typing import Any

from hostile_replies import HostileReply

__all__ = ["HostileServer"]

NEXT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n[2]"


class HostileServer:
    """Serves on loopback until it is closed.

    Args:
        context: what TLS is spoken with, or None for plain HTTP.

    Attributes:
        on: for each request since ``play``, the number of the connection that it came on.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._row: HostileReply | None = None
        self._connections = 0
        self.on: list[int] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The base URL, ``/api`` included."""
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self._listener.getsockname()[1]}/api"

    def play(self, row: HostileReply) -> None:
        """The row that the next request is answered with."""
        self._row = row
        self.on = []

    def close(self) -> None:
        """Stops listening."""
        # A thread that waits in accept is only woken by a shutdown.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connections += 1
                threading.Thread(target=self._serve, args=(connection, self._connections), daemon=True).start()

    def _serve(self, connection: Any, number: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._row is not None and self._row.behind:
                row, self._row = self._row, None
                self._break_handshake(connection, row.behind)
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=True)
            while self._has_request(connection):
                self.on.append(number)
                row, self._row = self._row, None
                connection.sendall(NEXT if row is None else row.reply)
                if row is not None and row.end != "open":
                    self._end(connection, row.end)
                    return
        connection.close()

    def _break_handshake(self, connection: socket.socket, behind: bytes) -> None:
        """Sends the server's part of the handshake with more behind it, and waits for the client to hang up."""
        assert self._context is not None
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        secured = self._context.wrap_bio(incoming, outgoing, server_side=True)
        while not outgoing.pending:
            incoming.write(connection.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                secured.do_handshake()
        connection.sendall(outgoing.read() + behind)
        while connection.recv(65536):
            pass
        connection.close()

    def _has_request(self, connection: Any) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return False
            head += received
        _, _, rest = head.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(rest) < length:
            rest += connection.recv(65536)
        return True

    def _end(self, connection: Any, how: str) -> None:
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how != "cut" and isinstance(connection, ssl.SSLSocket):
            connection.settimeout(10)  # for the client's own close_notify
            with contextlib.suppress(OSError):
                connection.unwrap()
        connection.close()
