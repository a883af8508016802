"""Deliveries to a command that listens for webhooks: posted as the platform posts them, and what each is answered."""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from segops_parity.webhooks import digest_of

__all__ = ["Answer", "Hook", "registered"]

_LISTENS = "http://127.0.0.1:0/"
"""Stands for the address that a command listens on, whose port the system picks."""
_PATIENCE = 30.0
"""Seconds: three times as long as a receiver may take for its answer."""
Answer = int | str | None
"""A status, in words what is wrong with the answer, None without one."""
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_DRAWN = re.compile(r"whsec_test_[0-9a-f]{32}")


@dataclass(frozen=True)
class Hook:
    """A webhook that a command has registered: where it listens, and what its deliveries are signed with."""

    url: str
    secret: str

    def plain(self, text: str) -> str:
        """A text without what of this webhook differs from run to run."""
        text = text.replace(self.url, _LISTENS)
        if not _DRAWN.fullmatch(self.secret):
            return text
        return _DIGEST.sub("drawn", text.replace(self.secret, "whsec_test_drawn"))

    def deliver(
        self, entries: Iterable[Mapping[str, Any]], signature: str, is_over: Callable[[], bool]
    ) -> Iterator[Answer]:
        """Send deliveries, one after the other; how each is answered.

        Args:
            entries: as scenarios hold them: `text`, `base64`, `headers`, `line`, `unsigned`, `length` (null: none is
                told), `cut` (no more will come), `stalls` (its sender keeps it open).
            signature: the header that signatures come in, with what stands before the digest.
            is_over: whether nobody listens any more, after which no more are sent.
        """
        with ExitStack() as stalled:
            stalls = False
            for entry in entries:
                if is_over():
                    break
                message = _written(entry, signature, self.secret)
                if "stalls" in entry:
                    stalls = True
                    stalled.enter_context(self._connected()).sendall(b"" if entry["stalls"] == "silent" else message)
                    yield None
                else:
                    yield self._delivered(message, is_cut="cut" in entry)
            while stalls and not is_over():
                time.sleep(0.01)

    def _connected(self) -> socket.socket:
        address = urlsplit(self.url)
        return socket.create_connection((str(address.hostname), address.port or 80), timeout=_PATIENCE)

    def _delivered(self, message: bytes, *, is_cut: bool) -> Answer:
        try:
            with self._connected() as connection:
                connection.sendall(message)
                if is_cut:
                    connection.shutdown(socket.SHUT_WR)
                with connection.makefile("rb") as answer:
                    return _answered(answer)
        except (OSError, ValueError):
            return None


def _answered(answer: BinaryIO) -> Answer:
    """The status of an answer; what is wrong with it, where it is not empty or keeps its connection."""
    while True:
        version, _, rest = answer.readline().decode("latin-1").partition(" ")
        status = int(rest[:3])
        head = {}
        while (line := answer.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            head[name.lower()] = value.strip().lower()
        if status >= 200:  # not one that asks for the body
            break
    if head.get("content-length") != "0":
        return f"{status}, without Content-Length: 0"
    if head.get("connection") != "close" and (version != "HTTP/1.0" or "connection" in head):
        return f"{status}, with its connection kept"
    return status if answer.read() == b"" else f"{status}, and more behind it"


def _written(entry: Mapping[str, Any], signature: str, secret: str) -> bytes:
    body = base64.b64decode(entry["base64"]) if "base64" in entry else str(entry.get("text", "")).encode()
    lines = [entry.get("line", "POST / HTTP/1.1"), "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in entry.get("headers", ())]
    if not entry.get("unsigned"):
        lines.append(f"{signature}{digest_of(body, secret.encode())}")
    length = entry.get("length", len(body))
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def registered(requests: Sequence[Mapping[str, Any]]) -> Hook | None:
    """The webhook that the first of these requests registers, if it does."""
    body = (requests[0]["body"] or {}).get("json") if requests else None
    if not isinstance(body, dict) or not str(body.get("url")).startswith("http://127.0.0.1:"):
        return None
    return Hook(body["url"], str(body.get("secret")))
